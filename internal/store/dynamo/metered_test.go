package dynamo_test

import (
	"testing"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/metered"
	"github.com/railtwin/digitaltwin/internal/store/storetest"
	"github.com/railtwin/digitaltwin/internal/store/swap"
)

// Ensure that the table in memory counts what the emulator says.
func TestUnits_Metered(t *testing.T) {
	for _, tc := range [][2]int{{5, 5}, {50, 15}, {200, 50}, {500, 500}} {
		n, k := tc[0], tc[1]
		memory, m := metered.New(), newMeter(t)
		w, s := &swap.Writer{Table: memory, Now: storetest.NewClock().Now}, newAlone(t, m, m.table, storetest.NewClock())
		it := storetest.GridItem(n, k, false)
		for at, metrics := range storetest.GridRecords(n, k, 3*n/k, false) {
			m.reset()
			memory.Units = 0
			if _, err := w.Write(t.Context(), []store.Item{storetest.GridRecord(it, at, metrics...)}); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Write(t.Context(), []store.Item{storetest.GridRecord(it, at, metrics...)}); err != nil {
				t.Fatal(err)
			}
			if float64(memory.Units) != m.units {
				t.Errorf("%d of %d metrics, record %d: %d units in memory, %.0f by the emulator", k, n, at, memory.Units, m.units)
			}
		}
	}
}
