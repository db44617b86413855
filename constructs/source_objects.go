package constructs

import (
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// Objects are the objects below a prefix of a bucket, read whenever one is created there: what a delivery stream
// of Amazon Data Firehose has delivered, or anybody's uploads. Framing says what an object holds: one record
// (Plain), one a line (Lines), or lines that are compressed (Gzip). An object may have 128 MB, a record in it
// 16 MB.
//
// The bucket must send its events to Amazon EventBridge: EventBridgeEnabled of a bucket of this app, and for
// another `aws s3api put-bucket-notification-configuration`, which replaces what is configured there. Nothing else
// of the bucket is touched. An object is read again until it was read to its end, for as long as Retry says; its
// name then goes to a second queue, for 14 days, from where it can be started again.
func Objects(bucket awss3.IBucket, prefix string) Source {
	return objects{bucket: bucket, prefix: prefix}
}

// ObjectsIn is [Objects] in a bucket that exists already. keyARN is the customer-managed key that the objects are
// encrypted with, empty where there is none; its policy must let the reading role kms:Decrypt.
func ObjectsIn(bucketName, prefix, keyARN string) Source {
	return objects{name: bucketName, prefix: prefix, key: keyARN}
}

type objects struct {
	bucket    awss3.IBucket
	name, key string
	prefix    string
}

var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

func (o objects) check() error {
	if o.bucket == nil && o.name == "" {
		return errors.New("Objects(nil): pass the bucket")
	}
	if o.bucket == nil && !unresolved(o.name) && !bucketName.MatchString(o.name) {
		return fmt.Errorf("%q is no name of a bucket", o.name)
	}
	return checkKeyARN(o.key)
}

// ObjectReader reads the objects of all sources that are objects.
type ObjectReader struct {
	*Function
	Queue   awssqs.Queue // of the names of objects
	Failed  awssqs.Queue // of the names of those that could not be read in time
	Trigger awslambda.CfnEventSourceMapping

	retry time.Duration // how long an object is tried
}

const (
	readingTime = 15 * time.Minute // of an object, the most that AWS Lambda gives
	// How long a message is hidden while its object is read: as long and a little. A failed one waits as long.
	hiddenTime   = readingTime + time.Minute
	failedDays   = 14
	maxEventAge  = 24 * time.Hour // of an event that Amazon EventBridge tries to deliver
	readersAtMax = 2              // at once: the least that a queue's trigger can be limited to
)

// addObjects makes the function that reads objects, its queue, and the rules that fill that.
func (x *PipelineExtractor) addObjects(p *PipelineExtractorProps, inputs []*Input) error {
	sources := map[string]string{}
	bound := map[*Input]boundObjects{}
	for _, in := range inputs {
		scope, _ := x.at(in)
		b := in.source.(objects).bind(scope)
		bound[in] = b
		for _, table := range in.Tables {
			sources[table] = *b.bucket.BucketName() + "/" + b.prefix
		}
	}
	f, err := x.newExtractFunction(p, x.Node, "Objects", "objects", "objects", readingTime, 1769,
		wiring.NewSources(sources))
	if err != nil {
		return err
	}
	accept(f.Function, "The queue's trigger bounds how many run at once, and what is given up goes to a queue of its own.",
		"NIST.800.53.R5-LambdaConcurrency", "NIST.800.53.R5-LambdaDLQ")
	r := &ObjectReader{Function: f, retry: p.Retry}
	r.addQueues()
	x.Objects, x.pipeline.ObjectReader = r, f.RoleARN
	x.host.letRebuild(f)
	for _, in := range inputs {
		scope, suffix := x.at(in)
		r.read(bound[in], sid(suffix))
		in.Notices = r.notify(scope, bound[in])
	}
	r.Trigger = awslambda.NewCfnEventSourceMapping(f.Node, str("Trigger"), &awslambda.CfnEventSourceMappingProps{
		FunctionName:          f.Function.FunctionArn(),
		EventSourceArn:        r.Queue.QueueArn(),
		Enabled:               !p.Paused,
		BatchSize:             num(1),
		FunctionResponseTypes: strs("ReportBatchItemFailures"),
		ScalingConfig:         &awslambda.CfnEventSourceMapping_ScalingConfigProperty{MaximumConcurrency: num(readersAtMax)},
	})
	r.Trigger.Node().AddDependency(f.Policy)
	x.triggers = append(x.triggers, r.Trigger)
	return nil
}

type boundObjects struct {
	bucket awss3.IBucket
	key    awskms.IKey
	prefix string
}

func (o objects) bind(scope awsconstructs.Construct) boundObjects {
	b := boundObjects{bucket: o.bucket, prefix: o.prefix}
	if b.bucket != nil {
		b.key = b.bucket.EncryptionKey()
		return b
	}
	if o.key != "" {
		b.key = awskms.Key_FromKeyArn(scope, str("SourceKey"), str(o.key))
	}
	b.bucket = awss3.Bucket_FromBucketAttributes(scope, str("Source"),
		&awss3.BucketAttributes{BucketName: str(o.name), EncryptionKey: b.key})
	return b
}

// addQueues makes the queue of names and the one of those that were given up. They hold no data, only names.
func (r *ObjectReader) addQueues() {
	r.Failed = awssqs.NewQueue(r.Node, str("Failed"), &awssqs.QueueProps{
		Encryption: awssqs.QueueEncryption_SQS_MANAGED, EnforceSSL: yes,
		RetentionPeriod: awscdk.Duration_Days(num(failedDays)),
	})
	r.Queue = awssqs.NewQueue(r.Node, str("Queue"), &awssqs.QueueProps{
		Encryption: awssqs.QueueEncryption_SQS_MANAGED, EnforceSSL: yes,
		RetentionPeriod:   awscdk.Duration_Days(num(failedDays)),
		VisibilityTimeout: duration(hiddenTime),
		DeadLetterQueue:   &awssqs.DeadLetterQueue{Queue: r.Failed, MaxReceiveCount: num(max(int(r.retry/hiddenTime), 1))},
	})
	r.allow("TakeNames", []string{"sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"},
		*r.Queue.QueueArn())
}

// read lets the function read the objects of a source, and find out whether one is there.
func (r *ObjectReader) read(b boundObjects, suffix string) {
	r.allow("Read"+suffix, []string{"s3:GetObject"}, *b.bucket.BucketArn()+"/"+b.prefix+"*")
	acceptPattern(r.Policy, "/"+b.prefix+"*", "Whoever writes the objects names them, below the prefix that is read.")
	// S3 denies an object that is gone to who may not list it, as if it were there.
	var below map[string]interface{}
	if b.prefix != "" {
		below = map[string]interface{}{"StringLike": map[string]interface{}{"s3:prefix": b.prefix + "*"}}
	}
	r.allowIf("Find"+suffix, []string{"s3:ListBucket"}, below, *b.bucket.BucketArn())
	if b.key != nil {
		r.useForeignKey("Read"+suffix+"Key", "s3", decrypts, b.key)
	}
}

// notify makes the rule that puts the names of new objects into the queue, and lets it.
func (r *ObjectReader) notify(scope awsconstructs.Construct, b boundObjects) awsevents.CfnRule {
	detail := map[string]interface{}{"bucket": map[string]interface{}{"name": []interface{}{*b.bucket.BucketName()}}}
	if b.prefix != "" {
		detail["object"] = map[string]interface{}{"key": []interface{}{map[string]interface{}{"prefix": b.prefix}}}
	}
	rule := awsevents.NewCfnRule(scope, str("Created"), &awsevents.CfnRuleProps{
		Description: str("Digital Twin: objects to be read"),
		EventPattern: map[string]interface{}{
			"source": []interface{}{"aws.s3"}, "detail-type": []interface{}{"Object Created"}, "detail": detail,
		},
		Targets: list(&awsevents.CfnRule_TargetProperty{
			Id: str("queue"), Arn: r.Queue.QueueArn(),
			RetryPolicy: &awsevents.CfnRule_RetryPolicyProperty{MaximumEventAgeInSeconds: seconds(min(r.retry, maxEventAge)),
				MaximumRetryAttempts: num(185)},
		}),
	})
	conditions := map[string]interface{}{
		"ArnEquals":    map[string]interface{}{"aws:SourceArn": *rule.AttrArn()},
		"StringEquals": map[string]interface{}{"aws:SourceAccount": *awscdk.Stack_Of(scope).Account()},
	}
	r.Queue.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Principals: list[awsiam.IPrincipal](awsiam.NewServicePrincipal(str("events.amazonaws.com"), nil)),
		Actions:    strs("sqs:SendMessage"), Resources: strs(*r.Queue.QueueArn()), Conditions: &conditions,
	}))
	return rule
}
