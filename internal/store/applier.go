package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/railtwin/digitaltwin/internal/store/packed"
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
	policies *Cache[map[string]*policy] // the catalogue by name
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

func (a *Applier) readPolicies(ctx context.Context) (map[string]*policy, error) {
	datasets, err := a.store.Datasets(ctx)
	if err != nil {
		return nil, fmt.Errorf("store: reading the catalogue for its policies: %w", err)
	}
	byName := make(map[string]*policy, len(datasets))
	for _, d := range datasets {
		byName[d.Name] = &policy{Dataset: d, places: packed.NewPlaces(d.Metrics)}
	}
	return byName, nil
}

// Apply admits changes by the policies of their datasets, folds them, so that the store sees one
// change of each component.metric and dataset, and writes them. It returns one result per change: a
// change that lost to another one of the same call is [Superseded], a duplicate of one is [Same].
//
// An error is an infrastructure fault. What was not finished by it is [Unfinished] and is to be
// applied again, which does no harm; it may be nothing, where only the newest event time of a dataset
// could not be told.
func (a *Applier) Apply(ctx context.Context, changes []twin.Change) ([]Result, error) {
	results := make([]Result, len(changes))
	policies, _, err := a.policies.Get(ctx)
	if err != nil {
		return results, err
	}
	b, now := newBatch(changes), twin.MillisOf(a.now())
	for i := range changes {
		p := policies[changes[i].Dataset]
		if reason, detail, ok := twin.Admit(&changes[i], p.dataset(), now); !ok {
			results[i] = Result{Outcome: Refused, Reason: reason, Detail: detail}
			continue
		}
		b.add(i, p)
	}
	if len(b.folded) == 0 {
		return results, nil
	}
	b.fold()
	err = a.write(ctx, b, results)
	return results, errors.Join(err, a.advance(ctx, changes, results))
}

// write offers what is left of the batch until nothing is.
func (a *Applier) write(ctx context.Context, b *batch, results []Result) error {
	for more := true; more; {
		offers := b.offers(results)
		items := make([]Item, len(offers))
		for i := range offers {
			items[i] = offers[i].item
		}
		written, err := a.store.Write(ctx, items)
		more = false
		for i := range min(len(written), len(offers)) { // where it fails, a store need not say more than that
			more = b.settle(&offers[i], written[i], results) || more
		}
		if err != nil {
			return fmt.Errorf("store: writing %d items: %w", len(items), err)
		}
	}
	return nil
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
