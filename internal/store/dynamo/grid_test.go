package dynamo_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/metered"
	"github.com/railtwin/digitaltwin/internal/store/packed"
	"github.com/railtwin/digitaltwin/internal/store/storetest"
	"github.com/railtwin/digitaltwin/internal/store/swap"
	"github.com/railtwin/digitaltwin/internal/tier"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// grid is what a write of k of n metrics cost with the layouts of before: wide, with all metrics of a component in one
// item, and narrow, with an item for each.
var grid = []struct{ n, k, wide, narrow int }{
	{5, 1, 1, 1}, {5, 5, 1, 5}, {15, 1, 2, 1}, {15, 5, 2, 5}, {15, 15, 2, 15}, {50, 1, 6, 1}, {50, 5, 6, 5}, {50, 15, 6, 15}, {50, 50, 6, 50},
	{100, 1, 10, 1}, {100, 5, 10, 5}, {100, 15, 10, 15}, {100, 50, 10, 50}, {100, 100, 20, 100},
	{200, 1, 20, 1}, {200, 5, 20, 5}, {200, 15, 20, 15}, {200, 50, 20, 50}, {200, 100, 40, 100}, {200, 200, 80, 200},
	{440, 1, 44, 1}, {440, 5, 44, 5}, {440, 15, 44, 15}, {440, 50, 44, 50}, {440, 100, 88, 100}, {440, 200, 176, 200}, {440, 440, 396, 440},
	{460, 1, 92, 1}, {460, 5, 92, 5}, {460, 15, 92, 15}, {460, 50, 92, 50}, {460, 100, 184, 100}, {460, 200, 368, 200}, {460, 460, 920, 460},
	{500, 1, 100, 1}, {500, 5, 100, 5}, {500, 15, 100, 15}, {500, 50, 100, 50}, {500, 100, 200, 100}, {500, 200, 400, 200}, {500, 500, 1000, 500},
}

// gridItem is a component of n metrics that come in groups of k, with names of some length.
func gridItem(n, k int, long bool) store.Item {
	it := store.Item{Component: "wagon:33-80-7845-123-4", Dataset: "wagon_telemetry"}
	var declared []twin.Metric
	for i := range n {
		name := fmt.Sprintf("axle.%d.bearing.temperature", i)
		if long {
			name = fmt.Sprintf("%08x.temperature", uint32(i)*2654435761)
		}
		declared = append(declared, twin.Metric{Name: name, Group: uint16(i / k)})
		it.Changes = append(it.Changes, &twin.Change{
			Component: it.Component, Dataset: it.Dataset, Metric: name, Value: fmt.Sprintf("%d.%d", 40+i%10, i%7), Unit: "Cel",
			Extractor: "0123456789ab", Revision: 1, Index: uint32(i),
			Position: twin.Position{Stream: "wagon-telemetry-SourceStream3F2A91C7-Qm4Xk0aZ8bTy", Shard: "shardId-000000000002"},
		})
	}
	it.Places = packed.NewPlaces(declared)
	return it
}

// part is a record of some metrics of an item at a time.
func part(it store.Item, at int, metrics ...int) store.Item {
	slices.Sort(metrics)
	out := it
	out.Changes = nil
	for _, i := range metrics {
		c := *it.Changes[i]
		c.EventTime, c.ReceivedAt = twin.Millis(1_790_000_000_000+1000*at), twin.Millis(1_790_000_000_900+1000*at)
		c.Position.Sequence = fmt.Sprintf("495903382714902566085596925383615710959215759891365%05d", at)
		out.Changes = append(out.Changes, &c)
	}
	slices.SortFunc(out.Changes, func(a, b *twin.Change) int { return cmpText(a.Metric, b.Metric) })
	return out
}

func cmpText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// gridRecords are records of k of n metrics: of one group after the other, or of any.
func gridRecords(n, k, records int, random bool) (chosen [][]int) {
	r := rand.New(rand.NewPCG(uint64(n), uint64(k)))
	for i := range records {
		if random {
			chosen = append(chosen, r.Perm(n)[:k])
			continue
		}
		from := i % (n / k) * k
		var group []int
		for j := range k {
			group = append(group, from+j)
		}
		chosen = append(chosen, group)
	}
	return chosen
}

// Ensure that a write of k of n metrics never costs more than the cheaper of the layouts of before, whether the k always
// come together or are any of the n, and whatever their names share.
func TestUnits_Grid(t *testing.T) {
	for _, long := range []bool{false, true} {
		for _, random := range []bool{false, true} {
			if tier.Race() && random != long {
				continue // half of it: this is one goroutine, which takes ten times as long there
			}
			for _, tc := range grid {
				table := metered.New()
				w := &swap.Writer{Table: table, Now: storetest.NewClock().Now}
				it := gridItem(tc.n, tc.k, long)
				write := func(at int, metrics ...int) {
					if _, err := w.Write(t.Context(), []store.Item{part(it, at, metrics...)}); err != nil {
						t.Fatal(err)
					}
				}
				records := max(40, 4*tc.n/tc.k)
				for at, metrics := range gridRecords(tc.n, tc.k, tc.n/tc.k, false) { // until all are there
					write(at, metrics...)
				}
				for at, metrics := range gridRecords(tc.n, tc.k, records, random) { // and all parts
					write(1000+at, metrics...)
				}
				table.Units = 0
				for at, metrics := range gridRecords(tc.n, tc.k, records, random) {
					write(1000+records+at, metrics...)
				}
				units := float64(table.Units) / float64(records)
				bytes, parts := table.Size(it.Component, it.Dataset)
				t.Logf("n %3d k %3d random %-5v long names %-5v: %5.2f units; wide %3d, narrow %3d; %5d bytes in %d parts", tc.n, tc.k, random, long, units, tc.wide, tc.narrow, bytes, parts)
				if units > float64(min(tc.wide, tc.narrow)) {
					t.Errorf("n %d, k %d, random %v, long names %v: %.2f units, more than %d", tc.n, tc.k, random, long, units, min(tc.wide, tc.narrow))
				}
				if tc.n == 500 && tc.k == 500 && units > 20 {
					t.Errorf("500 of 500 cost %.1f units", units)
				}
			}
		}
	}
}

// Ensure that the table in memory counts what the emulator says.
func TestUnits_Metered(t *testing.T) {
	for _, tc := range [][2]int{{5, 5}, {50, 15}, {200, 50}, {500, 500}} {
		n, k := tc[0], tc[1]
		memory, m := metered.New(), newMeter(t)
		w, s := &swap.Writer{Table: memory, Now: storetest.NewClock().Now}, newAlone(t, m, m.table, storetest.NewClock())
		it := gridItem(n, k, false)
		for at, metrics := range gridRecords(n, k, 3*n/k, false) {
			m.reset()
			memory.Units = 0
			if _, err := w.Write(t.Context(), []store.Item{part(it, at, metrics...)}); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Write(t.Context(), []store.Item{part(it, at, metrics...)}); err != nil {
				t.Fatal(err)
			}
			if float64(memory.Units) != m.units {
				t.Errorf("%d of %d metrics, record %d: %d units in memory, %.0f by the emulator", k, n, at, memory.Units, m.units)
			}
		}
	}
}
