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

// Components walks the keys from where the answer begins, and skips from component to component.
func (s *Store) Components(ctx context.Context, q store.ComponentQuery) ([]string, error) {
	var out []string
	err := s.view(ctx, "listing components", func(tx *bbolt.Tx) error {
		start := appendComponent(nil, q.Prefix)
		if q.After != "" && q.After >= q.Prefix {
			start = afterComponent(appendComponent(nil, q.After))
		}
		c := tx.Bucket(itemsBucket).Cursor()
		for k, v := c.Seek(start); k != nil && len(out) < q.Limit; {
			component, part := splitKey(k)
			if !bytes.HasPrefix(component, []byte(q.Prefix)) {
				break
			}
			if hasReadings(v) && slices.Contains(q.Datasets, string(datasetOf(part))) {
				out = append(out, string(component))
				k, v = c.Seek(afterComponent(appendComponent(nil, string(component))))
				continue
			}
			k, v = c.Next()
		}
		return nil
	})
	return out, err
}

// afterComponent turns an encoded component into what all its keys are below.
func afterComponent(encoded []byte) []byte { return append(encoded, 0, 2) }

// Readings reads the items of each component.
func (s *Store) Readings(ctx context.Context, q store.ReadingQuery) ([]twin.Reading, error) {
	components := slices.Compact(slices.Sorted(slices.Values(q.Components)))
	now := twin.MillisOf(s.now())
	var out []twin.Reading
	err := s.view(ctx, "reading components", func(tx *bbolt.Tx) error {
		c := tx.Bucket(itemsBucket).Cursor()
		for _, component := range components {
			if err := ctx.Err(); err != nil {
				return err
			}
			prefix := itemPrefix(component)
			for k, v := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, v = c.Next() {
				dataset := string(datasetOf(k[len(prefix):]))
				if !slices.Contains(q.Datasets, dataset) {
					continue
				}
				it, err := decodeItem(v)
				if err == nil && (it.ttl == 0 || it.ttl > now) {
					out, err = it.appendReadings(out, component, dataset, q.Metrics)
				}
				if err != nil {
					return fmt.Errorf("%q: %w", k, err)
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return store.InOrder(out), nil
}

func (it *item) appendReadings(out []twin.Reading, component, dataset string, metrics []string) ([]twin.Reading, error) {
	for _, e := range it.entries {
		if metrics != nil && !slices.Contains(metrics, string(e.metric)) {
			continue
		}
		r, err := e.reading(component, dataset)
		if err != nil {
			return out, err
		}
		out = append(out, r)
	}
	return out, nil
}
