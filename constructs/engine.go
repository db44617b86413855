package constructs

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/railtwin/digitaltwin/internal/extract/diag"
)

// Engine is what runs an extractor.
type Engine string

const (
	// Lambda is the Go engine in a Lambda function, for stateless SQL. It costs what it is used.
	Lambda Engine = "lambda"
	// Flink is Amazon Managed Service for Apache Flink, for all of Flink SQL: windows, joins, aggregation,
	// pattern matching. It reads Kinesis streams with one record each, and costs about 190 USD a month (two
	// processing units, one of them for orchestration) whether records come or not.
	Flink Engine = "flink"
)

// flinkPrice is told wherever Flink is asked for.
const flinkPrice = "about 190 USD a month"

// FlinkProps are the choices of an application of Apache Flink.
type FlinkProps struct {
	// Parallelism is how many records are worked on at once, 1 to 256. Default: 1.
	Parallelism int
	// ParallelismPerKPU is how many of these share a processing unit (one processor, 4 GB), 1 to 8.
	// Parallelism divided by it is what is paid, and one unit more. Default: 1.
	ParallelismPerKPU int
	// AutoScaling lets the service change the parallelism with the load of the processors. Each change is a
	// restart of 10 to 30 seconds. Default: false.
	AutoScaling bool
	// Checkpoint is the time between two checkpoints: what is repeated after a failure. Default: 1 minute.
	Checkpoint time.Duration
}

func (f FlinkProps) withDefaults(engine Engine) (FlinkProps, error) {
	switch engine {
	case Flink:
	case Lambda:
		if f != (FlinkProps{}) {
			return f, errors.New("props.Flink is for Engine: constructs.Flink, but props.Engine is Lambda")
		}
		return f, nil
	default:
		return f, fmt.Errorf("props.Engine is %q: want %q or %q", string(engine), string(Lambda), string(Flink))
	}
	if f.Parallelism == 0 {
		f.Parallelism = 1
	}
	if f.ParallelismPerKPU == 0 {
		f.ParallelismPerKPU = 1
	}
	if f.Checkpoint == 0 {
		f.Checkpoint = time.Minute
	}
	var errs []error
	if f.Parallelism < 1 || f.Parallelism > 256 {
		errs = append(errs, fmt.Errorf("props.Flink.Parallelism is %d: want 1 to 256", f.Parallelism))
	}
	if f.ParallelismPerKPU < 1 || f.ParallelismPerKPU > 8 {
		errs = append(errs, fmt.Errorf("props.Flink.ParallelismPerKPU is %d: want 1 to 8", f.ParallelismPerKPU))
	}
	if f.Checkpoint < time.Second || f.Checkpoint > time.Hour || f.Checkpoint%time.Millisecond != 0 {
		errs = append(errs, fmt.Errorf("props.Flink.Checkpoint is %s: want 1 second to 1 hour", f.Checkpoint))
	}
	return f, errors.Join(errs...)
}

// needsFlink says which clauses of an extractor only Flink runs, and how to choose it.
func needsFlink(dataset string, clauses diag.List) error {
	var b strings.Builder
	b.WriteString(clauses.Error())
	fmt.Fprintf(&b, "\n%s needs Flink, and its engine is Lambda: set Engine: constructs.Flink, or \"engine\": \"flink\" "+
		"of the dataset in cdk.json. "+
		"That runs it on Amazon Managed Service for Apache Flink, for %s", dataset, flinkPrice)
	return errors.New(b.String())
}

// forFlink finds what an application of Flink cannot read.
func (p *PipelineExtractorProps) forFlink(inputs []*Input) error {
	var errs []error
	if p.Charset != "" {
		errs = append(errs, fmt.Errorf("props.Charset is %s: Flink reads the records as they are; 'raw.charset' of a raw "+
			"table is there for both engines", p.Charset))
	}
	if p.Framing != "plain" {
		errs = append(errs, fmt.Errorf("props.Framing is %s: Flink takes one record from each record of a stream, so it "+
			"must be plain", p.Framing))
	}
	if p.Batch != 0 || p.Window != 0 || p.Parallel != 0 {
		errs = append(errs, errors.New("props.Batch, Window and Parallel are of Lambda's trigger; under Engine: Flink "+
			"there is props.Flink"))
	}
	for _, in := range inputs {
		if _, ok := in.source.(streamSource); !ok {
			errs = append(errs, fmt.Errorf("the source of %s is no Kinesis stream: Flink reads neither delivery streams nor "+
				"objects here", strings.Join(in.Tables, ", ")))
		}
	}
	return errors.Join(errs...)
}
