package kinesis_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/railtwin/digitaltwin/internal/stream"
	twinkinesis "github.com/railtwin/digitaltwin/internal/stream/kinesis"
)

const arn = "arn:aws:kinesis:eu-central-1:123456789012:stream/twin"

// client answers each request by the next of its answers, and the rest by taking all.
type client struct {
	answers []func(*kinesis.PutRecordsInput) (*kinesis.PutRecordsOutput, error)
	calls   []*kinesis.PutRecordsInput
	took    []string
}

func (c *client) PutRecords(_ context.Context, in *kinesis.PutRecordsInput,
	_ ...func(*kinesis.Options)) (*kinesis.PutRecordsOutput, error) {
	n := len(c.calls)
	c.calls = append(c.calls, in)
	out := &kinesis.PutRecordsOutput{FailedRecordCount: aws.Int32(0),
		Records: make([]types.PutRecordsResultEntry, len(in.Records))}
	if n < len(c.answers) {
		var err error
		if out, err = c.answers[n](in); err != nil {
			return nil, err
		}
	}
	for i, r := range out.Records {
		if r.ErrorCode == nil {
			c.took = append(c.took, *in.Records[i].PartitionKey+"="+string(in.Records[i].Data))
		}
	}
	return out, nil
}

func input(n int) []stream.Record {
	var out []stream.Record
	for i := range n {
		out = append(out, stream.Record{Key: fmt.Sprint(i), Data: fmt.Appendf(nil, "data %d", i), First: i})
	}
	return out
}

// Ensure that a record that Kinesis throttles, and a request that fails in passing, are sent again,
// and that all arrive once with key and data.
func TestSink_Retries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		partial := func(in *kinesis.PutRecordsInput) (*kinesis.PutRecordsOutput, error) {
			out := &kinesis.PutRecordsOutput{FailedRecordCount: aws.Int32(1),
				Records: make([]types.PutRecordsResultEntry, len(in.Records))}
			out.Records[0].ErrorCode, out.Records[0].ErrorMessage = aws.String("ProvisionedThroughputExceededException"),
				aws.String("slow down")
			return out, nil
		}
		down := func(*kinesis.PutRecordsInput) (*kinesis.PutRecordsOutput, error) {
			return nil, &types.ProvisionedThroughputExceededException{Message: aws.String("the whole request")}
		}
		c := &client{}
		c.answers = append(c.answers, down, partial, partial, down)
		if unsent, err := stream.Put(t.Context(), twinkinesis.New(c, arn), input(3)); err != nil || len(unsent) > 0 {
			t.Fatalf("%d unsent, %v", len(unsent), err)
		}
		if got := fmt.Sprint(c.took); got != "[1=data 1 2=data 2 0=data 0]" {
			t.Errorf("took %s", got)
		}
		if got := *c.calls[0].StreamARN; got != arn || len(c.calls) != 5 {
			t.Errorf("%d calls to %s", len(c.calls), got)
		}
	})
}

// Ensure that a persistent throttle ends within the deadline with its own words, and that a fault
// that time does not heal ends at once.
func TestSink_GivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		c := &client{}
		for range 1000 {
			c.answers = append(c.answers, func(in *kinesis.PutRecordsInput) (*kinesis.PutRecordsOutput, error) {
				out := &kinesis.PutRecordsOutput{FailedRecordCount: aws.Int32(1),
					Records: make([]types.PutRecordsResultEntry, len(in.Records))}
				for i := range out.Records {
					out.Records[i].ErrorCode = aws.String("InternalFailure")
				}
				return out, nil
			})
		}
		unsent, err := stream.Put(ctx, twinkinesis.New(c, arn), input(2))
		if len(unsent) != 2 || !errors.Is(err, context.DeadlineExceeded) || len(c.calls) < 3 {
			t.Errorf("%d unsent after %d calls, %v", len(unsent), len(c.calls), err)
		}
	})
	missing := &types.ResourceNotFoundException{Message: aws.String("no such stream")}
	c := &client{}
	c.answers = append(c.answers, func(*kinesis.PutRecordsInput) (*kinesis.PutRecordsOutput, error) {
		return nil,
			missing
	})
	var got *types.ResourceNotFoundException
	if unsent, err := stream.Put(t.Context(), twinkinesis.New(c, arn), input(2)); len(unsent) != 2 ||
		!errors.As(err, &got) || len(c.calls) != 1 {
		t.Errorf("%d unsent after %d calls, %v", len(unsent), len(c.calls), err)
	}
}

// Ensure that the request has the form that the SDK sends to Kinesis: it is served by a stand-in for
// the service over HTTP, which refuses one record.
func TestSink_RealClient(t *testing.T) {
	var bodies int
	transport := roundTripper(func(r *http.Request) (int, string) {
		if got := r.Header.Get("X-Amz-Target"); got != "Kinesis_20131202.PutRecords" {
			t.Errorf("the target is %s", got)
		}
		if bodies++; bodies == 1 {
			return 200,
				`{"FailedRecordCount":1,"Records":[{"ErrorCode":"InternalFailure","ErrorMessage":"again"},{"SequenceNumber":"1","ShardId":"shardId-0"}]}`
		}
		return 200, `{"FailedRecordCount":0,"Records":[{"SequenceNumber":"2","ShardId":"shardId-0"}]}`
	})
	api := kinesis.New(kinesis.Options{Region: "eu-central-1", Credentials: aws.AnonymousCredentials{},
		HTTPClient: &http.Client{Transport: transport}})
	if unsent, err := stream.Put(t.Context(), twinkinesis.New(api, arn), input(2)); err != nil || len(unsent) > 0 ||
		bodies != 2 {
		t.Errorf("%d unsent after %d requests, %v", len(unsent), bodies, err)
	}
}
