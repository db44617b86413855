package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/railtwin/digitaltwin/internal/feed/dynamolog"
	"github.com/railtwin/digitaltwin/internal/feed/feedtest"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	"github.com/railtwin/digitaltwin/internal/store/dynamo/dynamotest"
	"github.com/railtwin/digitaltwin/internal/store/storetest"
)

// database is DynamoDB as a world has it: of an emulator, or a model.
type database interface {
	dynamo.API
	dynamolog.API
}

// world is a table with its stream, and the function that is handed it.
type world struct {
	random     *rand.Rand
	clock      *storetest.Clock
	ticks      atomic.Int64
	client     database
	table, log string
	store      *dynamotest.Alone
	teller     *teller
	metrics    io.Writer
	faults     *faults
	handler    http.Handler
	followers  []*feedtest.Follower

	stream func(t *testing.T) []json.RawMessage // what is new in the stream of the table
	shards []*shard
	counts counts
	beside beside
}

// counts is what a world has gone through.
type counts struct {
	records, invocations, failed, repeated, splits, trimmed, expired int
}

func (c *counts) add(o counts) {
	c.records, c.invocations, c.failed = c.records+o.records, c.invocations+o.invocations, c.failed+o.failed
	c.repeated, c.splits, c.trimmed, c.expired = c.repeated+o.repeated, c.splits+o.splits, c.trimmed+o.trimmed,
		c.expired+o.expired
}

// The tables of a world.
const tableName, logName = "twin", "twin-log"

func newWorld(r *rand.Rand, clock *storetest.Clock, client database, stream func(*testing.T) []json.RawMessage) *world {
	w := &world{random: r, clock: clock, client: client, table: tableName, log: logName, stream: stream,
		metrics: io.Discard}
	w.store = dynamotest.NewAlone(client, w.table, w.clock.Now, 0)
	w.faults = &faults{API: client}
	w.shards = []*shard{{high: math.MaxUint32}}
	w.start()
	return w
}

// start starts the function, which knows nothing of those before it.
func (w *world) start() {
	w.teller = &teller{
		store:       dynamo.New(w.client, w.table, &dynamo.Options{Now: w.clock.Now}),
		log:         &dynamolog.Writer{Client: w.faults, Table: w.log, Now: w.ticking},
		environment: "test", metrics: w.metrics, now: w.clock.Now,
	}
}

// ticking is the clock of the log, whose time never stands.
func (w *world) ticking() time.Time {
	return w.clock.Now().Add(time.Duration(w.ticks.Add(1)) * 3 * time.Microsecond)
}

// settle lets the time pass in which batches may appear late.
func (w *world) settle() { w.ticks.Add(2_000_000) }

// faults is a client whose writes fail, and end the invocation, as it is told.
type faults struct {
	dynamolog.API
	end   context.CancelFunc // of the invocation; nil for no fault
	after bool               // the write is made, and its answer lost
	in    int                // writes before that
}

func (f *faults) PutItem(ctx context.Context, in *dynamodb.PutItemInput,
	o ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
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
