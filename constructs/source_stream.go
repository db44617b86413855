package constructs

import (
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"
)

// streamSource is a source that is a Kinesis stream.
type streamSource interface {
	Source
	// stream finds or makes the stream, below scope.
	stream(scope awsconstructs.Construct, p streamProps) (boundStream, error)
}

// streamProps say for whom a stream is.
type streamProps struct {
	host           *host
	dataset, table string // the table is empty where the source is the first of its dataset
	retention      time.Duration
}

type boundStream struct {
	stream  awskinesis.IStream
	key     awskms.IKey // that it is encrypted with; nil where there is none, or where AWS manages it
	made    awskms.Key  // the same where it was made here
	foreign bool        // it is of another account

	read, producers *keyUse // of the key where this app makes it
	guests          *roster // in the policy of the stream where it was made here
}

// Stream is a stream that the app makes or has imported already. Its encryption key, if it has one, must let
// the reading role decrypt: [PipelineExtractor.Reader] is that role.
func Stream(s awskinesis.IStream) Source { return existing{s} }

type existing struct{ s awskinesis.IStream }

func (e existing) check() error {
	if e.s == nil {
		return errors.New("Stream(nil): pass the stream")
	}
	return nil
}

func (e existing) stream(awsconstructs.Construct, streamProps) (boundStream, error) {
	return boundStream{stream: e.s, key: e.s.EncryptionKey()}, nil
}

// StreamARN is a stream that exists already, in the region of the stack. keyARN is the customer-managed key
// that it is encrypted with, empty where there is none.
//
// The key's policy must let the reading role, whose ARN is an output of the stack, kms:Decrypt. For a stream
// of another account, that account's resource policy on the stream must let the role as well:
// kinesis:DescribeStream, DescribeStreamSummary, GetRecords, GetShardIterator and ListShards. Enhanced
// fan-out is for streams of the own account.
func StreamARN(arn, keyARN string) Source { return imported{arn, keyARN} }

type imported struct{ arn, key string }

var (
	streamARN   = regexp.MustCompile(`^arn:aws[a-z-]*:kinesis:([a-z0-9-]+):([0-9]{12}):stream/[a-zA-Z0-9_.-]{1,128}$`)
	consumerARN = regexp.MustCompile(`^arn:aws[a-z-]*:kinesis:[a-z0-9-]+:[0-9]{12}:stream/[^/]+/consumer/`)
	deliveryARN = regexp.MustCompile(`^arn:aws[a-z-]*:firehose:`)
	keyARN      = regexp.MustCompile(`^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[a-zA-Z0-9-]+$`)
)

func (i imported) check() error {
	const want = "want arn:aws:kinesis:REGION:ACCOUNT:stream/NAME"
	var errs []error
	switch {
	case unresolved(i.arn) || streamARN.MatchString(i.arn):
	case i.arn == "":
		errs = append(errs, errors.New("StreamARN with an empty ARN: "+want))
	case consumerARN.MatchString(i.arn):
		errs = append(errs, fmt.Errorf("%q is a consumer of a stream: pass the stream's ARN, and set FanOut", i.arn))
	case deliveryARN.MatchString(i.arn):
		errs = append(errs, fmt.Errorf("%q is a delivery stream: where a Kinesis stream feeds it, pass that stream's ARN; "+
			"where applications put records into it, use DirectPuts or Objects", i.arn))
	default:
		errs = append(errs, fmt.Errorf("%q is no stream: %s", i.arn, want))
	}
	return errors.Join(append(errs, checkKeyARN(i.key))...)
}

func checkKeyARN(arn string) error {
	if arn == "" || unresolved(arn) || keyARN.MatchString(arn) {
		return nil
	}
	return fmt.Errorf("%q is no key: want arn:aws:kms:REGION:ACCOUNT:key/ID, not an alias, because policies speak of keys",
		arn)
}

// unresolved reports whether a text is not known before the deployment.
func unresolved(s string) bool { return s != "" && *awscdk.Token_IsUnresolved(s) }

func (i imported) stream(scope awsconstructs.Construct, _ streamProps) (boundStream, error) {
	b := boundStream{}
	stack := awscdk.Stack_Of(scope)
	if m := streamARN.FindStringSubmatch(i.arn); m != nil {
		if r := *stack.Region(); !unresolved(r) && r != m[1] {
			return b, fmt.Errorf("the stream %s is not in the region of the stack, %s: AWS Lambda and Flink read streams of "+
				"their own region", i.arn, r)
		}
		b.foreign = !unresolved(*stack.Account()) && *stack.Account() != m[2]
	}
	attributes := &awskinesis.StreamAttributes{StreamArn: str(i.arn)}
	if i.key != "" {
		b.key = awskms.Key_FromKeyArn(scope, str("SourceKey"), str(i.key))
		attributes.EncryptionKey = b.key
	}
	b.stream = awskinesis.Stream_FromStreamAttributes(scope, str("Source"), attributes)
	return b, nil
}
