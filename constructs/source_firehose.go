package constructs

import (
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesisfirehose"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// DirectPuts is a delivery stream of Amazon Data Firehose that applications put records into themselves: there
// is no stream to read. It is opted in: a function becomes the processor of the delivery stream, extracts on the
// way, and gives every record back unchanged and in time, whatever happens; what cannot be sent in that
// time is kept in the bucket for rejects. Readings come as late as the delivery stream buffers for its
// processor. A delivery stream has one processor only: where it has one already, take [Objects].
//
// For a delivery stream of this app roleARN is empty, and [Input.DataProcessor] goes into its destination. For one
// that exists already, roleARN is the role that it delivers as, which is allowed to call the function; the
// function's ARN is an output of the stack, to be set as the processor (type Lambda, buffer of 1 MB) by
// the delivery stream's owner. Firehose calls as that role, so nobody else can be let in by mistake.
func DirectPuts(roleARN string) Source { return &directPuts{roleARN} }

type directPuts struct{ role string }

var roleARN = regexp.MustCompile(`^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$`)

func (d *directPuts) check() error {
	if d.role == "" || unresolved(d.role) || roleARN.MatchString(d.role) {
		return nil
	}
	return fmt.Errorf("DirectPuts(%q): want the role of the delivery stream, arn:aws:iam::ACCOUNT:role/NAME, or nothing "+
		"for one of this app", d.role)
}

// addProcessor makes the processor of a delivery stream.
func (x *PipelineExtractor) addProcessor(p *PipelineExtractorProps, in *Input, source *directPuts) error {
	scope, table := x.at(in)
	f, err := x.newExtractFunction(p, scope, "Processor", "firehose", "processor"+table, time.Minute, 512,
		sourcesOf(in.Tables, "delivery stream"))
	if err != nil {
		return err
	}
	in.Processor = f
	accept(f.Function, "A delivery stream runs at most as many at once as it has partitions, and waits for the answer; "+
		"what cannot be sent is kept as rejects.",
		"NIST.800.53.R5-LambdaConcurrency", "NIST.800.53.R5-LambdaDLQ")
	if source.role == "" {
		return nil
	}
	for _, action := range []string{"InvokeFunction", "GetFunctionConfiguration"} {
		awslambda.NewCfnPermission(f.Node, str(action), &awslambda.CfnPermissionProps{
			Action: str("lambda:" + action), FunctionName: f.Function.FunctionArn(), Principal: str(source.role),
		})
	}
	addOutput(scope, "ProcessorArn", *f.Function.FunctionArn(),
		"The function to set as the processor of the delivery stream")
	return nil
}

// DataProcessor is the processor of a delivery stream of this app: for the Processors of its destination, where
// it also lets the delivery stream's role call the function. The error says that the source is not [DirectPuts].
func (in *Input) DataProcessor() (awskinesisfirehose.LambdaFunctionProcessor, error) {
	if in.Processor == nil {
		return nil, errors.New("constructs: DataProcessor: the source is not DirectPuts")
	}
	return awskinesisfirehose.NewLambdaFunctionProcessor(in.Processor.Function, &awskinesisfirehose.DataProcessorProps{
		BufferInterval: duration(processorBuffer), BufferSize: awscdk.Size_Mebibytes(num(1)), Retries: num(3),
	}), nil
}

// processorBuffer is how long a delivery stream gathers records for its processor.
const processorBuffer = 10 * time.Second

// sourcesOf says that all tables of an input read the same.
func sourcesOf(tables []string, source string) wiring.Sources {
	m := map[string]string{}
	for _, t := range tables {
		m[t] = source
	}
	return wiring.NewSources(m)
}
