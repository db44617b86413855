package constructs

import (
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"
)

// NewStream makes a stream for a pipeline that has none yet: so many shards, each 1 MB and 1,000 records a
// second for 13 USD a month; encrypted with a key of its own (one USD a month). It keeps records for
// [PipelineExtractorProps.Retention]. [PipelineExtractorProps.Producers] and [PipelineExtractor.GrantPut] let producers
// write to it. Two tables that are to read the same new stream get the same value.
func NewStream(shards int) Source { return &fresh{shards: shards} }

// NewOnDemandStream is [NewStream] without shards to count: it scales by itself, from about 30 USD a month.
func NewOnDemandStream() Source { return &fresh{onDemand: true} }

type fresh struct {
	shards   int
	onDemand bool
}

func (f *fresh) check() error {
	if !f.onDemand && f.shards < 1 {
		return fmt.Errorf("NewStream(%d): want at least one shard", f.shards)
	}
	return nil
}

func (f *fresh) stream(scope awsconstructs.Construct, p streamProps) (boundStream, error) {
	h, stack := p.host, awscdk.Stack_Of(scope)
	alias := h.environment + "/source/" + p.dataset
	if p.table != "" {
		alias += "/" + p.table
	}
	key := newKey(scope, "SourceKey", "Digital Twin "+h.environment+": records of a source", aliasOf(alias), h.retain)
	use(key, "DeploymentsAttach", "kinesis", makesStream, nil).allow(*stack.Account(), h.deployer(stack))
	props := &awskinesis.StreamProps{
		Encryption:      awskinesis.StreamEncryption_KMS,
		EncryptionKey:   key,
		StreamMode:      awskinesis.StreamMode_ON_DEMAND,
		RetentionPeriod: duration(p.retention),
		RemovalPolicy:   removal(h.retain),
	}
	if !f.onDemand {
		props.StreamMode, props.ShardCount = awskinesis.StreamMode_PROVISIONED, num(f.shards)
	}
	stream := awskinesis.NewStream(scope, str("Source"), props)
	acceptOwnKey(stream)
	addOutput(scope, "SourceStream", *stream.StreamName(), "The name of the stream that producers put records into")
	return boundStream{
		stream: stream, key: key, made: key,
		read:      use(key, "ExtractorsRead", "kinesis", decrypts, nil),
		producers: use(key, "ProducersPut", "kinesis", encrypts, nil),
		guests:    streamGuests(stream, "ProducersPut", puts),
	}, nil
}

// streamGuests are those of other accounts who are let in by the policy of a stream.
func streamGuests(stream awskinesis.Stream, sid string, actions []string) *roster {
	return &roster{
		owner: stream, sid: sid, actions: actions, resources: []string{*stream.StreamArn()},
		add: func(s awsiam.PolicyStatement) { stream.AddToResourcePolicy(s) },
	}
}

// StreamOf is the new stream that another extractor of this app made, of its one new source or of the one that a table
// reads. Both read it; a shard has only five reads a second for all its readers together, so a third wants fan-out.
func StreamOf(x *PipelineExtractor, table string) Source { return madeBy{x, table} }

type madeBy struct {
	x     *PipelineExtractor
	table string
}

func (m madeBy) check() error {
	if m.x == nil {
		return errors.New("StreamOf(nil): pass what NewPipelineExtractor returned")
	}
	_, err := m.input()
	return err
}

// input is the input of the other extractor whose stream is read.
func (m madeBy) input() (*Input, error) {
	var found []*Input
	var tables []string
	for _, in := range m.x.made() {
		for _, t := range in.Tables {
			tables = append(tables, t)
			if t == m.table {
				return in, nil
			}
		}
		found = append(found, in)
	}
	switch {
	case len(found) == 0:
		return nil, fmt.Errorf("the dataset %s makes no stream: name the stream that it reads itself", m.x.Dataset.Name)
	case m.table != "" || len(found) > 1:
		return nil, fmt.Errorf("the dataset %s makes streams for the tables %s: name one of them", m.x.Dataset.Name,
			strings.Join(tables, ", "))
	}
	return found[0], nil
}

func (m madeBy) stream(awsconstructs.Construct, streamProps) (boundStream, error) {
	in, err := m.input()
	if err != nil {
		return boundStream{}, err
	}
	return boundStream{stream: in.Stream, key: in.Key, read: in.read}, nil
}
