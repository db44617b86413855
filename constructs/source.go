package constructs

import (
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"
)

// Source is where a pipeline's records come from: [Stream], [StreamARN] or [NewStream].
type Source interface {
	bind(scope awsconstructs.Construct, core *DigitalTwinCore) (boundSource, error)
}

type boundSource struct {
	stream awskinesis.IStream
	key    awskms.IKey // that it is encrypted with; nil where there is none, or where AWS manages it
	made   awskms.Key  // the same where it was made here
}

// Stream is a stream that the app makes or has imported already.
func Stream(s awskinesis.IStream) Source { return existing{s} }

type existing struct{ stream awskinesis.IStream }

func (e existing) bind(awsconstructs.Construct, *DigitalTwinCore) (boundSource, error) {
	if e.stream == nil {
		return boundSource{}, errors.New("props.Source is Stream(nil): pass the stream")
	}
	return boundSource{stream: e.stream, key: e.stream.EncryptionKey()}, nil
}

// StreamARN is a stream that exists already. keyARN is the customer-managed key that it is encrypted
// with, empty where there is none. For a stream of another account, that account's stream policy and key
// policy must allow the extractor's role.
func StreamARN(arn, keyARN string) Source { return imported{arn, keyARN} }

type imported struct{ arn, key string }

func (i imported) bind(scope awsconstructs.Construct, _ *DigitalTwinCore) (boundSource, error) {
	if i.arn == "" {
		return boundSource{}, errors.New("props.Source is StreamARN with an empty ARN: pass arn:aws:kinesis:REGION:ACCOUNT:stream/NAME")
	}
	attributes := &awskinesis.StreamAttributes{StreamArn: str(i.arn)}
	if i.key != "" {
		attributes.EncryptionKey = awskms.Key_FromKeyArn(scope, str("SourceKey"), str(i.key))
	}
	stream := awskinesis.Stream_FromStreamAttributes(scope, str("Source"), attributes)
	return boundSource{stream: stream, key: attributes.EncryptionKey}, nil
}

// NewStream makes a stream for a pipeline that has none yet: so many shards, 24 hours, encrypted with a key
// of its own (one USD a month). [PipelineExtractor.GrantPut] lets a producer write to it.
func NewStream(shards int) Source { return fresh{shards} }

type fresh struct{ shards int }

func (f fresh) bind(scope awsconstructs.Construct, core *DigitalTwinCore) (boundSource, error) {
	if f.shards < 1 {
		return boundSource{}, fmt.Errorf("props.Source is NewStream(%d): want at least one shard", f.shards)
	}
	key := newKey(scope, "SourceKey", "Digital Twin "+core.props.Environment+": records of a source", core.props.Retain)
	useKeyAs(key, "DeploymentsAttach", "kinesis", attaches, deployer(awscdk.Stack_Of(key)))
	useKeyAs(key, "ExtractorReads", "kinesis", decrypts, core.extractorRoles())
	stream := awskinesis.NewStream(scope, str("Source"), &awskinesis.StreamProps{
		Encryption:      awskinesis.StreamEncryption_KMS,
		EncryptionKey:   key,
		StreamMode:      awskinesis.StreamMode_PROVISIONED,
		ShardCount:      num(f.shards),
		RetentionPeriod: duration(24 * time.Hour),
		RemovalPolicy:   removal(core.props.Retain),
	})
	acceptOwnKey(stream)
	return boundSource{stream: stream, key: key, made: key}, nil
}
