package bolt

import (
	"time"

	"go.etcd.io/bbolt"
)

// purgeShare bounds how many items are looked at in a checkpoint.
const purgeShare = 1000

// purgeAfter is how long an item may stay after its expiry: as long as clocks may differ.
const purgeAfter = time.Hour

// purge takes items out of the file whose readings have all expired long ago: some at a time, so that in the end all
// were looked at. A floor goes with them, since what it keeps out is refused for its age, and by the forget list.
func (s *Store) purge() error {
	before := s.changes.toldUntil(s.now()).Add(-purgeAfter).Unix()
	next := s.purged
	err := s.updateFile(func(file *bbolt.Tx) error {
		cursor := file.Bucket(bucketNames[partsBucket]).Cursor()
		key, value := cursor.Seek(next)
		for n := 0; n < purgeShare && key != nil; n++ {
			h, _, err := readHeader(value)
			if err != nil {
				return err
			}
			if h.expiry != 0 && h.expiry < before {
				if err := cursor.Delete(); err != nil {
					return err
				}
				if key, value = cursor.Seek(key); key == nil {
					break
				}
				continue
			}
			key, value = cursor.Next()
		}
		next = append([]byte(nil), key...) // nil at the end: the next begins at the front
		return nil
	})
	if err == nil {
		s.purged = next
	}
	return err
}
