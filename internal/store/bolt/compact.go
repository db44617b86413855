package bolt

import (
	"errors"
	"fmt"
	"os"

	"go.etcd.io/bbolt"
)

// compactName is what is added to the name of a file for the one that is to take its place.
const compactName = "-compact"

// A file is written anew once it has this many times the bytes that are in use, and has grown by so much since the last
// time: so the work is a constant share of what is written.
const (
	mostFile   = 1.4
	leastGrown = 1.2
	growth     = 128 << 10 // of the file at a time
)

// wasteful reports whether the file is to be written anew.
func (s *Store) wasteful() bool {
	size := s.size()
	if float64(size) < leastGrown*float64(s.compacted) || size <= 2*growth {
		return false
	}
	used := 0
	_ = s.db.View(func(file *bbolt.Tx) error {
		for _, name := range bucketNames {
			stats := file.Bucket(name).Stats()
			used += stats.BranchInuse + stats.LeafInuse
		}
		return nil
	})
	if float64(size) <= mostFile*float64(used) {
		s.compacted = size
		return false
	}
	return true
}

// compact writes the file anew without its free pages and half-empty ones. Until the new one has its name, which
// happens at once, the old one is whole: what the journal holds is in both.
func (s *Store) compact() error {
	path := s.path + compactName
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("bolt: compacting %s: %w", s.path, err)
	}
	db, err := openFile(path, s.db.NoSync)
	if err == nil {
		if err = bbolt.Compact(db, s.db, 1<<20); err == nil {
			err = errors.Join(db.Sync(), os.Rename(path, s.path))
		}
		if err != nil {
			err = errors.Join(err, db.Close(), os.Remove(path))
		}
	}
	if err != nil {
		return fmt.Errorf("bolt: compacting %s: %w", s.path, err)
	}
	s.mu.Lock()
	old := s.db
	s.db = db
	s.mu.Unlock()
	s.compacted = s.size()
	return old.Close()
}
