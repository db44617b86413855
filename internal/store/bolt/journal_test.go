package bolt_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/bolt"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// copied copies a file and its journal as they are, which is what a crash leaves, and returns the copy.
func copied(t *testing.T, path string, journal func([]byte) []byte) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "twin.db")
	for _, suffix := range []string{"", "-journal"} {
		from, err := os.Open(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(from)
		_ = from.Close()
		if err == nil && suffix != "" {
			data = journal(data)
		}
		if err == nil {
			err = os.WriteFile(to+suffix, data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return to
}

// components counts those of a file.
func components(t *testing.T, path string) int {
	t.Helper()
	s, err := bolt.Open(path, &bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	all, err := s.Components(t.Context(), store.ComponentQuery{Datasets: []string{"d"}, Prefix: "c:", Limit: 1_000_000})
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

// Ensure that what was written before a crash is there after it, that a journal which ends in the middle of a record,
// or in garbage, loses that record and nothing before it, and that another file's journal is not read.
func TestJournal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "twin.db")
	s, err := bolt.Open(path, &bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	const n = 60
	for i := 1; i <= n; i++ {
		if _, err := s.Write(t.Context(), numbered(i)); err != nil {
			t.Fatal(err)
		}
	}
	as := func(b []byte) []byte { return b }
	if got := components(t, copied(t, path, as)); got != n {
		t.Errorf("after a crash: %d components of %d", got, n)
	}
	again := copied(t, path, as)
	for range 3 {
		if got := components(t, again); got != n {
			t.Errorf("opened again: %d components of %d", got, n)
		}
	}
	if _, err := os.Stat(again + "-journal"); !os.IsNotExist(err) {
		t.Errorf("the journal of a closed file: %v", err)
	}
	for cut := 1; cut < 400; cut += 7 {
		got := components(t, copied(t, path, func(b []byte) []byte { return b[:len(b)-cut] }))
		if got > n || got < n-1-cut/50 {
			t.Errorf("without the last %d bytes: %d components of %d", cut, got, n)
		}
		damaged := copied(t, path, func(b []byte) []byte { b[len(b)-cut] ^= 1; return b })
		if got := components(t, damaged); got >= n || got < n-1-cut/50 {
			t.Errorf("with byte %d from the end another: %d components of %d", cut, got, n)
		}
	}
	if got := components(t, copied(t, path, func(b []byte) []byte { return append(b, "more"...) })); got != n {
		t.Errorf("with something after it: %d components of %d", got, n)
	}
	if got := components(t, copied(t, path, func(b []byte) []byte { b[9] ^= 1; return b })); got != 0 {
		t.Errorf("with the journal of another file: %d components", got)
	}
}

// Ensure that a write which the disk refuses is not said to be done, and leaves what was there.
func TestJournal_Refused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "twin.db")
	s, err := bolt.Open(path, &bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Write(t.Context(), numbered(1)); err != nil {
		t.Fatal(err)
	}
	bolt.BreakJournal(s, true)
	results, err := s.Write(t.Context(), numbered(2))
	if err == nil || results[0][0].Outcome != store.Unfinished || results[1][0].Outcome != store.Unfinished {
		t.Errorf("a write that failed: %v, %v", results, err)
	}
	q := store.ReadingQuery{Components: []string{"same", "c:000002"}, Datasets: []string{"d"}}
	if got, err := s.Readings(t.Context(), q); err != nil || len(got) != 1 || got[0].Value != "1" {
		t.Errorf("after it: %v, %v", got, err)
	}
	bolt.BreakJournal(s, false)
	if results, err := s.Write(t.Context(), numbered(2)); err != nil || results[0][0].Outcome != store.Applied {
		t.Errorf("again: %v, %v", results, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got := components(t, path); got != 2 {
		t.Errorf("%d components of 2", got)
	}
}

// Ensure that writes go on for a while where the file has no more room, and that they fail before the journal is
// without bounds.
func TestJournal_FileIsFull(t *testing.T) {
	s, err := bolt.Open(filepath.Join(t.TempDir(), "twin.db"), &bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := bolt.BreakFile(s); err != nil {
		t.Fatal(err)
	}
	const megabyte, most = 1 << 20, 4
	for n := range 2 * most {
		items := numbered(n)
		items[1].Changes = items[1].Changes[:0]
		for i := range 128 {
			items[1].Changes = append(items[1].Changes, &twin.Change{
				Component: items[1].Component, Dataset: "d", Metric: fmt.Sprintf("m%03d", i),
				Value: `"` + strings.Repeat("x", megabyte/2/128) + `"`, EventTime: twin.Millis(n),
			})
		}
		if _, err = s.Write(t.Context(), items); err != nil {
			if n < 2 {
				t.Errorf("write %d of half a megabyte: %v", n, err)
			}
			break
		}
	}
	if err == nil {
		t.Errorf("%d megabytes are in the journal", most)
	}
	if err := s.Close(); err == nil {
		t.Error("the store closes as if all were well")
	}
}
