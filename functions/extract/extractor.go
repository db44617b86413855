package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/railtwin/digitaltwin/functions/internal/extraction"
	"github.com/railtwin/digitaltwin/functions/internal/trigger"
)

// extractor is the function's handler.
type extractor struct {
	*extraction.Extraction
	bindings extraction.Bindings // by the ARN of a stream
	records  []trigger.Record
}

func newExtractor(o *extraction.Opened) *extractor {
	return &extractor{Extraction: extraction.New(o.Config), bindings: o.Bindings}
}

// The time before the deadline of an invocation that work leaves for keeping rejects, and that leaves for the
// answer.
const (
	workReserve = 5 * time.Second
	keepReserve = 1 * time.Second
)

// Invoke runs the records of an event through the program, puts the changes into the twin stream and keeps
// what could not be used. It fails on faults of the infrastructure only, and then by naming the first record
// that was not finished; records that were may be repeated with it, which does no harm.
func (x *extractor) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	var err error
	if x.records, err = trigger.Parse(event, x.records[:0]); err != nil {
		return nil, err
	}
	work, cancel := trigger.Before(ctx, workReserve)
	defer cancel()
	keep, cancel := trigger.Before(ctx, keepReserve)
	defer cancel()
	batch := x.Begin()
	added, err := x.add(work, batch)
	if err != nil {
		return nil, err
	}
	finished, fault := batch.Finish(work, keep, added)
	if finished == len(x.records) {
		return trigger.Done(), nil
	}
	if fault == nil {
		fault = fmt.Errorf("the time was up: %w", work.Err())
	}
	slog.Error("the batch was not finished", "error", fault, "finished", finished, "of", len(x.records))
	return trigger.Unfinished(x.records[finished].Position.Sequence), nil
}

// add runs the records and returns how many of them it had the time for. The error says that no table reads
// their stream, which is a mistake in the wiring and not in the data.
func (x *extractor) add(ctx context.Context, batch *extraction.Batch) (int, error) {
	for i := range x.records {
		if ctx.Err() != nil {
			return i, nil
		}
		r := &x.records[i]
		tables, err := x.bindings.Tables(r.Source)
		if err != nil {
			return i, err
		}
		batch.Add(i, r, tables)
	}
	return len(x.records), nil
}
