package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// Applier brings changes into a store. It is safe for concurrent use.
type Applier struct {
	store    Store
	now      func() time.Time
	policies policies

	mu     sync.Mutex
	newest map[string]twin.Millis // what the store was told already
}

// NewApplier returns an applier to s; now is the clock that policies go by, nil for [time.Now].
func NewApplier(s Store, now func() time.Time) *Applier {
	if now == nil {
		now = time.Now
	}
	return &Applier{store: s, now: now, policies: policies{read: s.Datasets}, newest: map[string]twin.Millis{}}
}

// Apply admits changes by the policies of their datasets, folds them, so that the store sees one
// reading of each component.metric and dataset, and writes them. It returns one result per change: a
// change that lost to another one of the same call is [Late].
//
// An error is an infrastructure fault. What was not finished by it is [Unfinished] and is to be
// applied again, which does no harm; it may be nothing, where only the newest event time of a dataset
// could not be told.
func (a *Applier) Apply(ctx context.Context, changes []twin.Change) ([]Result, error) {
	results := make([]Result, len(changes))
	now := a.now()
	policies, err := a.policies.get(ctx, now)
	if err != nil {
		return results, err
	}
	b := newBatch(len(changes))
	for i := range changes {
		c := &changes[i]
		policy := policies[c.Dataset]
		if reason, detail, ok := twin.Admit(c, policy, twin.MillisOf(now)); !ok {
			results[i] = Result{Outcome: Refused, Reason: reason, Detail: detail}
			continue
		}
		b.add(i, c, policy, now)
	}
	if len(b.items) == 0 {
		return results, nil
	}
	written, err := a.store.Write(ctx, b.items)
	b.outcomes(written, results)
	if err != nil {
		err = fmt.Errorf("store: writing %d items: %w", len(b.items), err)
	}
	return results, errors.Join(err, a.advance(ctx, changes, results))
}

// advance tells the store the newest event time of each dataset where it has grown. Late changes count too: what is
// stored is no older than they are, and a change is late that was applied by an invocation which ended before it told.
func (a *Applier) advance(ctx context.Context, changes []twin.Change, results []Result) error {
	grown := map[string]twin.Millis{}
	a.mu.Lock()
	for i := range changes {
		if o := results[i].Outcome; o == Unfinished || o == Refused {
			continue
		}
		c := &changes[i]
		newest, known := grown[c.Dataset]
		if !known {
			newest, known = a.newest[c.Dataset]
		}
		if !known || c.EventTime > newest {
			grown[c.Dataset] = c.EventTime
		}
	}
	a.mu.Unlock()
	var wg sync.WaitGroup
	errs := make(chan error, len(grown))
	for dataset, newest := range grown {
		wg.Go(func() { errs <- a.advanceOne(ctx, dataset, newest) })
	}
	wg.Wait()
	close(errs)
	var err error
	for e := range errs {
		err = errors.Join(err, e)
	}
	return err
}

func (a *Applier) advanceOne(ctx context.Context, dataset string, newest twin.Millis) error {
	if err := a.store.Advance(ctx, dataset, newest); err != nil {
		return fmt.Errorf("store: advancing %s to %s: %w", dataset, newest, err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if old, ok := a.newest[dataset]; !ok || newest > old {
		a.newest[dataset] = newest
	}
	return nil
}
