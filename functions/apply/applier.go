package main

import (
	"context"
	"log/slog"

	"github.com/railtwin/digitaltwin/functions/internal/batch"
	"github.com/railtwin/digitaltwin/functions/internal/trigger"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// applies brings changes into the store: a [store.Applier].
type applies interface {
	Apply(ctx context.Context, changes []twin.Change) ([]store.Result, error)
}

// decodes reads the changes of a record of the twin stream: [stream.Decode].
type decodes func(record []byte, changes []twin.Change) ([]twin.Change, []*stream.BadLine)

// applier is the function's handler.
type applier struct {
	batch.Config
	store  applies
	decode decodes
	stale  int // how often the catalogue could not be read again in this invocation

	records []trigger.Record // memory, used from invocation to invocation
	changes []twin.Change
	of      []int // the records of changes, by number
}

// applyTo makes a store the one that changes are applied to.
func (a *applier) applyTo(s *store.Applier) {
	s.Stale = func(failure error) {
		slog.Warn("the catalogue cannot be read again; its last state goes on", "error", failure)
		a.stale++
	}
	a.store = s
}

// Invoke brings the changes of an event of the twin stream into the store and keeps what it refuses. It
// fails on faults of the infrastructure only, and then by naming the first record that was not finished.
func (a *applier) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	var err error
	if a.records, err = trigger.Parse(event, a.records[:0]); err != nil {
		return nil, err
	}
	a.stale = 0
	work, keep, release := batch.OfStream.Deadlines(ctx)
	defer release()
	r := run{applier: a, tail: batch.New(a.Config,
		wiring.MetricApplied, wiring.MetricLate, wiring.MetricSuperseded, wiring.MetricSame)}
	r.read()
	r.apply(work, 0, len(r.changes))
	finished, fault := r.tail.Keep(keep, a.records)
	r.tail.CountEnvironment(wiring.MetricCatalogueStale, a.stale)
	r.tail.Write()
	return trigger.Answer(a.records, finished, fault), nil
}

// run is one invocation.
type run struct {
	*applier
	tail *batch.Batch
}
