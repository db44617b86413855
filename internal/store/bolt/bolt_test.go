package bolt_test

import (
	"path/filepath"
	"testing"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/bolt"
	"github.com/railtwin/digitaltwin/internal/store/storetest"
)

// open opens a new file that does not wait for the disk.
func open(t testing.TB, clock *storetest.Clock) *bolt.Store {
	t.Helper()
	s, err := bolt.Open(filepath.Join(t.TempDir(), "twin.db"), &bolt.Options{NoSync: true, Now: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Ensure that the store meets the contract.
func TestStore_Conformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T, clock *storetest.Clock) store.Store { return open(t, clock) })
}

// Ensure that random histories end where the model says.
func TestStore_Histories(t *testing.T) {
	storetest.Histories(t, func(t *testing.T) storetest.World {
		clock := storetest.NewClock()
		return storetest.World{Store: open(t, clock), Clock: clock}
	}, 10_000)
}
