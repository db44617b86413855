package bolt

import (
	"context"
	"os"

	"go.etcd.io/bbolt"
)

// BreakJournal makes the journal one that cannot be written, or mends it.
func BreakJournal(s *Store, broken bool) {
	flag := os.O_RDWR
	if broken {
		flag = os.O_RDONLY
	}
	file, err := os.OpenFile(s.journal.file.Name(), flag, 0)
	if err != nil {
		panic(err)
	}
	_ = s.journal.file.Close()
	s.journal.file = file
}

// BreakFile makes the file one that cannot be written. The journal still can.
func BreakFile(s *Store) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.db.Close(); err != nil {
		return err
	}
	var err error
	s.db, err = bbolt.Open(s.path, 0o600, &bbolt.Options{ReadOnly: true})
	return err
}

// Checkpoint moves what is in the journal into the file.
func (s *Store) Checkpoint() error {
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.checkpoint()
}

// Content returns how many bytes the keys and values of all that is stored have.
func (s *Store) Content() (bytes int) {
	_ = s.view(context.Background(), "measuring", func(t *tx) error {
		for b := range buckets {
			t.each(b, nil, func(key, value []byte) bool {
				bytes += len(key) + len(value)
				return true
			})
		}
		return nil
	})
	return bytes
}

// Compact writes the file anew.
func (s *Store) Compact() error {
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.compact()
}
