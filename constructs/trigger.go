package constructs

import (
	"cmp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
)

// retriesForever is the number of retries of every event source mapping. A function fails only on faults of the
// infrastructure, so a batch is tried again until its records are too old, see defaultRetry.
const retriesForever = -1

// What reading a stream takes, and what enhanced fan-out takes beside it.
var (
	readsStream = []string{"kinesis:DescribeStream", "kinesis:DescribeStreamSummary", "kinesis:GetRecords",
		"kinesis:GetShardIterator", "kinesis:ListShards"}
	subscribes = []string{"kinesis:DescribeStreamConsumer", "kinesis:SubscribeToShard"}
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
	Read     *keyUse                      // of that key, where this app makes it
	Consumer awskinesis.CfnStreamConsumer // of the stream; nil without enhanced fan-out
	Name     string                       // where a function has several: made part of names
	Host     *host
	Batch    int           // records; default: by Window
	Window   time.Duration // to wait for a batch; default: none
	Factor   int           // batches of a shard at once; default 1
	Retry    time.Duration // how old a record may become before it is given up
	Paused   bool          // keeps its position, does not read
	Start    Start         // default Oldest
}

// trigger makes the function read a stream. It uses the L1: the L2 would grant more than it needs.
func (f *Function) trigger(p triggerProps) awslambda.CfnEventSourceMapping {
	source := p.Stream.StreamArn()
	f.allow("ReadStream"+sid(p.Name), readsStream, *source)
	switch {
	case p.Read != nil:
		f.useKey("DecryptStream"+sid(p.Name), p.Read)
	case p.Key != nil:
		f.useForeignKey("DecryptStream"+sid(p.Name), "kinesis", decrypts, p.Key)
	}
	if p.Consumer != nil {
		source = p.Consumer.AttrConsumerArn()
		f.allow("Subscribe"+sid(p.Name), subscribes, *source)
	}
	position, at := p.Start.position()
	props := &awslambda.CfnEventSourceMappingProps{
		FunctionName:                   f.startedAt(p.Start),
		EventSourceArn:                 source,
		StartingPosition:               str(position),
		StartingPositionTimestamp:      at,
		Enabled:                        !p.Paused,
		BatchSize:                      num(cmp.Or(p.Batch, batchFor(p.Window))),
		MaximumBatchingWindowInSeconds: seconds(p.Window),
		ParallelizationFactor:          num(max(p.Factor, 1)),
		BisectBatchOnFunctionError:     true,
		FunctionResponseTypes:          strs("ReportBatchItemFailures"),
		MaximumRecordAgeInSeconds:      seconds(p.Retry),
		MaximumRetryAttempts:           num(retriesForever),
		DestinationConfig: &awslambda.CfnEventSourceMapping_DestinationConfigProperty{
			OnFailure: &awslambda.CfnEventSourceMapping_OnFailureProperty{Destination: p.Host.rejects.BucketArn()},
		},
	}
	if p.Host.alarms != nil {
		// see consumerAlarms
		props.MetricsConfig = &awslambda.CfnEventSourceMapping_MetricsConfigProperty{Metrics: strs("EventCount")}
	}
	mapping := awslambda.NewCfnEventSourceMapping(f.Node, str("Trigger"+p.Name), props)
	accept(f.Function, "A stream's trigger runs at most as many at once as there are shards, times its parallelism.",
		"NIST.800.53.R5-LambdaConcurrency")
	accept(f.Function, "Batches that are given up go to the trigger's failure destination with their records; a "+
		"dead-letter queue is for asynchronous calls.",
		"NIST.800.53.R5-LambdaDLQ")
	// AWS Lambda tries the role on the stream when the mapping is made.
	mapping.Node().AddDependency(f.Policy)
	return mapping
}

// startedAt is what a trigger calls: the function, or an alias of it that is named after the start. A mapping cannot
// change where it starts, so CloudFormation makes a new one before it deletes the old, and AWS Lambda refuses a second
// mapping of the same function and stream. Through another alias it is another one.
func (f *Function) startedAt(s Start) *string {
	if s == "" || s == Oldest {
		return f.Function.FunctionArn()
	}
	name := "start-" + strings.ToLower(fit(string(s), 60))
	id := "Start" + sid(string(s))
	if made := f.Node.Node().TryFindChild(str(id)); made != nil { // by another trigger of the function
		return made.(awslambda.CfnAlias).Ref()
	}
	return awslambda.NewCfnAlias(f.Node, str(id), &awslambda.CfnAliasProps{
		FunctionName: f.Function.FunctionName(), FunctionVersion: str("$LATEST"), Name: str(name),
		Description: str("The trigger that starts at " + string(s)),
	}).Ref()
}
