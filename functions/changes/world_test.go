package main

import (
	"context"
	"encoding/json"
	"errors"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/railtwin/digitaltwin/internal/feed/dynamolog"
	"github.com/railtwin/digitaltwin/internal/feed/feedtest"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	"github.com/railtwin/digitaltwin/internal/store/dynamo/dynamotest"
	"github.com/railtwin/digitaltwin/internal/store/dynamo/schema"
	"github.com/railtwin/digitaltwin/internal/store/storetest"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// world is a table of the emulator with its stream, and the function that is handed it.
type world struct {
	random     *rand.Rand
	clock      *storetest.Clock
	ticks      atomic.Int64
	url        string
	client     *dynamodb.Client
	table, log string
	store      patient
	teller     *teller
	faults     *faults
	handler    http.Handler
	followers  []*feedtest.Follower

	stream   string
	iterator string

	invocations, failed int
}

func newWorld(t *testing.T, r *rand.Rand, url string, client *dynamodb.Client, table string) *world {
	t.Helper()
	w := &world{random: r, clock: storetest.NewClock(), url: url, client: client, table: table, log: table + "-log"}
	if err := errors.Join(dynamo.CreateTable(t.Context(), client, w.table), dynamolog.CreateTable(t.Context(), client, w.log)); err != nil {
		t.Fatal(err)
	}
	made, err := client.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{TableName: &table, StreamSpecification: &types.StreamSpecification{
		StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewAndOldImages,
	}})
	if err != nil {
		t.Fatal(err)
	}
	w.stream = *made.TableDescription.LatestStreamArn
	w.store = patient{dynamotest.NewAlone(client, table, w.clock.Now, 0)}
	w.faults = &faults{API: client}
	w.teller = &teller{
		store: w.store.Store, log: &dynamolog.Writer{Client: w.faults, Table: w.log, Now: w.ticking},
		environment: "test", metrics: io.Discard, now: w.clock.Now,
	}
	return w
}

// ticking is the clock of the log, whose time never stands.
func (w *world) ticking() time.Time {
	return w.clock.Now().Add(time.Duration(w.ticks.Add(1)) * 3 * time.Microsecond)
}

// settle lets the time pass in which batches may appear late.
func (w *world) settle() { w.ticks.Add(2_000_000) }

// patient is a store whose Advance has no deadline: a busy machine is no fault.
type patient struct{ *dynamotest.Alone }

func (p patient) Advance(ctx context.Context, dataset string, newest twin.Millis) error {
	return p.Alone.Advance(context.WithoutCancel(ctx), dataset, newest)
}

// faults is a client whose writes fail, and end the invocation, as it is told.
type faults struct {
	dynamolog.API
	end   context.CancelFunc // of the invocation; nil for no fault
	after bool               // the write is made, and its answer lost
	in    int                // writes before that
}

func (f *faults) PutItem(ctx context.Context, in *dynamodb.PutItemInput, o ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	if f.end == nil || f.in > 0 {
		f.in--
		return f.API.PutItem(ctx, in, o...)
	}
	if f.after {
		if _, err := f.API.PutItem(ctx, in, o...); err != nil {
			return nil, err
		}
	}
	f.end()
	return nil, errors.New("the function has crashed")
}

// mostShards is how many shards the stream has at most.
const mostShards = 4

// handOver hands what is in the stream to the function, as AWS Lambda does: each shard by itself and in order, in batches
// of any size, each until it is finished.
func (w *world) handOver(t *testing.T) {
	t.Helper()
	shards := make([][]json.RawMessage, 1+w.random.IntN(mostShards))
	for _, record := range w.records(t) {
		var r events.DynamoDBEventRecord
		if err := json.Unmarshal(record, &r); err != nil {
			t.Fatal(err)
		}
		hash := fnv.New32()
		_, _ = io.WriteString(hash, r.Change.Keys[schema.Component].String())
		n := int(hash.Sum32()) % len(shards)
		shards[n] = append(shards[n], record)
	}
	size := []int{3, 30, 300}[w.random.IntN(3)]
	for len(shards) > 0 {
		n := w.random.IntN(len(shards))
		batch := shards[n][:min(len(shards[n]), 1+w.random.IntN(size))]
		if len(batch) > 0 {
			for !w.invoke(t, batch) {
			}
			if w.random.IntN(10) == 0 { // a batch is handed over again though it was finished
				for !w.invoke(t, batch) {
				}
			}
		}
		if shards[n] = shards[n][len(batch):]; len(shards[n]) == 0 {
			shards = slices.Delete(shards, n, n+1)
		}
	}
	w.settle()
}

// invoke hands a batch to the function, and reports whether it was finished.
func (w *world) invoke(t *testing.T, batch []json.RawMessage) bool {
	t.Helper()
	event, err := json.Marshal(map[string]any{"Records": batch})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if w.faults.end = nil; w.random.IntN(10) == 0 {
		w.faults.end, w.faults.after, w.faults.in = cancel, w.random.IntN(2) == 0, w.random.IntN(2)
	}
	text, err := w.teller.Invoke(ctx, event)
	var answer events.DynamoDBEventResponse
	if err != nil || json.Unmarshal(text, &answer) != nil {
		t.Fatalf("%s, %v", text, err)
	}
	w.invocations++
	if len(answer.BatchItemFailures) > 0 {
		w.failed++
		return false
	}
	return true
}

// records reads what is new in the stream.
func (w *world) records(t *testing.T) (records []json.RawMessage) {
	t.Helper()
	if w.iterator == "" {
		var described struct {
			StreamDescription struct{ Shards []struct{ ShardId string } }
		}
		w.streams(t, "DescribeStream", map[string]any{"StreamArn": w.stream}, &described)
		if len(described.StreamDescription.Shards) != 1 {
			t.Fatalf("the emulator's stream has %d shards", len(described.StreamDescription.Shards))
		}
		var begin struct{ ShardIterator string }
		w.streams(t, "GetShardIterator", map[string]any{
			"StreamArn": w.stream, "ShardId": described.StreamDescription.Shards[0].ShardId, "ShardIteratorType": "TRIM_HORIZON",
		}, &begin)
		w.iterator = begin.ShardIterator
	}
	for {
		var page struct {
			Records           []json.RawMessage
			NextShardIterator string
		}
		w.streams(t, "GetRecords", map[string]any{"ShardIterator": w.iterator}, &page)
		w.iterator = page.NextShardIterator
		if len(page.Records) == 0 {
			return records
		}
		records = append(records, page.Records...)
	}
}
