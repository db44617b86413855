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

// Applies brings changes into a store: an applier of it, or one of another version.
type Applies func(t *testing.T, changes []twin.Change) []store.Result

// World is what histories are written to.
type World struct {
	store.Store
	Clock *Clock
	// Versions are writers of several versions of the store, the one under test first. Without some there is that one.
	Versions []Applies
	// Begin runs before a group begins, During beside the writers of each phase in which several versions may write, and
	// BeforeForget before the first in which something is forgotten, after which only the version under test writes. Each
	// may be nil.
	Begin, BeforeForget func(t *testing.T)
	During              func(t *testing.T, phase int)
	// After runs after each phase, before what the store holds is compared. It may be nil.
	After func(t *testing.T)
	// End runs after the last group, see Groups. It may be nil.
	End func(t *testing.T)
	// Groups is how many groups are written to this world, one after the other; 0 for ten.
	Groups int
	// Refuses says that changes may be refused at random: they may be lost then, and the model does not know them.
	Refuses bool
}

// groupSize is how many histories run at the same time.
const groupSize = 200

// Histories writes random histories to a world and compares what it holds at the end with the model. A
// history has a few cells in several datasets, few points in time (so that many are equal), late, expired and
// repeated changes, values that fill parts, several writers at once, and components that are forgotten meanwhile, after
// which what was sent before is sent again.
//
// Histories run in groups of 200, at the same time on components of their own, so that a call carries
// changes of many. A group is made from its seed alone. The flags -seed and -histories repeat one, and -histories runs
// more than an ordinary run does, such as
//
//	go test ./internal/store/bolt -run TestStore_Histories -v -timeout 1h -histories 100000
//	go test ./internal/store/dynamo -run _Histories -v -timeout 1h -histories 5000
func Histories(t *testing.T, open func(t *testing.T) World, count int) {
	if testing.Short() {
		count /= 20
	} else if tier.Race() {
		count = max(count/10, min(count, groupSize))
	}
	if *historyCount > 0 {
		count = *historyCount
	}
	seed := *historySeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("%d histories from -seed=%d", count, seed)
	for n := 0; n < count; {
		first := n
		t.Run(fmt.Sprint("from ", first), func(t *testing.T) { n = inWorld(t, open(t), seed, first, count) })
		if n == first { // it failed, or there is no world
			t.SkipNow()
		}
	}
}

// inWorld writes histories to a world of their own, from the nth on, and returns which is the first of the next world.
// A world is a subtest, so that what it takes is freed with it.
func inWorld(t *testing.T, w World, seed uint64, n, count int) int {
	if w.Groups == 0 {
		w.Groups = 10 // a forget list of thousands is slow
	}
	for range w.Groups {
		if n >= count {
			break
		}
		newGroup(&w, seed+uint64(n/groupSize), min(groupSize, count-n)).run(t)
		if t.Failed() {
			t.Fatalf("repeat it with -seed=%d -histories=%d", seed+uint64(n/groupSize), groupSize)
		}
		n += groupSize
	}
	if w.End != nil {
		w.End(t)
	}
	return n
}

// group is histories that run at the same time.
type group struct {
	*World
	seed      uint64
	writers   int
	batches   int // of a writer in a phase
	histories []*history
	order     []int // which versions write in which phase, see versions
}

func newGroup(w *World, seed uint64, n int) *group {
	r := rand.New(rand.NewPCG(seed, 0))
	g := &group{World: w, seed: seed, writers: mostWriters, batches: 1 + r.IntN(3), histories: make([]*history, n)}
	for i := range g.histories {
		g.histories[i] = newHistory(r, seed, i, len(w.Versions) == 0)
	}
	for range phases {
		g.order = append(g.order, r.IntN(3))
	}
	return g
}

// mostWriters is how many write at the same time at most; a history has one of them or more.
const mostWriters = 4

// phases is how many phases a history has. Each is written by all writers at once; in the later ones components are
// forgotten meanwhile, and the clock moves on behind each.
const phases = 4

