package bolt

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// catalogue is what the file says of datasets, and what was forgotten. It is not changed after it was read.
type catalogue struct {
	datasets  []twin.Dataset // by name
	byName    map[string]*twin.Dataset
	forgotten *store.ForgetList
	entries   []store.Forgotten
}

func (c *catalogue) expireAfter(dataset string) time.Duration {
	if d := c.byName[dataset]; d != nil {
		return d.ExpireAfter
	}
	return 0
}

// readCatalogue reads the catalogue again after it has changed.
func (s *Store) readCatalogue() error {
	c := &catalogue{byName: map[string]*twin.Dataset{}}
	err := s.inFile(func(file *bbolt.Tx) error {
		t := &tx{Store: s, file: file}
		if err := c.readDatasets(t); err != nil {
			return err
		}
		return c.readForgotten(t)
	})
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.catalogue = c
	return nil
}

func (c *catalogue) readDatasets(t *tx) (err error) {
	t.each(datasetsBucket, nil, func(name, entry []byte) bool {
		var d twin.Dataset
		if err = json.Unmarshal(entry, &d); err != nil {
			err = fmt.Errorf("dataset %s: %w", name, err)
			return false
		}
		if v := t.get(newestBucket, name); len(v) == 8 {
			d.Newest = twin.Millis(binary.BigEndian.Uint64(v))
		}
		if v := t.get(pausedBucket, name); len(v) == 8 {
			d.Paused = twin.Millis(binary.BigEndian.Uint64(v))
		}
		c.datasets = append(c.datasets, d)
		return true
	})
	for i := range c.datasets {
		c.byName[c.datasets[i].Name] = &c.datasets[i]
	}
	return err
}

func (c *catalogue) readForgotten(t *tx) (err error) {
	t.each(forgottenBucket, nil, func(key, value []byte) bool {
		if len(key) == 0 || len(value) != 8 {
			err = fmt.Errorf("%w: the forget list", errCorrupt)
			return false
		}
		c.entries = append(c.entries, store.Forgotten{
			Target: store.Target{Name: string(key[1:]), Prefix: key[0] == 1}, Floor: twin.Millis(binary.BigEndian.Uint64(value)),
		})
		return true
	})
	c.forgotten = store.NewForgetList(c.entries)
	return err
}

// Datasets returns the catalogue.
func (s *Store) Datasets(ctx context.Context) (out []twin.Dataset, err error) {
	err = s.view(ctx, "reading the catalogue", func(t *tx) error {
		out = append(out, t.catalogue.datasets...)
		return nil
	})
	return out, err
}

// PutDataset writes a dataset into the catalogue.
func (s *Store) PutDataset(ctx context.Context, d twin.Dataset) error {
	d.Newest, d.Paused = 0, 0
	entry, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("bolt: dataset %s: %w", d.Name, err)
	}
	return s.change(ctx, "writing dataset "+d.Name, func(t *tx) error {
		t.put(datasetsBucket, []byte(d.Name), entry)
		return nil
	})
}

// RemoveDataset takes a dataset out of the catalogue. Its newest event time stays, and so do its pause and its
// readings.
func (s *Store) RemoveDataset(ctx context.Context, name string) error {
	return s.change(ctx, "removing dataset "+name, func(t *tx) error {
		if t.get(datasetsBucket, []byte(name)) != nil {
			t.put(datasetsBucket, []byte(name), nil)
		}
		return nil
	})
}

// SetPaused notes since when a dataset is paused.
func (s *Store) SetPaused(ctx context.Context, dataset string, since twin.Millis) error {
	return s.change(ctx, "pausing dataset "+dataset, func(t *tx) error {
		t.put(pausedBucket, []byte(dataset), binary.BigEndian.AppendUint64(nil, uint64(since)))
		return nil
	})
}

// Advance raises the newest event time of a dataset.
func (s *Store) Advance(ctx context.Context, dataset string, newest twin.Millis) error {
	return s.change(ctx, "advancing dataset "+dataset, func(t *tx) error {
		if old := t.get(newestBucket, []byte(dataset)); len(old) == 8 && twin.Millis(binary.BigEndian.Uint64(old)) >= newest {
			return nil
		}
		t.put(newestBucket, []byte(dataset), binary.BigEndian.AppendUint64(nil, uint64(newest)))
		return nil
	})
}
