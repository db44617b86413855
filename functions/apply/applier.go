package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/railtwin/digitaltwin/functions/internal/emf"
	"github.com/railtwin/digitaltwin/functions/internal/trigger"
	"github.com/railtwin/digitaltwin/internal/rejects"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// applies brings changes into the store: a [store.Applier].
type applies interface {
	Apply(ctx context.Context, changes []twin.Change) ([]store.Result, error)
}

// keeper keeps rejects.
type keeper interface {
	Keep(ctx context.Context, entries []rejects.Entry) error
}

// applier is the function's handler.
type applier struct {
	environment string
	store       applies
	rejects     keeper
	metrics     io.Writer
	now         func() time.Time

	records []trigger.Record // memory, used from invocation to invocation
	changes []twin.Change
}

// See functions/extract.
const (
	workReserve = 5 * time.Second
	keepReserve = 1 * time.Second
)

// Invoke brings the changes of an event of the twin stream into the store and keeps what it refuses. It
// fails on faults of the infrastructure only, and then by naming the first record that was not finished.
func (a *applier) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	var err error
	if a.records, err = trigger.Parse(event, a.records[:0]); err != nil {
		return nil, err
	}
	work, cancel := trigger.Before(ctx, workReserve)
	defer cancel()
	keep, cancel := trigger.Before(ctx, keepReserve)
	defer cancel()
	r := run{applier: a, finished: len(a.records), counts: map[string]*emf.Counts{}}
	r.decode()
	r.apply(work, 0, len(r.records))
	r.keep(keep)
	for dataset, c := range r.counts {
		if err := c.Write(a.metrics, a.now(), a.environment, dataset); err != nil {
			slog.Warn("the metrics were not written", "error", err)
		}
	}
	if r.finished == len(a.records) {
		return trigger.Done(), nil
	}
	slog.Error("the batch was not finished", "error", r.fault, "finished", r.finished, "of", len(a.records))
	return trigger.Unfinished(a.records[r.finished].Position.Sequence), nil
}

// run is one invocation.
type run struct {
	*applier
	starts   []int // of each record's changes in changes, and their end
	counts   map[string]*emf.Counts
	rejected []rejected

	finished int // records
	fault    error
}

// rejected is a reject and the index of the record that it came from.
type rejected struct {
	rejects.Entry
	record int
}

// decode reads the changes of all records.
func (r *run) decode() {
	r.changes = r.changes[:0]
	for i := range r.records {
		r.starts = append(r.starts, len(r.changes))
		r.decodeRecord(i)
	}
	r.starts = append(r.starts, len(r.changes))
}

func (r *run) decodeRecord(i int) {
	record := &r.records[i]
	start := len(r.changes)
	defer func() {
		if v := recover(); v != nil {
			r.changes = r.changes[:start]
			r.reject(i, rejects.Entry{Reject: twin.Reject{
				Reason: twin.Panicked, Detail: fmt.Sprintf("the function failed on this record: %v", v), Offset: -1, Payload: record.Data,
			}})
		}
	}()
	changes, bad := stream.Decode(record.Data, r.changes)
	r.changes = changes
	for _, b := range bad {
		r.reject(i, rejects.Entry{Reject: twin.Reject{Reason: twin.Unreadable, Detail: b.Error(), Offset: -1, Payload: []byte(b.Text)}})
	}
}

// apply brings the changes of the records from first up to last into the store. Where the store breaks down
// on them, it tries one record after the other, so that only what breaks it is rejected.
func (r *run) apply(ctx context.Context, first, last int) {
	changes := r.changes[r.starts[first]:r.starts[last]]
	if len(changes) == 0 {
		return
	}
	results, broken, err := r.tryApply(ctx, changes)
	if broken != nil {
		if last-first > 1 {
			for i := first; i < last; i++ {
				r.apply(ctx, i, i+1)
			}
			return
		}
		r.reject(first, rejects.Entry{Reject: twin.Reject{
			Reason: twin.Panicked, Detail: fmt.Sprintf("the store failed on this record: %v", broken), Offset: -1, Payload: r.records[first].Data,
		}})
		return
	}
	record, unfinished := first, false
	for i := range changes {
		for r.starts[first]+i >= r.starts[record+1] {
			record++
		}
		if results[i].Outcome == store.Unfinished {
			r.stop(record, err)
			unfinished = true
			break
		}
		r.count(record, &changes[i], results[i])
	}
	if err != nil && !unfinished {
		slog.Warn("all changes are applied, but not all is told", "error", err)
	}
}

// tryApply is the store's Apply, with a panic as a result.
func (r *run) tryApply(ctx context.Context, changes []twin.Change) (results []store.Result, broken any, err error) {
	defer func() { broken = recover() }()
	results, err = r.store.Apply(ctx, changes)
	return results, nil, err
}

// count counts what became of a change.
func (r *run) count(record int, c *twin.Change, result store.Result) {
	counts := r.countsOf(c.Dataset)
	switch result.Outcome {
	case store.Applied:
		counts.Values[wiring.MetricApplied]++
		if c.ReceivedAt != 0 {
			lag := int(twin.MillisOf(r.now()) - c.ReceivedAt)
			counts.Values[wiring.MetricLag] = max(counts.Values[wiring.MetricLag], lag)
		}
	case store.Late:
		counts.Values[wiring.MetricLate]++
	case store.Refused:
		r.reject(record, rejects.Entry{ReceivedAt: c.ReceivedAt, Reject: twin.Reject{
			Reason: result.Reason, Detail: result.Detail, Dataset: c.Dataset, Offset: -1,
			Position: c.Position, Payload: stream.AppendChange(nil, c),
		}})
	}
}

// countsOf returns the counts of a dataset. What is no change belongs to none.
func (r *run) countsOf(dataset string) *emf.Counts {
	if dataset == "" {
		dataset = "unknown"
	}
	c, ok := r.counts[dataset]
	if !ok {
		c = emf.NewCounts(wiring.MetricApplied, wiring.MetricLate)
		r.counts[dataset] = c
	}
	return c
}

// reject notes a reject. Where nothing is known of the source record, its position is that of the record in
// the twin stream, so that it can be found again.
func (r *run) reject(record int, e rejects.Entry) {
	if e.Position.IsZero() {
		e.Position, e.ReceivedAt = r.records[record].Position, r.records[record].ArrivedAt
	}
	r.countsOf(e.Dataset).Rejects[e.Reason]++
	r.rejected = append(r.rejected, rejected{e, record})
}

func (r *run) stop(record int, err error) {
	if record < r.finished {
		r.finished, r.fault = record, err
	}
}

// keep keeps the rejects of the records that are finished; the others come again with their records.
func (r *run) keep(ctx context.Context) {
	first, entries := 0, []rejects.Entry(nil)
	for _, e := range r.rejected {
		if e.record < r.finished {
			if len(entries) == 0 || e.record < first {
				first = e.record
			}
			entries = append(entries, e.Entry)
		}
	}
	if err := r.rejects.Keep(ctx, entries); err != nil {
		r.stop(first, err)
	}
}
