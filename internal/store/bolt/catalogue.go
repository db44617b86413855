package bolt

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"

	"go.etcd.io/bbolt"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// PutDataset writes a dataset into the catalogue.
func (s *Store) PutDataset(ctx context.Context, d twin.Dataset) error {
	d.Newest = 0
	entry, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("bolt: dataset %s: %w", d.Name, err)
	}
	return s.update(ctx, "writing dataset "+d.Name, func(tx *bbolt.Tx) error {
		return tx.Bucket(datasetsBucket).Put([]byte(d.Name), entry)
	})
}

// RemoveDataset takes a dataset out of the catalogue. Its newest event time stays, as its readings do.
func (s *Store) RemoveDataset(ctx context.Context, name string) error {
	return s.update(ctx, "removing dataset "+name, func(tx *bbolt.Tx) error {
		return tx.Bucket(datasetsBucket).Delete([]byte(name))
	})
}

// Advance raises the newest event time of a dataset.
func (s *Store) Advance(ctx context.Context, dataset string, newest twin.Millis) error {
	return s.update(ctx, "advancing dataset "+dataset, func(tx *bbolt.Tx) error {
		b := tx.Bucket(newestBucket)
		if old := b.Get([]byte(dataset)); old != nil && twin.Millis(binary.BigEndian.Uint64(old)) >= newest {
			return nil
		}
		return b.Put([]byte(dataset), binary.BigEndian.AppendUint64(nil, uint64(newest)))
	})
}

// Datasets returns the catalogue.
func (s *Store) Datasets(ctx context.Context) ([]twin.Dataset, error) {
	var out []twin.Dataset
	err := s.view(ctx, "reading the catalogue", func(tx *bbolt.Tx) error {
		newest := tx.Bucket(newestBucket)
		return tx.Bucket(datasetsBucket).ForEach(func(name, entry []byte) error {
			var d twin.Dataset
			if err := json.Unmarshal(entry, &d); err != nil {
				return fmt.Errorf("dataset %s: %w", name, err)
			}
			if v := newest.Get(name); v != nil {
				d.Newest = twin.Millis(binary.BigEndian.Uint64(v))
			}
			out = append(out, d)
			return nil
		})
	})
	return out, err
}
