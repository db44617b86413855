package constructs

import (
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// PipelineExtractorProps hook one pipeline onto a twin.
type PipelineExtractorProps struct {
	// Core is the twin. Required.
	Core *DigitalTwinCore
	// Dataset is the name of the pipeline's data. Required.
	Dataset string
	// SQL is the extractor. It is compiled when the app is synthesized: a mistake in it fails the synth
	// with its file, line and column. Required.
	SQL []byte

	// Source is where the records of every source table of the file come from; several tables that share a
	// source each decode every record of it. Default: NewStream(1), a stream made for the purpose.
	Source Source
	// Sources are the sources by table, for a file whose tables have sources of their own. Every table that
	// the file declares must be bound, and no other. Default: Source, for all of them.
	Sources map[string]Source
	// Engine runs the extractor: Lambda, or Flink for all of Flink SQL, at about 190 USD a month. Default: Lambda.
	Engine Engine
	// Flink are the choices of an application under Engine: Flink.
	Flink FlinkProps

	// Framing says how source records lie in a stream record or an object. Default: Plain, one in each.
	Framing Framing

	// Batch is the greatest number of stream records in an invocation. Default: 500.
	Batch int
	// Window is how long to wait for a batch to fill: fewer invocations and write units, later readings.
	// Up to 5 minutes, in whole seconds. Default: none.
	Window time.Duration
	// Parallel is how many batches of a shard are worked on at once, 1 to 10. Default: 1.
	Parallel int
	// FanOut reads streams with enhanced fan-out: a consumer of its own, with 2 MB a second of each shard to
	// itself, where a stream has more than two other readers; about 13 USD a month for each shard, and what
	// is read. Default: false.
	FanOut bool
	// Start is where reading a stream begins the first time. Default: Oldest.
	Start Start
	// Paused stops the reading and keeps the position in the source, as long as that keeps its records: a
	// stream of [NewStream] for 24 hours. Default: false.
	Paused bool
}

func (p PipelineExtractorProps) withDefaults() (_ PipelineExtractorProps, err error) {
	var errs []error
	if p.Source != nil && p.Sources != nil {
		errs = append(errs, errors.New("props.Source and props.Sources exclude each other: one source for all tables, or one for each"))
	}
	if p.Source == nil && p.Sources == nil {
		p.Source = NewStream(1)
	}
	if p.Framing == "" {
		p.Framing = Plain
	}
	if p.Engine == "" {
		p.Engine = Lambda
	}
	if p.Core == nil {
		errs = append(errs, errors.New("props.Core is required: pass what NewDigitalTwinCore returned"))
	}
	if p.Dataset == "" {
		errs = append(errs, errors.New("props.Dataset is required: the name of the pipeline's data"))
	}
	if err := p.Framing.UnmarshalText([]byte(p.Framing)); err != nil {
		errs = append(errs, fmt.Errorf("props.Framing: %w", err))
	}
	if p.Batch < 0 || p.Batch > 10_000 {
		errs = append(errs, fmt.Errorf("props.Batch is %d: want 1 to 10,000 records", p.Batch))
	}
	if p.Window < 0 || p.Window > 5*time.Minute || p.Window%time.Second != 0 {
		errs = append(errs, fmt.Errorf("props.Window is %s: want whole seconds up to 5 minutes", p.Window))
	}
	if p.Parallel < 0 || p.Parallel > 10 {
		errs = append(errs, fmt.Errorf("props.Parallel is %d: want 1 to 10", p.Parallel))
	}
	if err := p.Start.check(); err != nil {
		errs = append(errs, fmt.Errorf("props.Start: %w", err))
	}
	if p.Flink, err = p.Flink.withDefaults(p.Engine); err != nil {
		errs = append(errs, err)
	}
	return p, errors.Join(errs...)
}

// PipelineExtractor turns the records of one pipeline into changes on the twin stream. Idle it costs
// nothing but its source stream, if that is new; at 100 records a second about 2 USD a month.
type PipelineExtractor struct {
	Node    awsconstructs.Construct
	Dataset twin.Dataset // the catalogue entry
	Inputs  []*Input     // the sources, in the order of the tables that read them

	Extract *Function     // reads the streams; nil where there is none
	Objects *ObjectReader // reads the objects; nil where there are none
	Flink   *Application  // reads the streams under Engine: Flink, else nil

	Alarms []awscloudwatch.Alarm // none where the environment has none

	shared   bool // one source for all tables
	triggers []awscdk.CfnResource
}

// NewPipelineExtractor makes a PipelineExtractor: a function with the SQL beside it for every kind of source and
// what hands it the records, or an application of Apache Flink; and the dataset's entry in the catalogue.
func NewPipelineExtractor(scope awsconstructs.Construct, id string, props PipelineExtractorProps) (*PipelineExtractor, error) {
	p, err := props.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("constructs: PipelineExtractor %s: %w", id, err)
	}
	// The diagnostics begin with file:line:column, so nothing is put before them.
	analysis, err := extract.Analyze(p.Dataset+".sql", p.SQL)
	if err != nil {
		return nil, err
	}
	if analysis.NeedsFlink() && p.Engine != Flink {
		return nil, needsFlink(p.Dataset, analysis.Clauses)
	}
	inputs, err := p.inputs(analysis.Tables)
	if err != nil {
		return nil, fmt.Errorf("constructs: PipelineExtractor %s: %w", id, err)
	}
	this := awsconstructs.NewConstruct(scope, &id)
	for _, w := range analysis.Warnings {
		awscdk.Annotations_Of(this).AddWarning(str(w.String()))
	}
	x := &PipelineExtractor{Node: this, Dataset: analysis.Dataset, Inputs: inputs, shared: p.Sources == nil}
	add := x.addFunctions
	if p.Engine == Flink {
		add = x.addApplication
	}
	if err := add(&p); err != nil {
		return nil, fmt.Errorf("constructs: PipelineExtractor %s: %w", id, err)
	}
	if err := x.addCatalogueEntry(p.Core); err != nil {
		return nil, fmt.Errorf("constructs: PipelineExtractor %s: %w", id, err)
	}
	x.addAlarms(p.Core, p.Paused)
	return x, nil
}

// GrantPut lets a role put records into the streams that [NewStream] made, and encrypt them.
func (x *PipelineExtractor) GrantPut(producer awsiam.IRole) error {
	granted := false
	for _, in := range x.Inputs {
		if in.Made == nil {
			continue
		}
		granted = true
		useKey(in.Made, "ProducerPuts", "kinesis", encrypts, producer)
		producer.AddToPrincipalPolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
			Actions: strs("kinesis:PutRecord", "kinesis:PutRecords"), Resources: strs(*in.Stream.StreamArn()),
		}))
		producer.AddToPrincipalPolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
			Actions: strs(encrypts...), Resources: strs(*in.Made.KeyArn()),
		}))
	}
	if !granted {
		return errors.New("constructs: GrantPut: the stream was not made here; ask its owner")
	}
	return nil
}

// Reader is the role that reads the streams, to be let in by who owns one and its key; nil where there is none.
func (x *PipelineExtractor) Reader() awsiam.IRole {
	switch {
	case x.Extract != nil:
		return x.Extract.Role
	case x.Flink != nil:
		return x.Flink.Role
	}
	return nil
}
