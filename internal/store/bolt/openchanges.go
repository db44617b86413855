package bolt

import (
	"context"
	"encoding/binary"
	"slices"

	"go.etcd.io/bbolt"

	"github.com/railtwin/digitaltwin/internal/feed"
	"github.com/railtwin/digitaltwin/internal/store/swap"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// feedKey is where the file says how far the log reaches, see [tx.putFeed]. Where it is missing there is no log.
var feedKey = []byte("feed")

// openChanges opens the log of changes, or begins one. Without options it ends the one that is there: it would miss
// what is written from now on.
func (s *Store) openChanges(o *FeedOptions) error {
	if o == nil {
		return s.endChanges()
	}
	l := &changeLog{store: s, o: *o}
	if l.o.Keep == 0 {
		l.o.Keep = usualKeep
	}
	if l.o.Bytes == 0 {
		l.o.Bytes = usualBytes
	}
	known := false
	err := s.inFile(func(file *bbolt.Tx) error {
		t := &tx{Store: s, file: file}
		l.id = string(t.get(metaBucket, idKey))
		if v := t.get(metaBucket, feedKey); len(v) >= 8 {
			known = true
			l.told, l.oldest = twin.Millis(binary.BigEndian.Uint64(v)), feed.Position(v[8:])
		}
		t.each(changesBucket, nil, func(key, value []byte) bool {
			l.entries, l.bytes = append(l.entries, entry{feed.Position(key), len(value)}), l.bytes+len(value)
			return true
		})
		return nil
	})
	if err != nil {
		return err
	}
	last := l.oldest
	if n := len(l.entries); n > 0 {
		last = max(last, l.entries[n-1].position)
	}
	l.Ring = feed.NewRing(last, ringBytes, s.now)
	s.changes = l
	if known {
		return l.findWakes()
	}
	return s.change(context.Background(), "beginning the log of changes", func(t *tx) error {
		t.anew = true
		return nil
	})
}

// endChanges takes away the log of changes, if there is one.
func (s *Store) endChanges() error {
	return s.change(context.Background(), "ending the log of changes", func(t *tx) error {
		if t.get(metaBucket, feedKey) == nil {
			return nil
		}
		t.put(metaBucket, feedKey, nil)
		t.each(changesBucket, nil, func(key, _ []byte) bool {
			t.put(changesBucket, slices.Clone(key), nil)
			return true
		})
		return nil
	})
}

// findWakes finds when the readings of every component expire.
func (l *changeLog) findWakes() error {
	l.wakes = wakes{}
	expires := func(dataset string) bool { return l.store.catalogue.expireAfter(dataset) > 0 }
	if !slices.ContainsFunc(l.store.catalogue.datasets, func(d twin.Dataset) bool { return expires(d.Name) }) {
		return nil
	}
	return l.store.inFile(func(file *bbolt.Tx) error {
		t := &tx{Store: l.store, file: file}
		components, err := t.components("", "", 1<<62, expires)
		if err != nil {
			return err
		}
		for _, component := range components {
			items, err := t.all(component)
			if err != nil {
				continue // of which nothing is served
			}
			if at, ok := swap.Expires(items, l.told); ok {
				l.wakes.add(wake{at, component})
			}
		}
		return nil
	})
}
