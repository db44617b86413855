// Package bolt keeps the newest readings in one local file.
//
// The file is a bbolt database of three buckets:
//
//	items     component, part → the readings of one item, see encoding.go
//	datasets  name → catalogue entry as JSON
//	newest    name → newest event time
//
// A write is durable when the call returns: bbolt writes its pages, syncs, writes the page that makes
// them valid, and syncs again, so neither a killed process nor a lost power supply tears the file.
// Calls that come together share one such transaction, and a call may bring any number of items, so
// the price of the two syncs is paid per batch and not per change. Without syncs (Options.NoSync) a
// killed process still does no harm, but a lost power supply may cost the whole file: for tests only.
package bolt

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"github.com/railtwin/digitaltwin/internal/store"
)

// Store is a [store.Store] in a file. A file is open once.
type Store struct {
	db  *bbolt.DB
	now func() time.Time
}

var _ store.Store = (*Store)(nil)

// Options are settings that are rarely needed.
type Options struct {
	NoSync bool             // do not wait for the disk; for tests
	Now    func() time.Time // the clock that TTLs go by; nil for time.Now
}

var (
	itemsBucket    = []byte("items")
	datasetsBucket = []byte("datasets")
	newestBucket   = []byte("newest")
)

// Open opens the file at path, or makes it.
func Open(path string, o *Options) (*Store, error) {
	if o == nil {
		o = &Options{}
	}
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{
		Timeout:        time.Second, // how long to wait for another process's lock
		NoSync:         o.NoSync,
		NoFreelistSync: true, // it is found again by reading the file when it is opened
		FreelistType:   bbolt.FreelistMapType,
	})
	if errors.Is(err, berrors.ErrTimeout) {
		return nil, fmt.Errorf("bolt: %s is in use by another process; end that one, or choose another file", path)
	}
	if err != nil {
		return nil, fmt.Errorf("bolt: opening %s: %w", path, err)
	}
	db.MaxBatchDelay = time.Millisecond // how long a call waits for others to join it
	err = db.Update(func(tx *bbolt.Tx) error {
		for _, name := range [][]byte{itemsBucket, datasetsBucket, newestBucket} {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("bolt: preparing %s: %w", path, err), db.Close())
	}
	s := &Store{db: db, now: o.Now}
	if s.now == nil {
		s.now = time.Now
	}
	return s, nil
}

// Close waits for calls under way and closes the file.
func (s *Store) Close() error { return s.db.Close() }

// update runs fn in a transaction that it may share with other calls. fn may run more than once.
func (s *Store) update(ctx context.Context, what string, fn func(*bbolt.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("bolt: %s: %w", what, err)
	}
	if err := s.db.Batch(fn); err != nil {
		return fmt.Errorf("bolt: %s: %w", what, err)
	}
	return nil
}

func (s *Store) view(ctx context.Context, what string, fn func(*bbolt.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("bolt: %s: %w", what, err)
	}
	if err := s.db.View(fn); err != nil {
		return fmt.Errorf("bolt: %s: %w", what, err)
	}
	return nil
}
