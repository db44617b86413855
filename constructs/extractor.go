package constructs

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/framing"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// PipelineExtractorProps hook one pipeline onto a twin.
type PipelineExtractorProps struct {
	// Core is the twin: what [NewDigitalTwinCore] or [FromDigitalTwinCoreAttributes] returned. Required.
	Core IDigitalTwinCore
	// Dataset is the name of the pipeline's data, unique in its environment. Required.
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
	// Charset is how the text of the records is written, by a name of the WHATWG Encoding Standard, such as
	// windows-1252; it becomes UTF-8 before the extractor reads it. Default: the records are left as they are.
	Charset string

	// Producers may put records into the streams that are made here ([NewStream]). They are let in by the streams' keys,
	// and need the managed policy [PipelineExtractor.PutPolicy] beside; for those of another account the streams have a
	// resource policy. Default: nobody. See also [PipelineExtractor.GrantPut].
	Producers Access

	// Profile is what is paid for being fast. Default: that of the core.
	Profile Profile
	// Batch is the greatest number of stream records in an invocation. Default: 500; 10,000 with a window.
	Batch int
	// Window is how long to wait for a batch to fill: fewer invocations and write units, later readings.
	// Up to 5 minutes, in whole seconds. Default: none; a minute with the profile Thrifty.
	Window time.Duration
	// Parallel is how many batches of a shard are worked on at once, 1 to 10. Default: 1.
	Parallel int
	// FanOut reads streams with enhanced fan-out: a consumer of its own, with 2 MB a second of each shard to
	// itself, where a stream has more than two other readers; about 13 USD a month for each shard, and what
	// is read. Default: with the profile LowLatency.
	FanOut bool
	// Start is where reading a stream begins the first time. Default: Oldest.
	Start Start
	// Paused stops the reading and keeps the position in the source, as long as that keeps its records: a
	// stream of [NewStream] for Retention. Default: false.
	Paused bool

	// Retention is how long the streams that are made here keep records, 24 hours to 365 days. More than 24 hours is
	// paid for by the shard. Default: 24 hours.
	Retention time.Duration
	// Retry is how long records are tried again that cannot be worked on, 1 hour to 7 days, before they are given up and
	// kept in the bucket. It must end 4 hours before the source forgets them. Default: 20 hours.
	Retry time.Duration

	// QuietHours are the hours at which silence is no alarm. Default: none.
	QuietHours QuietHours
}

func (p PipelineExtractorProps) withDefaults() (_ PipelineExtractorProps, err error) {
	var errs []error
	if p.Source != nil && p.Sources != nil {
		errs = append(errs, errors.New("props.Source and props.Sources exclude each other: one source for all tables, or "+
			"one for each"))
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
	p.Retention, p.Retry = cmp.Or(p.Retention, defaultRetention), cmp.Or(p.Retry, defaultRetry)
	if p.Core == nil {
		errs = append(errs, errors.New("props.Core is required: pass what NewDigitalTwinCore returned"))
	} else {
		p.Profile = cmp.Or(p.Profile, p.Core.twin().profile)
		errs = append(errs, p.checkProducers()...)
	}
	if p.Dataset == "" {
		errs = append(errs, errors.New("props.Dataset is required: the name of the pipeline's data"))
	}
	if err := (framing.Source{Framing: p.Framing, Charset: p.Charset}).Check(); err != nil {
		errs = append(errs, fmt.Errorf("props.Framing and Charset: %w", err))
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
	for name, err := range map[string]error{
		"Start": p.Start.check(), "Profile": p.Profile.check(), "QuietHours": p.QuietHours.check(),
	} {
		if err != nil {
			errs = append(errs, fmt.Errorf("props.%s: %w", name, err))
		}
	}
	for _, err := range checkRetention(p.Retention, p.Retry, p.makesStreams()) {
		errs = append(errs, fmt.Errorf("props.Retention and Retry: %w", err))
	}
	if p.Flink, err = p.Flink.withDefaults(p.Engine); err != nil {
		errs = append(errs, err)
	}
	return p, errors.Join(errs...)
}

// makesStreams reports whether a source is a stream that is made here.
func (p *PipelineExtractorProps) makesStreams() bool {
	if _, ok := p.Source.(*fresh); ok {
		return true
	}
	for _, s := range p.Sources {
		if _, ok := s.(*fresh); ok {
			return true
		}
	}
	return false
}

func (p *PipelineExtractorProps) checkProducers() []error {
	var errs []error
	if len(p.Producers) > 0 && !p.makesStreams() {
		errs = append(errs, errors.New("props.Producers are for a stream that is made here, and no source is one: ask the "+
			"stream's owner to let them in"))
	}
	account := *awscdk.Stack_Of(p.Core.twin().node).Account()
	if unresolved(account) {
		account = ""
	}
	return append(errs, p.Producers.check("props.Producers", account, true)...)
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

	PutPolicy     awsiam.ManagedPolicy // for producers of the streams that were made here; nil where there is none
	OperatePolicy awsiam.ManagedPolicy // for operators of the application of Flink; nil where there is none

	Alarms []awscloudwatch.Alarm // none where the environment has none

	host     *host
	first    *Input // of the file's first table
	pipeline wiring.Pipeline
	triggers []awscdk.CfnResource
}

// NewPipelineExtractor makes a PipelineExtractor: a function with the SQL beside it for every kind of source and
// what hands it the records, or an application of Apache Flink; and the dataset's entry in the catalogue.
func NewPipelineExtractor(scope awsconstructs.Construct, id string, props PipelineExtractorProps) (*PipelineExtractor,
	error) {
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
	if err := p.Core.twin().addDataset(p.Dataset); err != nil {
		return nil, fmt.Errorf("constructs: PipelineExtractor %s: %w", id, err)
	}
	this := awsconstructs.NewConstruct(scope, &id)
	for _, w := range analysis.Warnings {
		awscdk.Annotations_Of(this).AddWarning(str(w.String()))
	}
	x := &PipelineExtractor{Node: this, Dataset: analysis.Dataset, Inputs: inputs, host: p.Core.twin(), first: inputs[0],
		pipeline: wiring.Pipeline{SQL: wiring.PackSQL(p.SQL), Framing: p.Framing, Charset: p.Charset,
			Flink: p.Engine == Flink, Sources: map[string]string{}}}
	add := x.addFunctions
	if p.Engine == Flink {
		add = x.addApplication
	}
	if err := add(&p); err != nil {
		return nil, fmt.Errorf("constructs: PipelineExtractor %s: %w", id, err)
	}
	if err := x.addCatalogueEntry(); err != nil {
		return nil, fmt.Errorf("constructs: PipelineExtractor %s: %w", id, err)
	}
	x.addProducers(p.Producers)
	x.addAlarms(&p)
	x.host.tag(this, p.Dataset)
	return x, nil
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
