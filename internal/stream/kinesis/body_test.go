package kinesis_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	twinkinesis "github.com/railtwin/digitaltwin/internal/stream/kinesis"
)

// Ensure that a request with a body written by [twinkinesis.Bodies] is the SDK's own: its headers, and the same
// JSON. What it does not write itself the SDK does.
func TestBodiesAreTheOnesOfTheSDK(t *testing.T) {
	entry := func(key string, data []byte) types.PutRecordsRequestEntry {
		return types.PutRecordsRequestEntry{PartitionKey: aws.String(key), Data: data}
	}
	hashed := entry("2", []byte("x"))
	hashed.ExplicitHashKey = aws.String("1")
	for name, in := range map[string]*kinesis.PutRecordsInput{
		"several": {StreamARN: aws.String(arn), Records: []types.PutRecordsRequestEntry{
			entry("1", []byte("{}\n{}")), entry(`63"\é`, bytes.Repeat([]byte{0, 0xff, 'a'}, 30_001)), entry("7", []byte{}),
		}},
		"none":   {StreamARN: aws.String(arn), Records: []types.PutRecordsRequestEntry{}},
		"name":   {StreamName: aws.String("twin"), Records: []types.PutRecordsRequestEntry{entry("1", []byte("x"))}},
		"hashed": {StreamARN: aws.String(arn), Records: []types.PutRecordsRequestEntry{hashed}},
	} {
		got, want := sent(t, in, twinkinesis.Bodies), sent(t, in)
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v\nwant %v", name, got, want)
		}
	}
}

// request is what is sent for an input.
type request struct {
	method, url, contentType, target string
	length                           bool // whether Content-Length is that of the body
	body                             any
}

func sent(t *testing.T, in *kinesis.PutRecordsInput, options ...func(*kinesis.Options)) (got request) {
	t.Helper()
	client := kinesis.New(kinesis.Options{
		Region: "eu-central-1", Credentials: credentials.NewStaticCredentialsProvider("a", "b", ""),
		Retryer: aws.NopRetryer{},
		HTTPClient: &http.Client{Transport: roundTripper(func(r *http.Request) (int, string) {
			b, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			got = request{r.Method, r.URL.String(), r.Header.Get("Content-Type"), r.Header.Get("X-Amz-Target"),
				r.ContentLength == int64(len(b)), nil}
			if err := json.Unmarshal(b, &got.body); err != nil {
				t.Errorf("%v in %.200s", err, b)
			}
			return http.StatusOK, `{"FailedRecordCount":0,"Records":[]}`
		})},
	}, options...)
	if _, err := client.PutRecords(context.Background(), in); err != nil {
		t.Fatal(err)
	}
	return got
}
