package storetest

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/tier"
	"github.com/railtwin/digitaltwin/internal/twin"
)

var (
	historyCount = flag.Int("histories", 0, "random histories to write; 0 for the number of the test")
	historySeed  = flag.Uint64("seed", 0, "seed of the first group of random histories; 0 for one by the clock")
)

// layouts are the datasets of random histories. Wide and also deliver the same metrics.
var layouts = map[string]twin.Layout{"wide": twin.Wide, "also": twin.Wide, "narrow": twin.Narrow}

// Histories writes random histories to s and compares what it holds at the end with the model. A
// history has a few cells in several datasets, few points in time (so that many are equal), late and
// repeated changes, several writers at once, and components that are forgotten in between, after
// which what was sent before is sent again.
//
// Histories run in groups of 200, at the same time on components of their own, so that a call carries
// changes of many. A group is made from its seed alone. The flags -seed and -histories repeat one.
func Histories(t *testing.T, s store.Store, count int) {
	if testing.Short() {
		count /= 20
	} else if tier.Race() {
		count = max(count/10, min(count, 400))
	}
	if *historyCount > 0 {
		count = *historyCount
	}
	seed := *historySeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("%d histories from -seed=%d", count, seed)
	for name, layout := range layouts {
		if err := s.PutDataset(t.Context(), twin.Dataset{Name: name, Layout: layout}); err != nil {
			t.Fatal(err)
		}
	}
	const group = 200
	for n := 0; n < count; n += group {
		runGroup(t, s, seed+uint64(n/group), min(group, count-n))
		if t.Failed() {
			t.Fatalf("repeat it with -seed=%d -histories=%d", seed+uint64(n/group), group)
		}
	}
}

// history is what is done to the components with one prefix. Each phase is written by all writers at
// once and ends with the forgetting of some components.
type history struct {
	prefix string
	phases []phase
	want   model
}

type phase struct {
	writers [][]twin.Change
	forget  map[string]twin.Millis
}

func newHistory(r *rand.Rand, prefix string, writers int) history {
	h := history{prefix: prefix, want: model{map[cellKey]twin.Reading{}, map[itemKey]twin.Rank{}}}
	components := 1 + r.IntN(2)
	metrics := 1 + r.IntN(4)
	datasets := []string{"wide", "narrow", "also"}[:1+r.IntN(3)]
	times := 1 + r.IntN(12)
	var sent []twin.Change
	for range 1 + r.IntN(3) {
		p := phase{writers: make([][]twin.Change, writers), forget: map[string]twin.Millis{}}
		var changes []twin.Change
		for range r.IntN(12) {
			changes = append(changes, randomChange(r, fmt.Sprint(prefix, r.IntN(components)), datasets[r.IntN(len(datasets))], metrics, times))
		}
		for i := range sent { // duplicates, late ones, and replays of what was forgotten
			if r.IntN(4) == 0 {
				changes = append(changes, sent[i])
			}
		}
		sent = append(sent, changes...)
		r.Shuffle(len(changes), func(i, j int) { changes[i], changes[j] = changes[j], changes[i] })
		for i := range changes {
			w := r.IntN(writers)
			p.writers[w] = append(p.writers[w], changes[i])
			if r.IntN(5) == 0 { // delivered twice
				w = r.IntN(writers)
				p.writers[w] = append(p.writers[w], changes[i])
			}
			h.want.write(&changes[i])
		}
		if r.IntN(3) == 0 {
			component, at := fmt.Sprint(prefix, r.IntN(components)), now+twin.Millis(r.IntN(times))
			p.forget[component] = at
			h.want.forget(component, at)
		}
		h.phases = append(h.phases, p)
	}
	return h
}

