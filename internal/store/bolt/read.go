package bolt

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/swap"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Components walks the keys from where the answer begins, and skips from component to component.
func (s *Store) Components(ctx context.Context, q store.ComponentQuery) ([]string, error) {
	var out []string
	err := s.view(ctx, "listing components", func(t *tx) (err error) {
		out, err = t.components(q.Prefix, q.After, q.Limit,
			func(dataset string) bool { return slices.Contains(q.Datasets, dataset) })
		return err
	})
	return out, err
}

// components lists components that have a reading of a dataset which counts.
func (t *tx) components(prefix, after string, limit int, counts func(dataset string) bool) (out []string, err error) {
	from := appendName(nil, prefix)
	if after != "" && after >= prefix {
		from = afterComponent(after)
	}
	for more := true; more && len(out) < limit && err == nil; {
		more = false
		t.each(partsBucket, from, func(key, value []byte) bool {
			var k swap.Key
			if k, err = splitKey(key); err != nil || !strings.HasPrefix(k.Component, prefix) {
				return false
			}
			if value[0]&hasReadings == 0 || !counts(k.Dataset) {
				return true
			}
			out = append(out, k.Component)
			from, more = afterComponent(k.Component), true
			return false
		})
	}
	return out, err
}

// Readings reads the items of each component.
func (s *Store) Readings(ctx context.Context, q store.ReadingQuery) ([]twin.Reading, error) {
	components := slices.Compact(slices.Sorted(slices.Values(q.Components)))
	now := twin.MillisOf(s.now())
	var out []twin.Reading
	err := s.view(ctx, "reading components", func(t *tx) error {
		for _, component := range components {
			if err := ctx.Err(); err != nil {
				return err
			}
			items, err := t.all(component)
			if err != nil {
				return err
			}
			out = swap.Serve(out, items, &q, t.catalogue.forgotten, now)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return store.InOrder(out), nil
}

// all reads all items of a component.
func (t *tx) all(component string) (items []swap.Kept, err error) { return t.allBut(component, nil) }

// allBut reads all items of a component but those that are left out.
func (t *tx) allBut(component string, out func(swap.Key) bool) (items []swap.Kept, err error) {
	prefix := componentPrefix(component)
	t.each(partsBucket, prefix, func(key, value []byte) bool {
		if !bytes.HasPrefix(key, prefix) {
			return false
		}
		var it swap.Kept
		if it.Key, err = splitKey(key); err == nil {
			if out != nil && out(it.Key) {
				return true
			}
			it.Item, err = openItem(value)
		}
		if err != nil {
			err = fmt.Errorf("%q: %w", key, err)
			return false
		}
		it.ExpireAfter = t.catalogue.expireAfter(it.Dataset)
		items = append(items, it)
		return true
	})
	return items, err
}
