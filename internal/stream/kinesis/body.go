package kinesis

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Bodies is an option of the SDK's client: it writes the body of a PutRecords request into memory of the right
// size, at once. The SDK's own writer grows its memory as it goes, and costs more than extracting the changes does.
// Everything else about a request is the SDK's.
func Bodies(o *kinesis.Options) { o.Protocol = protocol{o.Protocol} }

type protocol struct{ smithyhttp.ClientProtocol }

// SerializeRequest lets the SDK write a request without records, for its headers, and gives it its body.
func (p protocol) SerializeRequest(ctx context.Context, schema *smithy.OperationSchema, in smithy.Serializable,
	request *smithyhttp.Request) error {
	put, ok := in.(*kinesis.PutRecordsInput)
	if !ok || !plain(put) {
		return p.ClientProtocol.SerializeRequest(ctx, schema, in, request)
	}
	if err := p.ClientProtocol.SerializeRequest(ctx, schema, &kinesis.PutRecordsInput{}, request); err != nil {
		return err
	}
	body, err := appendBody(nil, put)
	if err != nil {
		return fmt.Errorf("kinesis: %w", err)
	}
	with, err := request.SetStream(bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("kinesis: %w", err)
	}
	*request = *with
	return nil
}

// plain reports whether a request has nothing but what [Sink] sets.
func plain(in *kinesis.PutRecordsInput) bool {
	return in.StreamARN != nil && in.StreamName == nil && in.StreamId == nil &&
		!slices.ContainsFunc(in.Records, func(r types.PutRecordsRequestEntry) bool {
			return r.PartitionKey == nil ||
				r.ExplicitHashKey != nil
		})
}

// around is what stands around a record's data and key, at most.
const around = len(`,{"Data":"","PartitionKey":""}`)

func appendBody(dst []byte, in *kinesis.PutRecordsInput) ([]byte, error) {
	arn, err := json.Marshal(*in.StreamARN)
	if err != nil {
		return nil, err
	}
	size := len(`{"Records":[],"StreamARN":}`) + len(arn)
	for _, r := range in.Records {
		size += around + base64.StdEncoding.EncodedLen(len(r.Data)) + len(*r.PartitionKey)
	}
	dst = append(slices.Grow(dst, size), `{"Records":[`...)
	for i, r := range in.Records {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, `{"Data":"`...)
		dst = appendBase64(dst, r.Data)
		dst = append(dst, `","PartitionKey":`...)
		key, err := json.Marshal(*r.PartitionKey)
		if err != nil {
			return nil, err
		}
		dst = append(append(dst, key...), '}')
	}
	dst = append(dst, `],"StreamARN":`...)
	return append(append(dst, arn...), '}'), nil
}
