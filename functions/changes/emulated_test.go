package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/railtwin/digitaltwin/internal/emulator"
	"github.com/railtwin/digitaltwin/internal/feed/dynamolog"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	"github.com/railtwin/digitaltwin/internal/store/storetest"
)

// emulated returns a world of an emulator of its own: with each write an emulator reads the records of all its streams.
func emulated(t *testing.T, r *rand.Rand) *world {
	t.Helper()
	url := emulator.DynamoDB(t)
	client := emulator.Client(url)
	ctx := t.Context()
	if err := errors.Join(dynamo.CreateTable(ctx, client, tableName),
		dynamolog.CreateTable(ctx, client, logName)); err != nil {
		t.Fatal(err)
	}
	made, err := client.UpdateTable(ctx, &dynamodb.UpdateTableInput{
		TableName: aws.String(tableName),
		StreamSpecification: &types.StreamSpecification{
			StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewAndOldImages,
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	s := &emulatedStream{url: url, stream: *made.TableDescription.LatestStreamArn}
	return newWorld(r, storetest.NewClock(), patient{client}, s.records)
}

// patient is a client whose requests, once they are made, have no deadlines: a busy machine is no fault. Otherwise the
// store goes on with a forget list that is too old, for a forget that does not wait.
type patient struct{ *dynamodb.Client }

func (p patient) Query(
	ctx context.Context, in *dynamodb.QueryInput, o ...option,
) (*dynamodb.QueryOutput, error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return p.Client.Query(context.WithoutCancel(ctx), in, o...)
}

func (p patient) UpdateItem(
	ctx context.Context, in *dynamodb.UpdateItemInput, o ...option,
) (*dynamodb.UpdateItemOutput, error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return p.Client.UpdateItem(context.WithoutCancel(ctx), in, o...)
}

// emulatedStream is the stream of a table of an emulator, which has one shard.
type emulatedStream struct{ url, stream, iterator string }

// records reads what is new in the stream.
func (s *emulatedStream) records(t *testing.T) (records []json.RawMessage) {
	if s.iterator == "" {
		var described struct {
			StreamDescription struct{ Shards []struct{ ShardId string } }
		}
		s.call(t, "DescribeStream", map[string]any{"StreamArn": s.stream}, &described)
		if len(described.StreamDescription.Shards) != 1 {
			t.Errorf("the emulator's stream has %d shards", len(described.StreamDescription.Shards))
			return nil
		}
		var begin struct{ ShardIterator string }
		s.call(t, "GetShardIterator", map[string]any{
			"StreamArn": s.stream, "ShardId": described.StreamDescription.Shards[0].ShardId, "ShardIteratorType": "TRIM_HORIZON",
		}, &begin)
		s.iterator = begin.ShardIterator
	}
	for {
		var page struct {
			Records           []json.RawMessage
			NextShardIterator string
		}
		s.call(t, "GetRecords", map[string]any{"ShardIterator": s.iterator}, &page)
		if len(page.Records) == 0 {
			return records
		}
		s.iterator = page.NextShardIterator
		records = append(records, page.Records...)
	}
}

// call makes a call of the API of DynamoDB streams, which says of a record what AWS Lambda hands over of it.
func (s *emulatedStream) call(t *testing.T, operation string, in map[string]any, out any) {
	body, err := json.Marshal(in)
	if err != nil {
		t.Error(err)
		return
	}
	r, err := http.NewRequest(http.MethodPost, s.url, bytes.NewReader(body))
	if err != nil {
		t.Error(err)
		return
	}
	r.Header.Set("X-Amz-Target", "DynamoDBStreams_20120810."+operation)
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	r.Header.Set("X-Amz-Date", "20261129T000000Z")
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261129/eu-central-1/dynamodb/aws4_request, "+
		"SignedHeaders=host, Signature=0")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Error(err)
		return
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil {
		err = json.Unmarshal(text, out)
	}
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Errorf("%s: %s %s, %v", operation, answer.Status, text, err)
	}
}
