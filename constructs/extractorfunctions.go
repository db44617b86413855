package constructs

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// addFunctions makes the functions that run the extractor, one for each kind of source, and connects them.
func (x *PipelineExtractor) addFunctions(p *PipelineExtractorProps) error {
	var streams, stored []*Input
	for _, in := range x.Inputs {
		switch source := in.source.(type) {
		case streamSource:
			streams = append(streams, in)
		case objects:
			stored = append(stored, in)
		case *directPuts:
			if p.Paused {
				return errors.New("props.Paused: the processor of a delivery stream cannot be paused; take it out of the " +
					"delivery stream")
			}
			if err := x.addProcessor(p, in, source); err != nil {
				return err
			}
		default:
			return fmt.Errorf("a source of %T, which nothing here reads: pass one of this package", source)
		}
	}
	if len(streams) == 0 {
		if p.Batch != 0 || p.Window != 0 || p.Parallel != 0 || p.FanOut || p.Start != "" {
			return errors.New("props.Batch, Window, Parallel, FanOut and Start are for Kinesis streams, and no source is one")
		}
	} else if err := x.addExtract(p, streams); err != nil {
		return err
	}
	if len(stored) > 0 {
		return x.addObjects(p, stored)
	}
	return nil
}

// addExtract makes the function that reads the streams.
func (x *PipelineExtractor) addExtract(p *PipelineExtractorProps, inputs []*Input) error {
	inputs, err := x.bindStreams(p, inputs)
	if err != nil {
		return err
	}
	sources := map[string]string{}
	for _, in := range inputs {
		for _, table := range in.Tables {
			sources[table] = *in.Stream.StreamArn()
		}
	}
	f, err := x.newExtractFunction(p, x.Node, "Extract", "extract", "extract", time.Minute, 512,
		wiring.NewSources(sources))
	if err != nil {
		return err
	}
	f.allowFailedBatches(x.host)
	x.Extract, x.pipeline.Reader = f, f.RoleARN
	x.host.letRebuild(f)
	for _, in := range inputs {
		_, name := x.at(in)
		x.triggers = append(x.triggers, f.trigger(triggerProps{
			Stream: in.Stream, Key: in.Key, Read: in.read, Consumer: in.Consumer, Name: name, Host: x.host,
			Batch: p.Batch, Window: cmp.Or(p.Window, p.Profile.window()), Factor: p.Parallel, Retry: p.Retry,
			Paused: p.Paused, Start: p.Start,
		}))
	}
	x.addReader(inputs)
	return nil
}

// tellRole tells the owner of a twin of another app which role puts changes into it.
func (x *PipelineExtractor) tellRole(scope awsconstructs.Construct, arn string) {
	if x.host.putChanges.roster == nil {
		addOutput(scope, "ExtractorArn", arn, "A role that puts changes: name it in the Extractors of the twin, which is "+
			"of another app")
	}
}

// addReader tells the owner of a stream that exists already which role reads it.
func (x *PipelineExtractor) addReader(inputs []*Input) {
	if !slices.ContainsFunc(inputs, func(in *Input) bool { _, ok := in.source.(imported); return ok }) {
		return
	}
	addOutput(x.Node, "ReaderArn", *x.Reader().RoleArn(),
		"The role that reads the stream; the stream's key, and in another account the stream, must let it")
}

// bindStreams finds or makes the streams of inputs, and their consumers. Inputs that turn out to be of the same
// stream become one: a function cannot read a stream twice.
func (x *PipelineExtractor) bindStreams(p *PipelineExtractorProps, inputs []*Input) ([]*Input, error) {
	byARN := map[string]*Input{}
	var bound []*Input
	for _, in := range inputs {
		scope, table := x.at(in)
		b, err := in.source.(streamSource).stream(scope, streamProps{x.host, p.Dataset, table, p.Retention})
		if err != nil {
			return nil, err
		}
		arn := *b.stream.StreamArn()
		if other := byARN[arn]; other != nil {
			other.Tables = append(other.Tables, in.Tables...)
			x.drop(in)
			continue
		}
		byARN[arn] = in
		in.Stream, in.Key, in.Made, in.read, in.producers, in.guests = b.stream, b.key, b.made, b.read, b.producers, b.guests
		if p.FanOut || p.Profile == LowLatency && !b.foreign {
			if b.foreign {
				return nil, fmt.Errorf("props.FanOut: %s is a stream of another account, which enhanced fan-out cannot read", arn)
			}
			in.Consumer = awskinesis.NewCfnStreamConsumer(scope, str("Consumer"), &awskinesis.CfnStreamConsumerProps{
				ConsumerName: str(p.consumer()), StreamArn: str(arn),
			})
		}
		bound = append(bound, in)
	}
	return bound, nil
}

// consumer is the name under which streams are read with enhanced fan-out.
func (p *PipelineExtractorProps) consumer() string {
	return "digitaltwin-" + p.Core.EnvironmentName() + "-" + p.Dataset
}

// drop forgets an input whose tables went to another.
func (x *PipelineExtractor) drop(dropped *Input) {
	for i, in := range x.Inputs {
		if in == dropped {
			x.Inputs = append(x.Inputs[:i:i], x.Inputs[i+1:]...)
			return
		}
	}
}

// newExtractFunction makes a function of functions/<name> with the SQL beside it: it may put changes and keep
// rejects, and what it reads is still to be allowed. What tells the function from others of the dataset is its kind.
func (x *PipelineExtractor) newExtractFunction(p *PipelineExtractorProps, scope awsconstructs.Construct, id, name,
	kind string,
	timeout time.Duration, memory int, sources wiring.Sources) (*Function, error) {
	h := x.host
	code, err := h.assets.Extractor(name, p.Dataset, p.SQL)
	if err != nil {
		return nil, err
	}
	f := newFunction(scope, id, functionProps{
		Description: "Digital Twin: extracts changes from " + p.Dataset,
		Code:        code, Arch: h.arch, Memory: memory, Timeout: timeout,
		Role: h.role(awscdk.Stack_Of(scope), "extract", p.Dataset+"-"+kind), Logs: h.logs(), Traces: h.traces,
		Env: wiring.Extract{
			Environment: h.environment, Dataset: p.Dataset, Framing: p.Framing, Charset: p.Charset, Sources: sources,
			StreamARN: *h.stream.StreamArn(), Rejects: *h.rejects.BucketName(),
		}.Env(),
	})
	byTable, err := sources.ByTable()
	if err != nil {
		return nil, err
	}
	maps.Copy(x.pipeline.Sources, byTable)
	x.pipeline.Functions = append(x.pipeline.Functions, *f.Function.FunctionArn())
	f.allow("PutChanges", []string{"kinesis:PutRecords"}, *h.stream.StreamArn())
	f.useKey("EncryptChanges", h.putChanges)
	f.allowRejects(h, rejectsOf("extract/"+p.Dataset))
	x.tellRole(scope, f.RoleARN)
	return f, nil
}