func randomChange(r *rand.Rand, component, dataset string, metrics, times int) twin.Change {
	revision := uint16(r.IntN(8) / 7)
	c := twin.Change{
		Component: component, Dataset: dataset, Revision: revision, Extractor: fmt.Sprintf("%012x", revision),
		Metric: fmt.Sprint("metric.", r.IntN(metrics)), Value: fmt.Sprint(r.IntN(4)), Unit: []string{"", "km/h"}[r.IntN(2)],
		EventTime: now + twin.Millis(r.IntN(times)), Index: uint32(r.IntN(2)),
	}
	if r.IntN(2) == 0 {
		c.ReceivedAt = now + twin.Millis(r.IntN(2))
	}
	// What ranks alike is the same: the lineage is made from what makes the rank.
	c.Position = twin.Position{Stream: "source", Shard: "shardId-000000000000", Sequence: fmt.Sprintf("1%d%d", c.Index, c.ReceivedAt)}
	return c
}

func runGroup(t *testing.T, s store.Store, seed uint64, n int) {
	r := rand.New(rand.NewPCG(seed, 0))
	writers := 1 + r.IntN(4)
	batches := 1 + r.IntN(3)
	histories := make([]history, n)
	var components []string
	for i := range histories {
		histories[i] = newHistory(r, fmt.Sprintf("h%d.%d:", seed, i), writers)
		components = append(components, histories[i].prefix+"0", histories[i].prefix+"1")
	}
	a := store.NewApplier(s, Clock)
	for phase := range 3 {
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for batch := range batches {
					applyBatch(t, a, histories, phase, w, batch, batches)
				}
			})
		}
		wg.Wait()
		forgetAll(t, s, histories, phase)
	}
	compare(t, s, histories, components)
}

// applyBatch applies one batch of what writer w has to write in a phase of every history.
func applyBatch(t *testing.T, a *store.Applier, histories []history, phase, w, batch, batches int) {
	var changes []twin.Change
	for i := range histories {
		if phase < len(histories[i].phases) {
			mine := histories[i].phases[phase].writers[w]
			changes = append(changes, mine[len(mine)*batch/batches:len(mine)*(batch+1)/batches]...)
		}
	}
	results, err := a.Apply(t.Context(), changes)
	if err != nil {
		t.Error(err)
	}
	for i, result := range results {
		if result.Outcome == store.Unfinished || result.Outcome == store.Refused {
			t.Errorf("%+v: %+v", changes[i], result)
		}
	}
}

func forgetAll(t *testing.T, s store.Store, histories []history, phase int) {
	var wg sync.WaitGroup
	for i := range histories {
		if phase >= len(histories[i].phases) {
			continue
		}
		for component, at := range histories[i].phases[phase].forget {
			wg.Go(func() {
				if err := s.Forget(t.Context(), component, at); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
}

// compare compares all readings of a group, and the list of its components, with the model.
func compare(t *testing.T, s store.Store, histories []history, components []string) {
	t.Helper()
	datasets := []string{"wide", "narrow", "also"}
	got, err := s.Readings(t.Context(), store.ReadingQuery{Components: components, Datasets: datasets})
	if err != nil {
		t.Fatal(err)
	}
	var want []twin.Reading
	var there []string
	for i := range histories {
		for cell, r := range histories[i].want.readings {
			want = append(want, r)
			there = append(there, cell.component)
		}
	}
	want = store.InOrder(want)
	if !slices.Equal(got, want) {
		for _, r := range want {
			if !slices.Contains(got, r) {
				t.Errorf("missing %+v", r)
			}
		}
		for _, r := range got {
			if !slices.Contains(want, r) {
				t.Errorf("unexpected %+v", r)
			}
		}
		t.Errorf("%d readings, want %d", len(got), len(want))
	}
	slices.Sort(there)
	there = slices.Compact(there)
	prefix, _, _ := strings.Cut(components[0], ".")
	listed, err := s.Components(t.Context(), store.ComponentQuery{Datasets: datasets, Prefix: prefix + ".", Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(listed, there) {
		t.Errorf("%d components are listed, want %d", len(listed), len(there))
	}
}
