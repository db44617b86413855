package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// writersRace: writers that go at the same cells at the same time end at the newest of each.
func writersRace(t *testing.T, f *fixture) {
	const writers, rounds = 8, 12
	names := []string{"a", "b", "c", "d"}
	newest := map[string]twin.Reading{}
	var wg sync.WaitGroup
	for w := range writers {
		r := rand.New(rand.NewPCG(5, uint64(w)))
		var mine [][]twin.Reading
		for range rounds {
			var readings []twin.Reading
			for _, m := range names {
				if r.IntN(3) > 0 {
					reading := at(m, twin.Millis(r.IntN(40)), fmt.Sprint(r.IntN(5)))
					readings = append(readings, reading)
					if best, ok := newest[m]; !ok || reading.Rank.Wins(best.Rank) {
						newest[m] = reading
					}
				}
			}
			mine = append(mine, readings)
		}
		wg.Go(func() {
			for _, readings := range mine {
				if got := f.write(items(readings...)...); strings.ContainsAny(got, "RU") {
					t.Errorf("got %s", got)
				}
			}
		})
	}
	wg.Wait()
	var want []twin.Reading
	for _, m := range names {
		want = append(want, newest[m])
	}
	f.holds(want...)
}

// newMetricsRace: writers that bring new metrics to one item at the same time all find room.
func newMetricsRace(t *testing.T, f *fixture) {
	const writers, each = 8, 20
	var want []twin.Reading
	var wg sync.WaitGroup
	for w := range writers {
		readings := metrics(w*each, each, twin.Millis(w), "1")
		want = append(want, readings...)
		wg.Go(func() {
			for half := range slices.Chunk(readings, each/2) {
				f.wants(allApplied(len(half)), half...)
			}
		})
	}
	wg.Wait()
	f.holds(want...)
	_ = t
}

// applier: changes go in by the policies of the catalogue and come out as one result each; the
// newest event time of a dataset follows what was applied.
func applier(t *testing.T, f *fixture) {
	f.must(f.PutDataset(t.Context(), twin.Dataset{Name: "wide", ExpireAfter: time.Hour}))
	f.must(f.PutDataset(t.Context(), twin.Dataset{Name: "narrow", Layout: twin.Narrow}))
	change := func(dataset, metric string, eventTime twin.Millis, value string) twin.Change {
		return twin.Change{Dataset: dataset, Component: "c:1", Metric: metric, Value: value, EventTime: now + eventTime}
	}
	const hour = 3_600_000
	changes := []twin.Change{
		change("wide", "speed", 5, "1"), change("wide", "speed", 7, "2"), change("wide", "speed", 6, "3"),
		change("wide", "speed", -hour-1, "4"), change("wide", "load", 1, "5"),
		change("narrow", "speed", -hour-1, "6"), change("narrow", "load", 3, "}"), change("unknown", "speed", 400_000, "7"),
		change("unknown", "speed", 4, "8"), change("narrow", "speed", -hour-1, "6"),
	}
	a := store.NewApplier(f.Store, Clock)
	results, err := a.Apply(t.Context(), changes)
	f.must(err)
	want := []store.Result{
		{Outcome: store.Superseded}, {Outcome: store.Applied}, {Outcome: store.Superseded},
		{Outcome: store.Refused, Reason: twin.Expired}, {Outcome: store.Applied},
		{Outcome: store.Applied}, {Outcome: store.Refused, Reason: twin.BadValue}, {Outcome: store.Refused, Reason: twin.Future},
		{Outcome: store.Applied}, {Outcome: store.Superseded},
	}
	for i := range results {
		if results[i].Detail = ""; results[i] != want[i] {
			t.Errorf("%+v: got %+v, want %+v", changes[i], results[i], want[i])
		}
	}
	f.reads(store.ReadingQuery{Components: []string{"c:1"}, Datasets: []string{"wide", "narrow", "unknown"}},
		changes[4].Reading(), changes[5].Reading(), changes[8].Reading(), changes[1].Reading())
	datasets, err := f.Datasets(t.Context())
	f.must(err)
	for i, newest := range []twin.Millis{now - hour - 1, now + 7} {
		if datasets[i].Newest != newest {
			t.Errorf("%s: the newest event time is %d, want %d", datasets[i].Name, datasets[i].Newest, newest)
		}
	}
}
