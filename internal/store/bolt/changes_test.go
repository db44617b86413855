package bolt_test

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/railtwin/digitaltwin/internal/feed"
	"github.com/railtwin/digitaltwin/internal/store/bolt"
	"github.com/railtwin/digitaltwin/internal/store/storetest"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// openFed opens a file that keeps a log of changes, or with no options one that does not.
func openFed(t *testing.T, path string, clock *storetest.Clock, o *bolt.FeedOptions) *bolt.Store {
	t.Helper()
	s, err := bolt.Open(path, &bolt.Options{NoSync: true, Now: clock.Now, Feed: o})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// changes reads a log from a position on, page by page, and returns how many changes there are.
func changes(t *testing.T, log feed.Log, after feed.Position) (n int, err error) {
	t.Helper()
	tail := feed.NewTail(log, after)
	for last := after; ; {
		page, err := tail.Next(t.Context())
		if err != nil {
			return n, err
		}
		for _, b := range page.Batches {
			if b.Position <= last {
				t.Fatalf("%x comes after %x", b.Position, last)
			}
			last, n = b.Position, n+len(b.Changes)
		}
		if !page.More {
			return n, nil
		}
	}
}

// Ensure that the log is there in full after the file was opened again, whatever of it is in memory, and that there is
// a gap where it was not kept meanwhile.
func TestStore_Changes(t *testing.T) {
	path, clock := filepath.Join(t.TempDir(), "twin.db"), storetest.NewClock()
	s := openFed(t, path, clock, &bolt.FeedOptions{})
	if err := s.PutDataset(t.Context(), twin.Dataset{Name: "d"}); err != nil {
		t.Fatal(err)
	}
	begin, err := s.Changes().Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	const writes = 700 // of two changes; more than are read at once
	written := 0
	write := func(n int) {
		t.Helper()
		for range n {
			written++
			if _, err := s.Write(t.Context(), numbered(written)); err != nil {
				t.Fatal(err)
			}
		}
	}
	wants := func(when string, want int) {
		t.Helper()
		if n, err := changes(t, s.Changes(), begin); n != want || err != nil {
			t.Errorf("%s: %d changes, want %d, %v", when, n, want, err)
		}
	}
	write(writes)
	wants("at first", 2*writes)
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = openFed(t, path, clock, &bolt.FeedOptions{})
		wants("opened again", 2*written)
		write(10)
		wants("and written to", 2*written)
	}
	for _, o := range []*bolt.FeedOptions{nil, {}} { // written to by who keeps no log
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = openFed(t, path, clock, o)
		if (s.Changes() == nil) != (o == nil) {
			t.Errorf("with %v there is %v", o, s.Changes())
		}
	}
	if n, err := changes(t, s.Changes(), begin); n != 0 || !errors.Is(err, feed.ErrGone) {
		t.Errorf("after a time without: %d changes, %v", n, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
