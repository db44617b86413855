package bolt_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/bolt"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// BenchmarkWrite writes a batch of 500 changes, five metrics of 100 components, through the disk and
// without it.
func BenchmarkWrite(b *testing.B) {
	for _, noSync := range []bool{false, true} {
		b.Run(fmt.Sprintf("sync=%v", !noSync), func(b *testing.B) {
			s, err := bolt.Open(filepath.Join(b.TempDir(), "twin.db"), &bolt.Options{NoSync: noSync})
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = s.Close() }()
			n := 0
			for b.Loop() {
				var items []store.Item
				for c := range 100 {
					it := store.Item{Component: fmt.Sprintf("wagon:%d", (n*100+c)%5000), Dataset: "wagons"}
					for m := range 5 {
						change := &twin.Change{Component: it.Component, Dataset: it.Dataset, Metric: fmt.Sprint("metric.", m),
							Value: "82.4", Unit: "km/h",
							Extractor: "0123456789ab", EventTime: twin.Millis(n),
							Position: twin.Position{Stream: "wagons", Shard: "0", Sequence: fmt.Sprint(n)}}
						it.Changes = append(it.Changes, change)
					}
					items = append(items, it)
				}
				n++
				if _, err := s.Write(b.Context(), items); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n*500)/b.Elapsed().Seconds(), "changes/s")
		})
	}
}

// BenchmarkOpen opens files of ten thousand and of a million readings, which were closed.
func BenchmarkOpen(b *testing.B) {
	for _, readings := range []int{10_000, 1_000_000} {
		b.Run(fmt.Sprint(readings), func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "twin.db")
			s, err := bolt.Open(path, &bolt.Options{NoSync: true})
			if err != nil {
				b.Fatal(err)
			}
			for from := 0; from < readings; from += 5000 {
				var items []store.Item
				for n := range 5000 / 10 {
					it := store.Item{Component: fmt.Sprintf("wagon:%d", from/10+n), Dataset: "wagons"}
					for m := range 10 {
						it.Changes = append(it.Changes, &twin.Change{Component: it.Component, Dataset: it.Dataset,
							Metric: fmt.Sprint("metric.", m), Value: "82.4", EventTime: 1})
					}
					items = append(items, it)
				}
				if _, err := s.Write(b.Context(), items); err != nil {
					b.Fatal(err)
				}
			}
			if err := s.Close(); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				s, err := bolt.Open(path, nil)
				if err == nil {
					err = s.Close()
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
