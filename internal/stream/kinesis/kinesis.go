// Package kinesis sends records of the twin stream to a Kinesis data stream.
package kinesis

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/railtwin/digitaltwin/internal/stream"
)

// API is the part of the Kinesis client that is used.
type API interface {
	PutRecords(context.Context, *kinesis.PutRecordsInput, ...func(*kinesis.Options)) (*kinesis.PutRecordsOutput, error)
}

// Sink is a Kinesis data stream.
type Sink struct {
	client API
	arn    string
}

var _ stream.Sink = (*Sink)(nil)

// New returns the stream with an ARN. The client's own attempts may be few: [stream.Put] sends again
// what may be sent again, for as long as its context lasts.
func New(client API, arn string) *Sink { return &Sink{client: client, arn: arn} }

// retryable says which faults of a whole request pass by themselves, by the SDK's own rules.
var retryable = retry.IsErrorRetryables(retry.DefaultRetryables)

// PutRecords sends one request. A record that Kinesis did not take (throttled, an internal failure)
// may be sent again, and so may all after a fault that passes by itself.
func (s *Sink) PutRecords(ctx context.Context, records []stream.Record) ([]error, error) {
	in := &kinesis.PutRecordsInput{StreamARN: aws.String(s.arn),
		Records: make([]types.PutRecordsRequestEntry, len(records))}
	for i, r := range records {
		in.Records[i] = types.PutRecordsRequestEntry{PartitionKey: aws.String(r.Key), Data: r.Data}
	}
	out, err := s.client.PutRecords(ctx, in)
	if err != nil {
		if ctx.Err() == nil && retryable.IsErrorRetryable(err) != aws.TrueTernary {
			return nil, fmt.Errorf("kinesis: putting into %s: %w", s.arn, err)
		}
		errs := make([]error, len(records))
		for i := range errs {
			errs[i] = err
		}
		return errs, nil
	}
	if aws.ToInt32(out.FailedRecordCount) == 0 {
		return nil, nil
	}
	errs := make([]error, len(out.Records))
	for i, r := range out.Records {
		if r.ErrorCode != nil {
			errs[i] = fmt.Errorf("kinesis: %s: %s", *r.ErrorCode, aws.ToString(r.ErrorMessage))
		}
	}
	return errs, nil
}
