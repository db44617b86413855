//go:build !race

package dynamo_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/packed"
	"github.com/railtwin/digitaltwin/internal/store/storetest"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// recorded are the items that the records of a dataset's samples are written as, one after the other.
func recorded(t testing.TB, e extractors.Extractor) (items []store.Item) {
	t.Helper()
	program, err := extract.Compile(e.Name+".sql", e.SQL)
	if err != nil {
		t.Fatal(err)
	}
	places, out, n := packed.NewPlaces(program.Dataset().Metrics), program.NewOutput(), 0
	for _, record := range extractors.Records(e.Name) {
		program.Run(record, out)
		position := twin.Position{
			Stream: "wagon-telemetry-SourceStream3F2A91C7-Qm4Xk0aZ8bTy", Shard: "shardId-000000000002",
			Sequence: fmt.Sprintf("495903382714902566085596925383615710959215759891365%05d", n),
		}
		n++
		items = append(items, itemsOf(program, out, places, position)...)
	}
	return items
}

// itemsOf are the items of one record.
func itemsOf(program *extract.Program, out *extract.Output, places *packed.Places,
	position twin.Position) (items []store.Item) {
	for i := range out.Rows {
		c := program.Change(&out.Rows[i], out.Rows[i].EventTime+900, position)
		at := slices.IndexFunc(items, func(it store.Item) bool { return it.Component == c.Component })
		if at < 0 {
			at = len(items)
			items = append(items, store.Item{Component: c.Component, Dataset: c.Dataset, Places: places})
		}
		items[at].Changes = append(items[at].Changes, &c)
	}
	for i := range items {
		slices.SortFunc(items[i].Changes, func(a, b *twin.Change) int {
			if order := strings.Compare(a.Metric, b.Metric); order != 0 {
				return order
			}
			return b.Compare(a)
		})
		items[i].Changes = slices.CompactFunc(items[i].Changes, func(a, b *twin.Change) bool { return a.Metric == b.Metric })
	}
	return items
}

// later moves the times of items on, so that each of them wins.
func later(items []store.Item, by twin.Millis) {
	for i := range items {
		for _, c := range items[i].Changes {
			c.EventTime, c.ReceivedAt = c.EventTime+by, c.ReceivedAt+by
		}
	}
}

// distinct are the first n items of components of their own.
func distinct(items []store.Item, n int) (some []store.Item) {
	seen := map[string]bool{}
	for _, it := range items {
		if !seen[it.Component] && len(some) < n {
			seen[it.Component] = true
			some = append(some, it)
		}
	}
	return some
}

// Ensure that a record of every sample costs one write unit for each component once that is there.
func TestUnits_Samples(t *testing.T) {
	for _, e := range extractors.OnGo() {
		all := recorded(t, e)
		if len(all) == 0 {
			continue
		}
		m := newMeter(t)
		s := newAlone(t, m, m.table, storetest.NewClock())
		for _, it := range all { // so that each component has all of its metrics
			if _, err := s.Write(t.Context(), []store.Item{it}); err != nil {
				t.Fatal(err)
			}
		}
		later(all, 90*24*3_600_000)
		some, sum, most := all[:min(len(all), 150)], 0.0, 0.0
		for _, it := range some {
			m.reset()
			if _, err := s.Write(t.Context(), []store.Item{it}); err != nil {
				t.Fatal(err)
			}
			sum, most = sum+m.units, max(most, m.units)
		}
		t.Logf("%-38s %3d writes, %.2f units each, at most %.0f", e.Name, len(some), sum/float64(len(some)), most)
		if most != 1 {
			t.Errorf("%s: a write costs %.0f units", e.Name, most)
		}
	}
}

// Ensure that items of batches of a hundred and more take at most a fifth of a request each.
func TestUnits_Requests(t *testing.T) {
	m := newMeter(t)
	s := newAlone(t, m, m.table, storetest.NewClock())
	e, err := extractors.Get("hsl_hfp")
	if err != nil {
		t.Fatal(err)
	}
	var items []store.Item
	for n, it := range slices.Repeat(distinct(recorded(t, e), 50), 10) {
		it.Component = fmt.Sprint(it.Component, ":", n)
		for i, c := range it.Changes {
			own := *c
			own.Component = it.Component
			it.Changes = slices.Clone(it.Changes)
			it.Changes[i] = &own
		}
		items = append(items, it)
	}
	if _, err := s.Write(t.Context(), items); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{100, 500} {
		later(items, 1000)
		m.reset()
		results, err := s.Write(t.Context(), items[:n])
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range results {
			for j := range r {
				if r[j].Outcome != store.Applied {
					t.Fatalf("%+v: %+v", items[i].Changes[j], r[j])
				}
			}
		}
		perItem := float64(m.requests) / float64(n)
		t.Logf("%d items: %d requests, %.3f an item, %.0f units, %.0f read units", n, m.requests, perItem, m.units, m.read)
		if perItem > 0.2 || m.units != float64(n) {
			t.Errorf("%d items: %.2f requests each, %.0f units", n, perItem, m.units)
		}
	}
}
