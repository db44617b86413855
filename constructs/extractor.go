package constructs

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/wiring"
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
	// Source is where the records come from. Default: NewStream(1), a stream made for the purpose.
	Source Source
	// Framing says how source records lie in a stream record. Default: wiring.Plain, one in each.
	Framing wiring.Framing
	// Batch is the greatest number of records in an invocation. Default: 500.
	Batch int
	// Window is how long to wait for a batch to fill: fewer invocations and write units, later readings.
	// Up to 5 minutes, in whole seconds. Default: none.
	Window time.Duration
	// Parallel is how many batches of a shard are worked on at once, 1 to 10. Default: 1.
	Parallel int
	// Paused stops the reading and keeps the position in the source. Default: false.
	Paused bool
}

func (p PipelineExtractorProps) withDefaults() (PipelineExtractorProps, error) {
	if p.Source == nil {
		p.Source = NewStream(1)
	}
	if p.Framing == "" {
		p.Framing = wiring.Plain
	}
	var errs []error
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
	return p, errors.Join(errs...)
}

// PipelineExtractor turns the records of one pipeline into changes on the twin stream. Idle it costs
// nothing but its source stream, if that is new; at 100 records a second about 2 USD a month.
type PipelineExtractor struct {
	Node      awsconstructs.Construct
	Source    awskinesis.IStream
	SourceKey awskms.Key // of a new stream; nil where the stream exists already
	Extract   *Function
	Trigger   awslambda.CfnEventSourceMapping
	Dataset   twin.Dataset // the catalogue entry
}

// NewPipelineExtractor makes a PipelineExtractor: an extract function with the SQL beside it, triggered
// by the source, and the dataset's entry in the catalogue.
func NewPipelineExtractor(scope awsconstructs.Construct, id string, props PipelineExtractorProps) (*PipelineExtractor, error) {
	p, err := props.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("constructs: PipelineExtractor %s: %w", id, err)
	}
	// The diagnostics begin with file:line:column, so nothing is put before them.
	program, err := extract.Compile(p.Dataset+".sql", p.SQL)
	if err != nil {
		return nil, err
	}
	this := awsconstructs.NewConstruct(scope, &id)
	for _, w := range program.Warnings() {
		awscdk.Annotations_Of(this).AddWarning(str(w.String()))
	}
	x := &PipelineExtractor{Node: this, Dataset: program.Dataset()}
	if err := x.addFunction(p); err != nil {
		return nil, fmt.Errorf("constructs: PipelineExtractor %s: %w", id, err)
	}
	if err := x.addCatalogueEntry(p.Core); err != nil {
		return nil, fmt.Errorf("constructs: PipelineExtractor %s: %w", id, err)
	}
	return x, nil
}

func (x *PipelineExtractor) addFunction(p PipelineExtractorProps) error {
	core := p.Core
	source, err := p.Source.bind(x.Node, core)
	if err != nil {
		return err
	}
	code, err := core.props.Assets.Extractor(p.Dataset, p.SQL)
	if err != nil {
		return err
	}
	f := newFunction(x.Node, "Extract", functionProps{
		Description: "Digital Twin: extracts changes from " + p.Dataset,
		Code:        code, Arch: core.props.Arch, Memory: 512, Timeout: time.Minute,
		RolePath: core.rolePath("extract"), Logs: core.logs(),
		Env: wiring.Extract{
			Environment: core.props.Environment, Dataset: p.Dataset, Framing: p.Framing,
			StreamARN: *core.Stream.StreamArn(), Rejects: *core.Rejects.BucketName(),
		}.Env(),
	})
	f.allow("PutChanges", []string{"kinesis:PutRecords"}, *core.Stream.StreamArn())
	f.allowKey("EncryptChanges", "kinesis", encrypts, core.Keys.Changes)
	f.allowRejects(core, rejectsOf("extract/"+p.Dataset))
	x.Source, x.SourceKey, x.Extract = source.stream, source.made, f
	x.Trigger = f.trigger("Trigger", triggerProps{
		Stream: source.stream, Key: source.key, Core: core,
		Batch: p.Batch, Window: p.Window, Factor: p.Parallel, Paused: p.Paused,
	})
	return nil
}

// GrantPut lets a role put records into a stream that [NewStream] made, and encrypt them.
func (x *PipelineExtractor) GrantPut(producer awsiam.IRole) error {
	if x.SourceKey == nil {
		return errors.New("constructs: GrantPut: the stream was not made here; ask its owner")
	}
	useKey(x.SourceKey, "ProducerPuts", "kinesis", encrypts, producer)
	producer.AddToPrincipalPolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Actions: strs("kinesis:PutRecord", "kinesis:PutRecords"), Resources: strs(*x.Source.StreamArn()),
	}))
	producer.AddToPrincipalPolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Actions: strs(encrypts...), Resources: strs(*x.SourceKey.KeyArn()),
	}))
	return nil
}

// addCatalogueEntry makes the deployment write the dataset into the catalogue, and its end remove it.
// The trigger waits for it, so that the policies of the dataset hold from its first record.
func (x *PipelineExtractor) addCatalogueEntry(core *DigitalTwinCore) error {
	entry, err := json.Marshal(x.Dataset)
	if err != nil {
		return fmt.Errorf("the catalogue entry: %w", err)
	}
	resource := awscdk.NewCustomResource(x.Node, str("CatalogueEntry"), &awscdk.CustomResourceProps{
		ServiceToken:   core.Catalogue.Function.FunctionArn(),
		ResourceType:   str("Custom::DigitalTwinDataset"),
		ServiceTimeout: duration(2 * time.Minute),
		Properties:     &map[string]interface{}{wiring.DatasetProperty: string(entry)},
	})
	x.Trigger.Node().AddDependency(resource)
	return nil
}