func (g *group) run(t *testing.T) {
	for name, d := range datasets {
		d.Name = name
		if err := g.PutDataset(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	applier := store.NewApplier(g.Store, g.Clock.Now)
	this := func(t *testing.T, changes []twin.Change) []store.Result {
		results, err := applier.Apply(t.Context(), changes)
		if err != nil {
			t.Error(err)
		}
		return results
	}
	if g.Begin != nil {
		g.Begin(t)
	}
	for phase := range phases {
		if phase == firstForget && g.BeforeForget != nil {
			g.BeforeForget(t)
		}
		start := g.Clock.Millis()
		for _, h := range g.histories {
			*h.began[phase] = start
		}
		var wg sync.WaitGroup
		for w := range g.writers {
			wg.Go(func() {
				for batch := range g.batches {
					g.apply(t, g.version(this, phase, w), phase, w, batch)
				}
			})
		}
		if g.During != nil && phase < firstForget {
			wg.Go(func() { g.During(t, phase) })
		}
		for _, h := range g.histories {
			if target, ok := h.forgets[phase]; ok {
				wg.Go(func() { g.forget(t, h, target, start) })
			}
		}
		wg.Wait()
		if g.After != nil {
			g.After(t)
		}
		g.compare(t)
		g.Clock.Add([]time.Duration{time.Second, 3 * time.Minute, 6 * time.Minute, 2 * time.Hour}[(g.seed+uint64(phase))%4])
	}
	g.compare(t)
}

// version is what a writer writes with in a phase. Versions follow on each other, are there at the same time, and go
// back, until something is forgotten.
func (g *group) version(this Applies, phase, writer int) Applies {
	if len(g.Versions) == 0 || phase >= firstForget && g.BeforeForget != nil {
		return this
	}
	switch g.order[phase] {
	case 0:
		return this
	case 1:
		return g.Versions[writer%len(g.Versions)]
	}
	if writer%2 == 0 {
		return this
	}
	return g.Versions[0]
}

func (g *group) forget(t *testing.T, h *history, target store.Target, start twin.Millis) {
	done, err := store.Forget(t.Context(), g.Store, target)
	for again := 0; g.Refuses && err != nil && again < 20; again++ {
		done, err = store.Forget(t.Context(), g.Store, target)
	}
	if err != nil || done.Floor != start+ahead {
		t.Errorf("forgetting %+v: %+v, %v", target, done, err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.want.forget(target, done.Floor)
}

// apply applies one batch of what a writer has to write in a phase of every history.
func (g *group) apply(t *testing.T, apply Applies, phase, writer, batch int) {
	var changes []twin.Change
	var of []*history
	for _, h := range g.histories {
		if writer >= len(h.phases[phase]) {
			continue
		}
		mine := h.phases[phase][writer]
		for _, c := range mine[len(mine)*batch/g.batches : len(mine)*(batch+1)/g.batches] {
			changes, of = append(changes, c.now()), append(of, h)
		}
	}
	for i, result := range apply(t, changes) {
		c := &changes[i]
		_, _, admitted := twin.Admit(c, Dataset(c.Dataset), g.Clock.Millis())
		refused := result.Outcome == store.Refused
		if result.Outcome == store.Unfinished || refused && admitted && !g.Refuses && result.Reason != twin.TooLarge ||
			!refused && !admitted {
			t.Errorf("%+v: %+v", *c, result)
		}
		if !refused {
			of[i].mu.Lock()
			of[i].want.write(c)
			of[i].mu.Unlock()
		}
	}
}

// compare compares all readings of a group, and the list of its components, with the model.
func (g *group) compare(t *testing.T) {
	t.Helper()
	var components, names []string
	for name := range datasets {
		names = append(names, name)
	}
	expireAfter := map[string]time.Duration{}
	for name, d := range datasets {
		expireAfter[name] = d.ExpireAfter
	}
	var want []twin.Reading
	for _, h := range g.histories {
		components = append(components, h.prefix+"0", h.prefix+"1")
		want = append(want, h.want.served(g.Clock.Millis(), expireAfter)...)
	}
	want = store.InOrder(want)
	got, err := g.Readings(t.Context(), store.ReadingQuery{Components: components, Datasets: names})
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	for _, r := range want {
		there[r.Component] = true
	}
	if !slices.Equal(got, want) {
		differ(t, got, want)
	}
	prefix, _, _ := strings.Cut(components[0], ".")
	listed, err := g.Components(t.Context(), store.ComponentQuery{Datasets: names, Prefix: prefix + ".", Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for component := range there {
		if !slices.Contains(listed, component) {
			t.Errorf("%s is not listed", component)
		}
	}
	if !slices.IsSorted(listed) || len(slices.Compact(slices.Clone(listed))) != len(listed) {
		t.Errorf("the list is %q", listed)
	}
	for _, h := range g.histories {
		for _, component := range []string{h.prefix + "0", h.prefix + "1"} {
			if !h.has(component) && slices.Contains(listed, component) {
				t.Errorf("%s is listed, and nothing is stored of it", component)
			}
		}
	}
}

func differ(t *testing.T, got, want []twin.Reading) {
	t.Helper()
	for _, r := range want {
		if !slices.Contains(got, r) {
			t.Errorf("missing %.600s", brief([]twin.Reading{r}))
		}
	}
	for _, r := range got {
		if !slices.Contains(want, r) {
			t.Errorf("unexpected %.600s", brief([]twin.Reading{r}))
		}
	}
	t.Errorf("%d readings, want %d", len(got), len(want))
}
