// Package bolt keeps the newest readings in one local file.
//
// The file is a bbolt database of these buckets:
//
//	parts      component, dataset, part → floor, expiry and block of an item (see package packed)
//	datasets   name → catalogue entry as JSON
//	newest     name → newest event time
//	forgotten  target → event time up to which it was forgotten
//	meta       format → version of this form; feed → how far the feed's log reaches
//	changes    position → batch of the feed's log (see package feed), where Options.Feed is set
//
// A write is durable when the call returns. bbolt itself would sync twice for that and write whole pages, so what is
// written goes to a journal beside the file first, which is synced once; what it holds is kept in memory too, and moves
// into the file when the journal is large for what the file holds, and when the store is closed. A file of which much
// is not in use is then written anew. After a crash the
// journal is read when the file is opened. So a killed process does no harm, nor does a lost power supply. Without
// syncs (Options.NoSync) a lost power supply may cost what was written last: for tests.
//
// Writers take turns, readers do not wait for the disk.
package bolt

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"github.com/railtwin/digitaltwin/internal/store"
)

// Store is a [store.Store] in a file. A file is open once.
type Store struct {
	path    string
	db      *bbolt.DB
	journal *journal
	now     func() time.Time

	writing   sync.Mutex   // held by who writes
	mu        sync.RWMutex // held to read what is beside the file, and to change it
	overlay   *overlay     // what is not in the file yet
	catalogue *catalogue   // of the file and the overlay
	compacted int64        // size of the file when it was compacted last, or found to need it not
	purged    []byte       // key from which on expired readings are looked for next
	changes   *changeLog   // nil without Options.Feed
}

var _ store.Store = (*Store)(nil)

// Options are settings that are rarely needed.
type Options struct {
	NoSync bool             // do not wait for the disk; for tests
	Now    func() time.Time // the clock that readings expire by; nil for time.Now
	Feed   *FeedOptions     // keep a log of changes, see [Store.Changes]; nil for none
}

// bucket is a bucket of the file, and its number in the journal.
type bucket byte

const (
	partsBucket bucket = iota
	datasetsBucket
	newestBucket
	forgottenBucket
	metaBucket
	pausedBucket
	changesBucket
	buckets
)

var bucketNames = [buckets][]byte{[]byte("parts"), []byte("datasets"), []byte("newest"), []byte("forgotten"),
	[]byte("meta"), []byte("paused"), []byte("changes")}

// Close waits for calls under way, moves what the journal holds into the file and closes it.
func (s *Store) Close() error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.journal == nil {
		return nil
	}
	err := errors.Join(s.checkpoint(), s.journal.close())
	s.mu.Lock()
	defer s.mu.Unlock()
	s.journal = nil
	return errors.Join(err, s.db.Close())
}

var errClosed = errors.New("the store is closed")

// change lets do write, in its turn, and makes what it has written durable.
func (s *Store) change(ctx context.Context, what string, do func(*tx) error) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("bolt: %s: %w", what, err)
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.journal == nil {
		return fmt.Errorf("bolt: %s: %w", what, errClosed)
	}
	t := &tx{Store: s}
	if s.changes != nil {
		t.swapped = map[string][]swapped{}
	}
	var told *told
	err := s.inFile(func(file *bbolt.Tx) (err error) {
		t.file = file
		if err = do(t); err == nil {
			told, err = s.changes.tell(t)
		}
		return err
	})
	if err == nil {
		err = s.commit(t, told)
	} else {
		s.changes.giveUp(told)
	}
	if err != nil {
		return fmt.Errorf("bolt: %s: %w", what, err)
	}
	return nil
}

// view lets do read what is there at one time.
func (s *Store) view(ctx context.Context, what string, do func(*tx) error) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("bolt: %s: %w", what, err)
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.journal == nil {
		return fmt.Errorf("bolt: %s: %w", what, errClosed)
	}
	err := s.inFile(func(file *bbolt.Tx) error { return do(&tx{Store: s, file: file}) })
	if err != nil {
		return fmt.Errorf("bolt: %s: %w", what, err)
	}
	return nil
}

// inFile reads the file. bbolt panics where a page is not what it should be.
func (s *Store) inFile(do func(*bbolt.Tx) error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = damaged(s.path, v)
		}
	}()
	return s.db.View(do)
}

// updateFile changes the file.
func (s *Store) updateFile(do func(*bbolt.Tx) error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = damaged(s.path, v)
		}
	}()
	return s.db.Update(do)
}

// tx is what one call reads and writes.
type tx struct {
	*Store
	file    *bbolt.Tx
	pending overlay              // what it has written
	swapped map[string][]swapped // items that it has written, by component; nil where followers need not be told
	expires bool                 // what has expired meanwhile is to be told to followers
	anew    bool                 // the log of changes begins anew
}

// get returns what a key has, nil for nothing.
func (t *tx) get(b bucket, key []byte) []byte {
	if v, ok := t.pending.get(b, key); ok {
		return v
	}
	if v, ok := t.overlay.get(b, key); ok {
		return v
	}
	return t.file.Bucket(bucketNames[b]).Get(key)
}

// put sets what a key has, nil for nothing. The store keeps both.
func (t *tx) put(b bucket, key, value []byte) { t.pending.set(b, string(key), value) }

// each calls use for every key from a key on, in order, until it returns false. Keys that t itself has added are not
// among them.
func (t *tx) each(b bucket, from []byte, use func(key, value []byte) (more bool)) {
	over := t.overlay.from(b, from)
	cursor := t.file.Bucket(bucketNames[b]).Cursor()
	for k, v := cursor.Seek(from); k != nil || len(over) > 0; {
		switch {
		case len(over) > 0 && (k == nil || over[0] <= string(k)):
			if k != nil && over[0] == string(k) {
				k, v = cursor.Next()
			}
			key := []byte(over[0])
			over = over[1:]
			if value := t.get(b, key); value != nil && !use(key, value) {
				return
			}
		default:
			if value, ok := t.pending.get(b, k); ok {
				v = value
			}
			if v != nil && !use(k, v) {
				return
			}
			k, v = cursor.Next()
		}
	}
}
