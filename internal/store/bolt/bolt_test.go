package bolt_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/bolt"
	"github.com/railtwin/digitaltwin/internal/store/storetest"
)

// open opens a new file that does not wait for the disk.
func open(t testing.TB) *bolt.Store {
	t.Helper()
	s, err := bolt.Open(filepath.Join(t.TempDir(), "twin.db"), &bolt.Options{NoSync: true, Now: storetest.Clock})
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
	storetest.Run(t, func(t *testing.T) store.Store { return open(t) })
}

// Ensure that random histories end where the model says.
func TestStore_Histories(t *testing.T) { storetest.Histories(t, open(t), 100_000) }

// Ensure that a second process is told what is wrong instead of waiting for ever.
func TestOpen_InUse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "twin.db")
	first, err := bolt.Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = first.Close() }()
	if _, err := bolt.Open(path, nil); err == nil || !strings.Contains(err.Error(), "in use by another process") {
		t.Errorf("got %v", err)
	}
	if _, err := bolt.Open(t.TempDir(), nil); err == nil || !strings.Contains(err.Error(), "opening") {
		t.Errorf("a folder: got %v", err)
	}
}
