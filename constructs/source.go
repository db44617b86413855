package constructs

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"

	"github.com/railtwin/digitaltwin/internal/extract"
)

// Source is where the records of a source table come from:
//
//   - a Kinesis stream: [Stream], [StreamARN], [NewStream], [NewOnDemandStream], or [StreamOf] another extractor. A
//     delivery stream of Amazon Data Firehose that is fed by a Kinesis stream is hooked here too: pass the stream that
//     feeds it, which both read.
//   - a delivery stream that applications put records into themselves: [DirectPuts].
//   - the objects that a delivery stream, or anybody else, puts into a bucket: [Objects] or [ObjectsIn].
type Source interface {
	check() error
}

// Input is a source and the tables that read it, with what was made for it.
type Input struct {
	Tables []string // in the order of the file

	Stream    awskinesis.IStream           // of a Kinesis source
	Key       awskms.IKey                  // that the stream is encrypted with; nil where there is none
	Made      awskms.Key                   // the same where it was made here
	Consumer  awskinesis.CfnStreamConsumer // with enhanced fan-out
	Processor *Function                    // of DirectPuts, for the delivery stream
	Notices   awsevents.CfnRule            // of objects: what tells the queue of them

	source    Source
	scope     awsconstructs.Construct // of what belongs to it
	read      *keyUse                 // of Key by readers; nil where another app has the key
	producers *keyUse                 // of Made by who puts records
	guests    *roster                 // producers of other accounts, in the policy of the stream
}

// inputs finds the source of every table of the file. Tables that share a source share an input. The error
// names what is declared and what is bound, where they differ.
func (p *PipelineExtractorProps) inputs(tables []extract.Table) ([]*Input, error) {
	if p.Sources == nil {
		in := &Input{source: p.Source}
		for _, t := range tables {
			in.Tables = append(in.Tables, t.Name)
		}
		return []*Input{in}, p.Source.check()
	}
	if err := p.sourcesFit(tables); err != nil {
		return nil, err
	}
	var inputs []*Input
	var errs []error
	for _, t := range tables {
		source := p.Sources[t.Name]
		if i := slices.IndexFunc(inputs, func(in *Input) bool { return in.source == source }); i >= 0 {
			inputs[i].Tables = append(inputs[i].Tables, t.Name)
			continue
		}
		if err := source.check(); err != nil {
			errs = append(errs, fmt.Errorf("props.Sources[%q]: %w", t.Name, err))
		}
		inputs = append(inputs, &Input{Tables: []string{t.Name}, source: source})
	}
	return inputs, errors.Join(errs...)
}

// sourcesFit holds what the file declares against what is bound.
func (p *PipelineExtractorProps) sourcesFit(tables []extract.Table) error {
	var declared, unbound, unknown []string
	for _, t := range tables {
		declared = append(declared, t.Name)
		if p.Sources[t.Name] == nil {
			unbound = append(unbound, t.Name)
		}
	}
	bound := slices.Sorted(maps.Keys(p.Sources))
	for _, name := range bound {
		if !slices.Contains(declared, name) {
			unknown = append(unknown, name)
		}
	}
	if len(unbound) == 0 && len(unknown) == 0 {
		return nil
	}
	var what []string
	if len(unbound) > 0 {
		what = append(what, "bind "+strings.Join(unbound, ", "))
	}
	if len(unknown) > 0 {
		what = append(what, "take out "+strings.Join(unknown, ", "))
	}
	return fmt.Errorf("%s.sql declares the source tables %s, but props.Sources binds %s: %s",
		p.Dataset, strings.Join(declared, ", "), strings.Join(bound, ", "), strings.Join(what, " and "))
}

// at returns the construct below which what belongs to an input is made, and the ending of names that it needs in a
// construct that it shares. The first source, which may be the one of all tables, has no table's name: the ids of its
// resources stay the same when the file declares another table behind, and whether the tables' sources are named or
// not.
func (x *PipelineExtractor) at(in *Input) (scope awsconstructs.Construct, suffix string) {
	if in == x.first {
		return x.Node, ""
	}
	if in.scope == nil {
		in.scope = awsconstructs.NewConstruct(x.Node, str(in.Tables[0]))
	}
	return in.scope, in.Tables[0]
}
