package bolt_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/bolt"
	"github.com/railtwin/digitaltwin/internal/twin"
)

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

// written makes a closed file with some readings, and returns its path.
func written(t *testing.T, components int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "twin.db")
	s, err := bolt.Open(path, &bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	for n := range components {
		if _, err := s.Write(t.Context(), numbered(n)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.PutDataset(t.Context(), twin.Dataset{Name: "d"}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// Ensure that a file that is damaged, or is something else, gives one error with its name and the way out, and that no
// damage ends the process.
func TestOpen_Damaged(t *testing.T) {
	whole, err := os.ReadFile(written(t, 500))
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string][]byte{
		"text":    []byte(strings.Repeat("no database\n", 5000)),
		"SQLite":  append([]byte("SQLite format 3\x00"), make([]byte, 8192)...),
		"cut off": whole[:len(whole)/2], "cut to a page": whole[:4096], "zeros": make([]byte, len(whole)),
		"short": []byte("x"),
	}
	for page := range len(whole) / 4096 {
		damaged := bytes.Clone(whole)
		copy(damaged[page*4096:], bytes.Repeat([]byte{0xa5}, 64))
		cases["page "+string(rune('A'+page%26))+string(rune('a'+page/26))] = damaged
	}
	for name, data := range cases {
		path := filepath.Join(t.TempDir(), "twin.db")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := bolt.Open(path, &bolt.Options{NoSync: true})
		if err == nil { // the page may be free, or hold what is only read later
			_, err = s.Components(t.Context(), store.ComponentQuery{Datasets: []string{"d"}, Limit: 1000})
			if err == nil {
				_, err = s.Write(t.Context(), numbered(7))
			}
			_ = s.Close()
		}
		if err != nil && !(strings.Contains(err.Error(), path) &&
			strings.Contains(err.Error(), "move it away or delete it")) {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil && !strings.HasPrefix(name, "page") {
			t.Errorf("%s opens", name)
		}
	}
}

// Ensure that a file of a later version says so.
func TestOpen_Later(t *testing.T) {
	path := written(t, 1)
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte("meta")).Put([]byte("format"), []byte{0, 0, 0, 0, 0, 0, 0, 99})
	})
	if err != nil || db.Close() != nil {
		t.Fatal(err)
	}
	if _, err := bolt.Open(path, nil); err == nil || !strings.Contains(err.Error(), "format 99 of a later version") ||
		!strings.Contains(err.Error(), path) {
		t.Errorf("got %v", err)
	}
}
