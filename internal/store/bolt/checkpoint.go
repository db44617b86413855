package bolt

import "go.etcd.io/bbolt"

// commit makes what t has written durable, and visible; told is what followers are told of it.
func (s *Store) commit(t *tx, told *told) error {
	if t.pending.bytes == 0 {
		s.changes.publish(told)
		return nil
	}
	if err := s.journal.append(&t.pending); err != nil {
		s.changes.giveUp(told)
		return err
	}
	s.mu.Lock()
	s.overlay.add(&t.pending)
	s.mu.Unlock()
	var err error
	if t.pending.touches(datasetsBucket, newestBucket, forgottenBucket, pausedBucket) {
		err = s.readCatalogue()
	}
	s.changes.publish(told)
	if err == nil && told != nil && told.all {
		err = s.changes.findWakes()
	}
	if err != nil {
		return err
	}
	if most := s.most(); s.journal.size > most {
		// What was written is durable. Where the disk is full, say, there may be room for the journal yet.
		if err := s.checkpoint(); s.journal.size > 2*most {
			return err
		}
	}
	return nil
}

// The journal is a part of what the file holds, and so is what a transaction of the file rewrites: both cost space,
// and save work.
const (
	leastJournal, mostJournal = 1 << 20, 16 << 20
	journalShare              = 5
	leastChunk, chunkShare    = 16 << 10, 8
)

// most returns how large the journal may become.
func (s *Store) most() int64 {
	return min(max(s.size()/journalShare, leastJournal), mostJournal)
}

// size returns how many bytes of the file are in use or were.
func (s *Store) size() (size int64) {
	_ = s.db.View(func(file *bbolt.Tx) error {
		size = file.Size()
		return nil
	})
	return size
}

// checkpoint moves what is in the journal into the file. It does so in several transactions, because each of them needs
// room beside what it replaces; until the journal is empty it would be read again after a crash, which does no harm.
func (s *Store) checkpoint() error {
	chunk := max(s.overlay.bytes/chunkShare, leastChunk)
	for b := range buckets {
		for keys := s.overlay.from(b, nil); len(keys) > 0; {
			n, bytes := 0, 0
			for ; n < len(keys) && bytes < chunk; n++ {
				bytes += len(keys[n]) + len(s.overlay.values[b][keys[n]])
			}
			if err := s.move(b, keys[:n]); err != nil {
				return err
			}
			keys = keys[n:]
		}
	}
	if err := s.purge(); err != nil {
		return err
	}
	if s.overlay.bytes > 0 && s.wasteful() {
		_ = s.compact() // which takes room, and can wait until there is some
	}
	s.mu.Lock()
	s.overlay = &overlay{}
	s.mu.Unlock()
	return s.journal.empty()
}

// move moves keys from the overlay into the file. Readers go on with the overlay until it is empty.
func (s *Store) move(b bucket, keys []string) error {
	return s.updateFile(func(file *bbolt.Tx) error {
		in := file.Bucket(bucketNames[b])
		for _, key := range keys {
			var err error
			if value := s.overlay.values[b][key]; value == nil {
				err = in.Delete([]byte(key))
			} else {
				err = in.Put([]byte(key), value)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}
