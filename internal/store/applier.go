package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// policyAge is how long the catalogue is used before it is read again.
const policyAge = time.Minute

// Applier brings changes into a store. It is safe for concurrent use.
type Applier struct {
	// Stale is called when the catalogue cannot be read again, and the policies of the last read go on. It may be
	// nil, and is set before the applier is used.
	Stale func(failure error)

	store    Store
	now      func() time.Time
	policies *Cache[map[string]*twin.Dataset] // the catalogue by name
	newest   newest
}

// NewApplier returns an applier to s; now is the clock that policies go by, nil for [time.Now].
func NewApplier(s Store, now func() time.Time) *Applier {
	if now == nil {
		now = time.Now
	}
	a := &Applier{store: s, now: now, newest: newest{advance: s.Advance}}
	a.policies = NewCache(a.readPolicies, CacheOptions{Age: policyAge, Now: now, Stale: func(err error) {
		if a.Stale != nil {
			a.Stale(err)
		}
	}})
	return a
}

func (a *Applier) readPolicies(ctx context.Context) (map[string]*twin.Dataset, error) {
	datasets, err := a.store.Datasets(ctx)
	if err != nil {
		return nil, fmt.Errorf("store: reading the catalogue for its policies: %w", err)
	}
	byName := make(map[string]*twin.Dataset, len(datasets))
	for i := range datasets {
		byName[datasets[i].Name] = &datasets[i]
	}
	return byName, nil
}

// Apply admits changes by the policies of their datasets, folds them, so that the store sees one
// reading of each component.metric and dataset, and writes them. It returns one result per change: a
// change that lost to another one of the same call is [Superseded].
//
// An error is an infrastructure fault. What was not finished by it is [Unfinished] and is to be
// applied again, which does no harm; it may be nothing, where only the newest event time of a dataset
// could not be told.
func (a *Applier) Apply(ctx context.Context, changes []twin.Change) ([]Result, error) {
	results := make([]Result, len(changes))
	now := a.now()
	policies, _, err := a.policies.Get(ctx)
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
	for i := range changes {
		if o := results[i].Outcome; o != Unfinished && o != Refused {
			a.newest.see(changes[i].Dataset, changes[i].EventTime)
		}
	}
	return a.newest.tell(ctx, a.now())
}
