package constructs

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
)

// The settings of every event source mapping (DESIGN 8). A function fails only on faults of the
// infrastructure, so it is asked again until the records are nearly gone: streams keep them for 24 hours.
const (
	recordAge      = 20 * time.Hour
	retriesForever = -1
	batchSize      = 500
)

type triggerProps struct {
	Stream  awskinesis.IStream
	Key     awskms.IKey // of the stream; nil where it has none
	Core    *DigitalTwinCore
	Batch   int           // records; default 500
	Window  time.Duration // to wait for a batch; default: none
	Factor  int           // batches of a shard at once; default 1
	Paused  bool          // keeps its position, does not read
	Initial string        // TRIM_HORIZON or LATEST; default TRIM_HORIZON
}

// trigger makes the function read a stream. It uses the L1: the L2 would grant more than it needs.
func (f *Function) trigger(id string, p triggerProps) awslambda.CfnEventSourceMapping {
	f.allow("ReadStream", []string{
		"kinesis:DescribeStream", "kinesis:DescribeStreamSummary", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards",
	}, *p.Stream.StreamArn())
	if p.Key != nil {
		f.allowKey("DecryptStream", "kinesis", decrypts, p.Key)
	}
	if p.Batch == 0 {
		p.Batch = batchSize
	}
	if p.Factor == 0 {
		p.Factor = 1
	}
	if p.Initial == "" {
		p.Initial = "TRIM_HORIZON"
	}
	mapping := awslambda.NewCfnEventSourceMapping(f.Node, str(id), &awslambda.CfnEventSourceMappingProps{
		FunctionName:                   f.Function.FunctionArn(),
		EventSourceArn:                 p.Stream.StreamArn(),
		StartingPosition:               str(p.Initial),
		Enabled:                        !p.Paused,
		BatchSize:                      num(p.Batch),
		MaximumBatchingWindowInSeconds: seconds(p.Window),
		ParallelizationFactor:          num(p.Factor),
		BisectBatchOnFunctionError:     true,
		FunctionResponseTypes:          strs("ReportBatchItemFailures"),
		MaximumRecordAgeInSeconds:      seconds(recordAge),
		MaximumRetryAttempts:           num(retriesForever),
		DestinationConfig: &awslambda.CfnEventSourceMapping_DestinationConfigProperty{
			OnFailure: &awslambda.CfnEventSourceMapping_OnFailureProperty{Destination: p.Core.Rejects.BucketArn()},
		},
	})
	accept(f.Function, "A stream's trigger runs at most as many at once as there are shards, times its parallelism.",
		"NIST.800.53.R5-LambdaConcurrency")
	accept(f.Function, "Batches that are given up go to the trigger's failure destination with their records; a dead-letter queue is for asynchronous calls.",
		"NIST.800.53.R5-LambdaDLQ")
	// AWS Lambda tries the role on the stream when the mapping is made.
	mapping.Node().AddDependency(f.Policy)
	return mapping
}
