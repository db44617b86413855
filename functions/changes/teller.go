package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/railtwin/digitaltwin/functions/internal/batch"
	"github.com/railtwin/digitaltwin/functions/internal/emf"
	"github.com/railtwin/digitaltwin/internal/feed/dynamolog"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// teller is the function's handler.
type teller struct {
	store       *dynamo.Store
	log         *dynamolog.Writer
	environment string
	metrics     io.Writer
	now         func() time.Time
}

// catalogueSeen is after how long all processes know a new catalogue: the API's, and some time for a call that is under
// way. A follower that reads everything again before would be served by the old one.
const catalogueSeen = wiring.CatalogueAge + 5*time.Second

// Invoke tells what the records of an event have changed, or that something was lost. It fails on faults of the
// infrastructure only; then the whole batch comes again, and some of it may be told twice.
func (t *teller) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	work, _, release := batch.OfStream.Deadlines(ctx)
	defer release()
	var event events.DynamoDBEvent
	if err := json.Unmarshal(payload, &event); err != nil {
		return nil, fmt.Errorf("changes: the event is not one of the stream of a table: %w", err)
	}
	counts := emf.NewCounts(wiring.MetricTold)
	defer func() {
		if err := counts.Write(t.metrics, t.now(), t.environment, ""); err != nil {
			slog.Warn("the metrics were not written", "error", err)
		}
	}()
	if len(event.Records) == 0 {
		return t.asked(work, payload, counts)
	}
	if err := t.tell(work, event.Records, counts); err != nil {
		slog.Error("the batch was not finished", "error", err, "of", len(event.Records))
		return json.Marshal(events.DynamoDBEventResponse{BatchItemFailures: []events.DynamoDBBatchItemFailure{
			{ItemIdentifier: event.Records[0].Change.SequenceNumber},
		}})
	}
	return json.Marshal(events.DynamoDBEventResponse{BatchItemFailures: []events.DynamoDBBatchItemFailure{}})
}

// asked does what an operator asks for.
func (t *teller) asked(ctx context.Context, payload []byte, counts *emf.Counts) ([]byte, error) {
	var asked wiring.ChangesEvent
	if err := json.Unmarshal(payload, &asked); err != nil || !asked.Gap {
		return nil, errors.New(`changes: the event has no Records, and does not ask for {"gap": true}`)
	}
	return []byte("{}"), t.gap(ctx, 0, t.now(), counts)
}

// tell puts into the log what records have changed.
func (t *teller) tell(ctx context.Context, records []events.DynamoDBEventRecord, counts *emf.Counts) error {
	first := records[0].Change.ApproximateCreationDateTime.Time
	r := read(records)
	if len(r.writes) > 0 {
		told, untold, err := t.store.Written(ctx, r.writes)
		if err != nil {
			return err
		}
		if err := t.log.Append(ctx, told, first); err != nil {
			return err
		}
		counts.Values[wiring.MetricTold] += len(told.Changes) + len(told.Forgotten)
		counts.Values[wiring.MetricTellingLag] = int(max(t.now().Sub(first), 0).Milliseconds())
		r.untold = append(r.untold, untold...)
	}
	if len(r.untold) > 0 {
		for _, u := range r.untold {
			slog.Error("followers are not told what has changed of a component", "component", u.Component, "error", u.Reason)
		}
		counts.Values[wiring.MetricUntold] += len(r.untold)
		if err := t.gap(ctx, 0, first, counts); err != nil {
			return err
		}
	}
	if r.others {
		return t.gap(ctx, catalogueSeen, first, counts)
	}
	return nil
}

// gap tells followers to read everything again, a while after now.
func (t *teller) gap(ctx context.Context, after time.Duration, first time.Time, counts *emf.Counts) error {
	err := t.log.Gap(ctx, after, first)
	if err == nil {
		counts.Values[wiring.MetricFollowerGaps]++
	}
	return err
}
