package bolt_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/bolt"
	"github.com/railtwin/digitaltwin/internal/store/storetest"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Ensure that items whose readings have all expired go from the file, however many there are, and no others.
func TestPurge(t *testing.T) {
	path, clock := filepath.Join(t.TempDir(), "twin.db"), storetest.NewClock()
	s, err := bolt.Open(path, &bolt.Options{NoSync: true, Now: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	for name, after := range map[string]time.Duration{"short": time.Hour, "ever": 0} {
		if err := s.PutDataset(t.Context(), twin.Dataset{Name: name, ExpireAfter: after}); err != nil {
			t.Fatal(err)
		}
	}
	a := store.NewApplier(s, clock.Now)
	write := func(dataset string, from, n int) {
		var changes []twin.Change
		for i := range n {
			changes = append(changes, twin.Change{Component: fmt.Sprintf("c:%d", from+i), Dataset: dataset, Metric: "m",
				Value: "1", EventTime: clock.Millis()})
		}
		if _, err := a.Apply(t.Context(), changes); err != nil {
			t.Fatal(err)
		}
	}
	write("short", 0, 2500)
	write("ever", 1000, 10)
	clock.Add(90 * time.Minute)
	write("short", 2000, 100) // which goes on
	clock.Add(45 * time.Minute)
	for range 6 {
		if err := s.Checkpoint(); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	err = db.View(func(tx *bbolt.Tx) error {
		if n := tx.Bucket([]byte("parts")).Stats().KeyN; n != 110 {
			t.Errorf("%d items are in the file, want 110", n)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
