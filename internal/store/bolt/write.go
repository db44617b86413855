package bolt

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"go.etcd.io/bbolt"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Write offers all items in one transaction: if it fails, none is finished.
func (s *Store) Write(ctx context.Context, items []store.Item) ([][]store.Result, error) {
	results := make([][]store.Result, len(items))
	for i := range items {
		results[i] = make([]store.Result, len(items[i].Readings))
	}
	err := s.update(ctx, "writing items", func(tx *bbolt.Tx) error {
		b := tx.Bucket(itemsBucket)
		for i := range items {
			if err := writeItem(b, &items[i], results[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		for _, r := range results {
			clear(r)
		}
	}
	return results, err
}

func writeItem(b *bbolt.Bucket, in *store.Item, results []store.Result) error {
	if in.Layout != twin.Narrow {
		return writePart(b, in, store.Part(in.Dataset, twin.Wide, ""), in.Readings, results)
	}
	for j := range in.Readings {
		part := store.Part(in.Dataset, twin.Narrow, in.Readings[j].Metric)
		if err := writePart(b, in, part, in.Readings[j:j+1], results[j:j+1]); err != nil {
			return err
		}
	}
	return nil
}

func writePart(b *bbolt.Bucket, in *store.Item, part string, readings []twin.Reading, results []store.Result) error {
	key := itemKey(in.Component, part)
	it, err := decodeItem(b.Get(key))
	if err != nil {
		return fmt.Errorf("%s of %s: %w", part, in.Component, err)
	}
	applied := false
	for j := range readings {
		results[j] = it.offer(&readings[j])
		applied = applied || results[j].Outcome == store.Applied
	}
	if !applied {
		return nil
	}
	it.ttl = in.TTL
	return b.Put(key, it.encode())
}

// offer takes r into the item if it is the newest.
func (it *item) offer(r *twin.Reading) store.Result {
	n, exists := it.find(r.Metric)
	switch {
	case exists && r.Rank == it.entries[n].rank():
		return store.Result{Outcome: store.Same}
	case !r.Rank.Wins(it.floor) || exists && !r.Rank.Wins(it.entries[n].rank()):
		return store.Result{Outcome: store.Late}
	}
	e := newEntry(r)
	size := it.size + e.size()
	if exists {
		size -= it.entries[n].size()
	}
	switch {
	case size > store.MaxItemBytes:
		return store.Result{Outcome: store.Refused, Reason: twin.TooLarge,
			Detail: fmt.Sprintf("with it the item would have %d bytes, more than %d", size, store.MaxItemBytes)}
	case exists:
		it.entries[n] = e
	case len(it.entries) >= store.MaxMetrics:
		return store.Result{Outcome: store.Refused, Reason: twin.TooLarge,
			Detail: fmt.Sprintf("the component has %d metrics of this dataset already", store.MaxMetrics)}
	default:
		it.entries = slices.Insert(it.entries, n, e)
	}
	it.size = size
	return store.Result{Outcome: store.Applied}
}

// Forget empties the items of a component down to their floors, in one transaction.
func (s *Store) Forget(ctx context.Context, component string, now twin.Millis) error {
	return s.update(ctx, "forgetting a component", func(tx *bbolt.Tx) error {
		b := tx.Bucket(itemsBucket)
		prefix := itemPrefix(component)
		emptied := map[string][]byte{} // a cursor does not bear changes under it
		c := b.Cursor()
		for k, v := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, v = c.Next() {
			it, err := decodeItem(v)
			if err != nil {
				return fmt.Errorf("%q: %w", k, err)
			}
			if floor := twin.Floor(now); floor.Wins(it.floor) {
				it.floor = floor
			}
			it.ttl, it.entries, it.size = 0, nil, itemHeader
			emptied[string(k)] = it.encode()
		}
		for k, v := range emptied {
			if err := b.Put([]byte(k), v); err != nil {
				return err
			}
		}
		return nil
	})
}
