package sqlite_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/bolt"
	"github.com/railtwin/digitaltwin/internal/store/bolt/sqlite"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// batch is n items of five metrics each, of 5,000 components in turn.
func batch(n, from int) (items []store.Item) {
	for i := range n {
		it := store.Item{Component: fmt.Sprintf("wagon:%d", (from+i)*7919%5000), Dataset: "wagons"}
		for m := range 5 {
			it.Changes = append(it.Changes, &twin.Change{
				Component: it.Component, Dataset: it.Dataset, Metric: fmt.Sprint("metric.", m), Value: "82.4", Unit: "km/h",
				Extractor: "0123456789ab",
				EventTime: twin.Millis(1 + from), Position: twin.Position{Stream: "wagons", Shard: "0", Sequence: fmt.Sprint(from)},
			})
		}
		items = append(items, it)
	}
	return items
}

type writer interface {
	Write(context.Context, []store.Item) ([][]store.Result, error)
}

// open opens both stores in the same folder.
func open(t testing.TB) map[string]writer {
	dir := t.TempDir()
	ours, err := bolt.Open(filepath.Join(dir, "twin.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := sqlite.Open(filepath.Join(dir, "twin.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = ours.Close(), theirs.Close() })
	return map[string]writer{"ours": ours, "sqlite": theirs}
}

// Ensure that both do the same.
func TestSame(t *testing.T) {
	stores := open(t)
	for _, from := range []int{0, 400, 300, 5000} {
		var results []string
		for _, s := range stores {
			r, err := s.Write(t.Context(), batch(500, from))
			if err != nil {
				t.Fatal(err)
			}
			results = append(results, fmt.Sprint(r))
		}
		if results[0] != results[1] {
			t.Errorf("from %d the results differ", from)
		}
	}
}

// BenchmarkWrite writes durably, to one store and the other in turns: items one by one, and in batches of 1,000. Times
// are medians of a write.
func BenchmarkWrite(b *testing.B) {
	for _, size := range []int{1, 1000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			stores, times, n := open(b), map[string][]time.Duration{}, 0
			for b.Loop() {
				for name, s := range stores {
					items := batch(size, n)
					start := time.Now()
					if _, err := s.Write(b.Context(), items); err != nil {
						b.Fatal(err)
					}
					times[name] = append(times[name], time.Since(start))
				}
				n += size
			}
			median := func(name string) float64 {
				slices.Sort(times[name])
				return float64(times[name][len(times[name])/2].Microseconds())
			}
			b.ReportMetric(median("ours"), "ours-µs/write")
			b.ReportMetric(median("sqlite"), "sqlite-µs/write")
			b.ReportMetric(median("sqlite")/median("ours"), "ratio")
		})
	}
}
