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
	newest := map[string]*twin.Change{}
	var wg sync.WaitGroup
	for w := range writers {
		r := rand.New(rand.NewPCG(5, uint64(w)))
		var mine [][]*twin.Change
		for range rounds {
			var changes []*twin.Change
			for _, m := range names {
				if r.IntN(3) > 0 {
					c := at(m, twin.Millis(r.IntN(40)), fmt.Sprint(r.IntN(5)))
					changes = append(changes, c)
					if best := newest[m]; best == nil || c.Compare(best) > 0 {
						newest[m] = c
					}
				}
			}
			mine = append(mine, changes)
		}
		wg.Go(func() {
			for _, changes := range mine {
				if got := f.write(f.items(changes...)...); strings.ContainsAny(got, "RU") {
					t.Errorf("got %s", got)
				}
			}
		})
	}
	wg.Wait()
	var want []*twin.Change
	for _, m := range names {
		want = append(want, newest[m])
	}
	f.holds(want...)
}

// newMetricsRace: writers that bring new metrics to one item at the same time all find room.
func newMetricsRace(t *testing.T, f *fixture) {
	const writers, each = 8, 20
	var want []*twin.Change
	var wg sync.WaitGroup
	for w := range writers {
		changes := metrics(w*each, each, twin.Millis(w), "1")
		want = append(want, changes...)
		wg.Go(func() {
			for half := range slices.Chunk(changes, each/2) {
				f.wants(allApplied(len(half)), half...)
			}
		})
	}
	wg.Wait()
	f.holds(want...)
	_ = t
}

// forgetRaces: whatever is written while a component is forgotten, nothing up to the floor is there afterwards, and
// everything above it is.
func forgetRaces(t *testing.T, f *fixture) {
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range 30 {
				below, above := metrics(w*30+i, 1, now+twin.Millis(i), "1")[0], metrics(w*30+i, 1, now+ahead+1, "2")[0]
				f.write(f.items(below)...)
				if i%2 == 0 {
					f.write(f.items(above)...)
				}
				f.write(f.items(below)...)
			}
		})
	}
	f.forget("c:1")
	wg.Wait()
	var want []*twin.Change
	for i := 0; i < 120; i += 2 {
		want = append(want, metrics(i, 1, now+ahead+1, "2")...)
	}
	f.holds(want...)
	_ = t
}

// applier: changes go in by the policies of the catalogue and come out as one result each; the
// newest event time of a dataset follows what was applied.
func applier(t *testing.T, f *fixture) {
	f.must(f.PutDataset(t.Context(), twin.Dataset{Name: "short", ExpireAfter: time.Hour}))
	f.must(f.PutDataset(t.Context(), twin.Dataset{Name: "usual"}))
	change := func(dataset, metric string, eventTime twin.Millis, value string) twin.Change {
		return *of("c:1", dataset, metric, now+eventTime, value)
	}
	changes := []twin.Change{
		change("short", "speed", 5, "1"), change("short", "speed", 7, "2"), change("short", "speed", 6, "3"),
		change("short", "speed", -hour-1, "4"), change("short", "load", 1, "5"),
		change("usual", "speed", -hour-1, "6"), change("usual", "load", 3, "}"), change("unknown", "speed", 400_000, "7"),
		change("unknown", "speed", 4, "8"), change("usual", "speed", -hour-1, "6"),
	}
	a := store.NewApplier(f.Store, f.clock.Now)
	results, err := a.Apply(t.Context(), changes)
	f.must(err)
	want := []store.Result{
		{Outcome: store.Superseded}, {Outcome: store.Applied}, {Outcome: store.Superseded},
		{Outcome: store.Refused, Reason: twin.Expired}, {Outcome: store.Applied},
		{Outcome: store.Applied}, {Outcome: store.Refused, Reason: twin.BadValue},
		{Outcome: store.Refused, Reason: twin.Future},
		{Outcome: store.Applied}, {Outcome: store.Same},
	}
	for i := range results {
		if results[i].Detail = ""; results[i] != want[i] {
			t.Errorf("%+v: got %+v, want %+v", changes[i], results[i], want[i])
		}
	}
	f.reads(store.ReadingQuery{Components: []string{"c:1"}, Datasets: []string{"short", "usual", "unknown"}},
		&changes[4], &changes[1], &changes[8], &changes[5])
	datasets, err := f.Datasets(t.Context())
	f.must(err)
	for i, newest := range []twin.Millis{now + 7, now - hour - 1} {
		if datasets[i].Newest != newest {
			t.Errorf("%s: the newest event time is %d, want %d", datasets[i].Name, datasets[i].Newest, newest)
		}
	}
}
