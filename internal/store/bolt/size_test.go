package bolt_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/bolt"
	"github.com/railtwin/digitaltwin/internal/twin"
)

var sizeSeconds = flag.Int("seconds", 200, "seconds of a twin after which the size of its file is looked at")

// Ensure that the file holds at most twice its content, at any time of a twin whose components report one after the
// other, and that the journal is bounded. For an hour: -seconds 3600.
func TestStore_Size(t *testing.T) {
	const wagons, metrics = 2500, 15
	path := filepath.Join(t.TempDir(), "twin.db")
	s, err := bolt.Open(path, &bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	worst := 0.0
	for second := range *sizeSeconds {
		var items []store.Item
		for n := second % 10; n < wagons; n += 10 {
			it := store.Item{Component: fmt.Sprintf("wagon:%04d", n), Dataset: "wagons"}
			for m := range metrics {
				it.Changes = append(it.Changes, &twin.Change{
					Component: it.Component, Dataset: it.Dataset, Metric: fmt.Sprintf("axle.%02d.bearing.temperature", m),
					Value: fmt.Sprint(second % 190), Unit: "Cel",
					Extractor: "0123456789ab", EventTime: twin.Millis(1 + second),
					Position: twin.Position{Stream: "wagons", Shard: "0", Sequence: fmt.Sprint(second)},
				})
			}
			items = append(items, it)
		}
		if _, err := s.Write(t.Context(), items); err != nil {
			t.Fatal(err)
		}
		if second%20 == 19 {
			worst = max(worst, float64(sizeOf(t, path))/float64(s.Content()))
			if journal := sizeOf(t, path+"-journal"); journal > 2<<20 {
				t.Errorf("the journal has %d bytes", journal)
			}
		}
	}
	t.Logf("%d bytes hold %d of content; at most it was %.2f times", sizeOf(t, path), s.Content(), worst)
	if worst > 2 {
		t.Errorf("the file holds %.2f times its content", worst)
	}
}

// Ensure that a file which was written anew opens with all that it held, as does the one before where a crash left
// both.
func TestStore_Compacted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "twin.db")
	for round := range 3 {
		s, err := bolt.Open(path, &bolt.Options{NoSync: true})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Write(t.Context(), numbered(1+round)); err != nil {
			t.Fatal(err)
		}
		if err := s.Checkpoint(); err != nil {
			t.Fatal(err)
		}
		if err := s.Compact(); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Write(t.Context(), numbered(100+round)); err != nil {
			t.Fatal(err)
		}
		names, err := s.Components(t.Context(), store.ComponentQuery{Datasets: []string{"d"}, Limit: 100})
		if err != nil || len(names) != 2*(round+1)+1 {
			t.Errorf("round %d: %q, %v", round, names, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path+"-compact", []byte("half a file"), 0o600); err != nil { // of a crash
			t.Fatal(err)
		}
	}
}

func sizeOf(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}
