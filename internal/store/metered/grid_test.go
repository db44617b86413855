//go:build !race

package metered_test

import (
	"testing"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/metered"
	"github.com/railtwin/digitaltwin/internal/store/storetest"
	"github.com/railtwin/digitaltwin/internal/store/swap"
)

// grid is what a write of k of n metrics cost with the layouts of before: wide, with all metrics of a component in one
// item, and narrow, with an item for each.
var grid = []struct{ n, k, wide, narrow int }{
	{5, 1, 1, 1}, {5, 5, 1, 5}, {15, 1, 2, 1}, {15, 5, 2, 5}, {15, 15, 2, 15}, {50, 1, 6, 1}, {50, 5, 6, 5},
	{50, 15, 6, 15}, {50, 50, 6, 50},
	{100, 1, 10, 1}, {100, 5, 10, 5}, {100, 15, 10, 15}, {100, 50, 10, 50}, {100, 100, 20, 100},
	{200, 1, 20, 1}, {200, 5, 20, 5}, {200, 15, 20, 15}, {200, 50, 20, 50}, {200, 100, 40, 100}, {200, 200, 80, 200},
	{440, 1, 44, 1}, {440, 5, 44, 5}, {440, 15, 44, 15}, {440, 50, 44, 50}, {440, 100, 88, 100}, {440, 200, 176, 200},
	{440, 440, 396, 440},
	{460, 1, 92, 1}, {460, 5, 92, 5}, {460, 15, 92, 15}, {460, 50, 92, 50}, {460, 100, 184, 100}, {460, 200, 368, 200},
	{460, 460, 920, 460},
	{500, 1, 100, 1}, {500, 5, 100, 5}, {500, 15, 100, 15}, {500, 50, 100, 50}, {500, 100, 200, 100}, {500, 200, 400, 200},
	{500, 500, 1000, 500},
}

// Ensure that a write of k of n metrics never costs more than the cheaper of the layouts of before, whether the k
// always come together or are any of the n, and whatever their names share.
func TestUnits_Grid(t *testing.T) {
	for _, long := range []bool{false, true} {
		for _, random := range []bool{false, true} {
			for _, tc := range grid {
				table := metered.New()
				w := &swap.Writer{Table: table, Now: storetest.NewClock().Now}
				it := storetest.GridItem(tc.n, tc.k, long)
				write := func(at int, metrics ...int) {
					if _, err := w.Write(t.Context(), []store.Item{storetest.GridRecord(it, at, metrics...)}); err != nil {
						t.Fatal(err)
					}
				}
				records := max(40, 4*tc.n/tc.k)
				for at, metrics := range storetest.GridRecords(tc.n, tc.k, tc.n/tc.k, false) { // until all are there
					write(at, metrics...)
				}
				for at, metrics := range storetest.GridRecords(tc.n, tc.k, records, random) { // and all parts
					write(1000+at, metrics...)
				}
				table.Units = 0
				for at, metrics := range storetest.GridRecords(tc.n, tc.k, records, random) {
					write(1000+records+at, metrics...)
				}
				units := float64(table.Units) / float64(records)
				bytes, parts := table.Size(it.Component, it.Dataset)
				t.Logf("n %3d k %3d random %-5v long names %-5v: %5.2f units; wide %3d, narrow %3d; %5d bytes in %d parts", tc.n,
					tc.k, random, long, units, tc.wide, tc.narrow, bytes, parts)
				if units > float64(min(tc.wide, tc.narrow)) {
					t.Errorf("n %d, k %d, random %v, long names %v: %.2f units, more than %d", tc.n, tc.k, random, long, units,
						min(tc.wide, tc.narrow))
				}
				if tc.n == 500 && tc.k == 500 && units > 20 {
					t.Errorf("500 of 500 cost %.1f units", units)
				}
			}
		}
	}
}
