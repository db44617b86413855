// Package triggertest makes the events of a Kinesis trigger and reads the answers to them, for the tests of functions.
package triggertest

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
)

// Event makes the event of records of a stream with the sequence numbers 0, 1, 2 and so on, which arrived a
// millisecond apart.
func Event(stream string, records ...string) []byte {
	var b strings.Builder
	b.WriteString(`{"Records":[`)
	for i, r := range records {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b,
			`{"kinesis":{"kinesisSchemaVersion":"1.0","partitionKey":"k","sequenceNumber":"%d","data":"%s","approximateArrivalTimestamp":1763962200.%03d},`+
				`"eventSource":"aws:kinesis","eventVersion":"1.0","eventID":"shardId-000000000001:%[1]d","eventName":"aws:kinesis:record",`+
				`"invokeIdentityArn":"arn:aws:iam::123456789012:role/r","awsRegion":"eu-central-1","eventSourceARN":"arn:aws:kinesis:eu-central-1:123456789012:stream/%[4]s"}`,
			i, base64.StdEncoding.EncodeToString([]byte(r)), i, stream)
	}
	b.WriteString(`]}`)
	return []byte(b.String())
}

// Invoke hands an event to a function and returns the sequence number that the answer names as the first unfinished
// record's, or nothing.
func Invoke(t testing.TB, ctx context.Context, handler lambda.Handler, event []byte) string {
	t.Helper()
	answer, err := handler.Invoke(ctx, event)
	if err != nil {
		t.Fatal(err)
	}
	var r events.KinesisEventResponse
	if err := json.Unmarshal(answer, &r); err != nil {
		t.Fatal(err)
	}
	if len(r.BatchItemFailures) == 0 {
		return ""
	}
	return r.BatchItemFailures[0].ItemIdentifier
}
