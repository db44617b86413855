package main

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// apply brings changes from first up to last into the store. Where the store breaks down on them, it tries either half,
// so that in the end the change is rejected that breaks it, and no other.
func (r *run) apply(ctx context.Context, first, last int) {
	if first == last {
		return
	}
	results, broken, err := r.tryApply(ctx, r.changes[first:last])
	switch {
	case broken != nil && last-first > 1:
		middle := (first + last) / 2
		r.apply(ctx, first, middle)
		r.apply(ctx, middle, last)
		return
	case broken != nil:
		results = []store.Result{{Outcome: store.Refused, Reason: twin.Panicked,
			Detail: fmt.Sprintf("the store failed on this change: %v", broken)}}
	}
	unfinished := false
	for i, result := range results {
		if result.Outcome == store.Unfinished {
			r.tail.Stop(r.of[first+i], err)
			unfinished = true
			continue
		}
		r.count(first+i, result)
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

// count counts what became of a change. That is true also where its record is handed over again, for then it is the
// same.
func (r *run) count(change int, result store.Result) {
	c := &r.changes[change]
	counts := r.tail.Counts(c.Dataset).Values
	switch result.Outcome {
	case store.Applied:
		now := twin.MillisOf(r.Now())
		counts[wiring.MetricApplied]++
		if c.ReceivedAt != 0 {
			counts[wiring.MetricLag] = max(counts[wiring.MetricLag], int(now-c.ReceivedAt))
		}
		age := max(int(now-c.EventTime), 0) // an event time may be ahead
		if youngest, ok := counts[wiring.MetricFreshness]; !ok || age < youngest {
			counts[wiring.MetricFreshness] = age
		}
	case store.Late:
		counts[wiring.MetricLate]++
	case store.Superseded:
		counts[wiring.MetricSuperseded]++
	case store.Same:
		counts[wiring.MetricSame]++
	case store.Refused:
		r.reject(r.of[change], stream.Rejected(c, result.Reason, result.Detail))
	}
}
