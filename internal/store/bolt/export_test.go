package bolt

import (
	"os"
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

// Checkpoint moves what is in the journal into the file.
func (s *Store) Checkpoint() error {
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.checkpoint()
}
