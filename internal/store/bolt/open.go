package bolt

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// format is the version of the file's form. 1 had no such entry.
const format = 2

var formatKey, idKey = []byte("format"), []byte("id")

// journalName is what is added to the name of a file for its journal.
const journalName = "-journal"

// Open opens the file at path, or makes it. A file of the form of before is brought into the present one.
func Open(path string, o *Options) (*Store, error) {
	if o == nil {
		o = &Options{}
	}
	s := &Store{path: path, now: o.Now, overlay: &overlay{}}
	if s.now == nil {
		s.now = time.Now
	}
	var err error
	if s.db, err = openFile(path, o.NoSync); err != nil {
		return nil, err
	}
	err = s.prepare(o.NoSync)
	if err == nil {
		err = s.openChanges(o.Feed)
	}
	if err != nil {
		return nil, errors.Join(err, s.db.Close())
	}
	return s, nil
}

// openFile opens the database. bbolt panics where some pages are not what they should be.
func openFile(path string, noSync bool) (db *bbolt.DB, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = damaged(path, v)
		}
	}()
	db, err = bbolt.Open(path, 0o600, &bbolt.Options{
		Timeout:      time.Second, // how long to wait for another process's lock
		NoSync:       noSync,
		FreelistType: bbolt.FreelistMapType,
	})
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return nil, fmt.Errorf("bolt: %s is in use by another process; end that one, or choose another file", path)
	case errors.As(err, new(*fs.PathError)): // there is no such folder, it may not be read, the disk is full
		return nil, fmt.Errorf("bolt: opening %s: %w", path, err)
	case err != nil:
		return nil, damaged(path, err)
	}
	db.AllocSize = growth // the file grows by this, and not by doubling
	return db, whole(path, db)
}

// whole fails where the file is shorter than it says: reading what is missing would end the process.
func whole(path string, db *bbolt.DB) error {
	info, err := os.Stat(path)
	if err == nil {
		err = db.View(func(file *bbolt.Tx) error {
			if file.Size() > info.Size() {
				return damaged(path, fmt.Sprintf("it has %d bytes of %d", info.Size(), file.Size()))
			}
			return nil
		})
	}
	if err != nil {
		return errors.Join(err, db.Close())
	}
	return nil
}

// damaged is the error for a file that cannot be read.
func damaged(path string, why any) error {
	return fmt.Errorf("bolt: %s is damaged, or no state of a twin (%v); move it away or delete it, and the twin "+
		"begins anew", path, why)
}

// prepare makes the buckets, brings an older form into the present one, and reads the journal.
func (s *Store) prepare(noSync bool) (err error) {
	_ = os.Remove(s.path + compactName) // of a crash
	var id [idSize]byte
	if err := s.updateFile(func(file *bbolt.Tx) error { return s.prepareFile(file, &id) }); err != nil {
		return err
	}
	if err := s.convert(); err != nil {
		return fmt.Errorf("bolt: bringing %s into the form of this version: %w", s.path, err)
	}
	s.journal, err = openJournal(s.path+journalName, id, noSync,
		func(b bucket, key, value []byte) { s.overlay.set(b, string(key), value) })
	if err != nil {
		return fmt.Errorf("bolt: opening the journal of %s: %w", s.path, err)
	}
	return s.readCatalogue()
}

func (s *Store) prepareFile(file *bbolt.Tx, id *[idSize]byte) error {
	for _, name := range bucketNames {
		if _, err := file.CreateBucketIfNotExists(name); err != nil {
			return err
		}
	}
	meta := file.Bucket(bucketNames[metaBucket])
	if v := meta.Get(formatKey); len(v) == 8 {
		if n := binary.BigEndian.Uint64(v); n > format {
			return fmt.Errorf("bolt: %s has the format %d of a later version, and this one knows %d; update, or choose "+
				"another file", s.path, n, format)
		}
	} else if err := meta.Put(formatKey, binary.BigEndian.AppendUint64(nil, format)); err != nil {
		return err
	}
	if copy(id[:], meta.Get(idKey)) == idSize {
		return nil
	}
	if _, err := rand.Read(id[:]); err != nil {
		return err
	}
	return meta.Put(idKey, id[:])
}
