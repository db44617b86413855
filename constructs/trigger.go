package constructs

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
)

// The settings of every event source mapping. A function fails only on faults of the
// infrastructure, so it is asked again until the records are nearly gone: streams keep them for 24 hours.
const (
	recordAge      = 20 * time.Hour
	retriesForever = -1
	batchSize      = 500
)

// What reading a stream takes, and what enhanced fan-out takes beside it.
var (
	readsStream = []string{"kinesis:DescribeStream", "kinesis:DescribeStreamSummary", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"}
	subscribes  = []string{"kinesis:DescribeStreamConsumer", "kinesis:SubscribeToShard"}
)

// sid writes a name with the letters that the id of a statement may have.
func sid(name string) string {
	var b strings.Builder
	for _, r := range name {
		if r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

type triggerProps struct {
	Stream   awskinesis.IStream
	Key      awskms.IKey                  // of the stream; nil where it has none
	Consumer awskinesis.CfnStreamConsumer // of the stream; nil without enhanced fan-out
	Name     string                       // where a function has several: made part of names
	Core     *DigitalTwinCore
	Batch    int           // records; default 500
	Window   time.Duration // to wait for a batch; default: none
	Factor   int           // batches of a shard at once; default 1
	Paused   bool          // keeps its position, does not read
	Start    Start         // default Oldest
}

// trigger makes the function read a stream. It uses the L1: the L2 would grant more than it needs.
func (f *Function) trigger(p triggerProps) awslambda.CfnEventSourceMapping {
	source := p.Stream.StreamArn()
	f.allow("ReadStream"+sid(p.Name), readsStream, *source)
	if p.Key != nil {
		f.allowKey("DecryptStream"+sid(p.Name), "kinesis", decrypts, p.Key)
	}
	if p.Consumer != nil {
		source = p.Consumer.AttrConsumerArn()
		f.allow("Subscribe"+sid(p.Name), subscribes, *source)
	}
	if p.Batch == 0 {
		p.Batch = batchSize
	}
	if p.Factor == 0 {
		p.Factor = 1
	}
	position, at := p.Start.position()
	props := &awslambda.CfnEventSourceMappingProps{
		FunctionName:                   f.Function.FunctionArn(),
		EventSourceArn:                 source,
		StartingPosition:               str(position),
		StartingPositionTimestamp:      at,
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
	}
	if p.Core.props.Alarms != nil {
		props.MetricsConfig = &awslambda.CfnEventSourceMapping_MetricsConfigProperty{Metrics: strs("EventCount")} // see consumerAlarms
	}
	mapping := awslambda.NewCfnEventSourceMapping(f.Node, str("Trigger"+p.Name), props)
	accept(f.Function, "A stream's trigger runs at most as many at once as there are shards, times its parallelism.",
		"NIST.800.53.R5-LambdaConcurrency")
	accept(f.Function, "Batches that are given up go to the trigger's failure destination with their records; a dead-letter queue is for asynchronous calls.",
		"NIST.800.53.R5-LambdaDLQ")
	// AWS Lambda tries the role on the stream when the mapping is made.
	mapping.Node().AddDependency(f.Policy)
	return mapping
}
