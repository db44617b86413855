package main

import (
	"context"

	"github.com/railtwin/digitaltwin/functions/internal/batch"
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

// Invoke runs the records of an event through the program, puts the changes into the twin stream and keeps
// what could not be used. It fails on faults of the infrastructure only, and then by naming the first record
// that was not finished; records that were may be repeated with it, which does no harm.
func (x *extractor) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	var err error
	if x.records, err = trigger.Parse(event, x.records[:0]); err != nil {
		return nil, err
	}
	work, keep, release := batch.OfStream.Deadlines(ctx)
	defer release()
	b := x.Begin()
	added, err := x.add(work, b)
	if err != nil {
		return nil, err
	}
	finished, fault := b.Finish(work, keep, x.records[:added])
	if fault == nil {
		fault = work.Err() // of a batch for which the time was up
	}
	return trigger.Answer(x.records, finished, fault), nil
}

// add runs the records and returns how many of them it had the time for. The error says that no table reads
// their stream, which is a mistake in the wiring and not in the data.
func (x *extractor) add(ctx context.Context, b *extraction.Batch) (int, error) {
	for i := range x.records {
		if ctx.Err() != nil {
			return i, nil
		}
		r := &x.records[i]
		tables, err := x.bindings.Tables(r.Source)
		if err != nil {
			return i, err
		}
		b.Add(i, r, tables)
	}
	return len(x.records), nil
}
