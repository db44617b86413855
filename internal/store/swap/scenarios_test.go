package swap

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/packed"
	"github.com/railtwin/digitaltwin/internal/twin"
)

func change(metric string, at twin.Millis) *twin.Change {
	return &twin.Change{Component: "c", Dataset: "d", Metric: metric, Value: "1", EventTime: at}
}

// sequence is the same change from another place, which a duplicate is.
func sequence(c *twin.Change, number string) *twin.Change {
	d := *c
	d.Position.Sequence = number
	return &d
}

// scenario is a small history: what is there at first, what is written at once, and what else happens meanwhile.
type scenario struct {
	name    string
	before  []*twin.Change   // stored
	older   []*twin.Change   // stored in the older form
	writers [][]*twin.Change // each in a writer of its own, in one call
	after   []*twin.Change   // written at the end
	old     []*twin.Change   // written by a writer of the older form
	forget  twin.Millis      // a component up to here; 0 for none
	prefix  bool             // by a prefix that it begins with
	expire  time.Duration
	now     twin.Millis // DynamoDB sweeps at this time
	stale   bool
	lost    bool
}

const part0 = 0

// run takes the actors of a scenario through one order, and compares what is served then with the model: of each metric
// the greatest of all changes above what was forgotten.
func (s *scenario) run(x *explorer) error { return s.runWith(x, "") }

func (s *scenario) runWith(x *explorer, f fault) error {
	w := newWorld(x)
	w.fault = f
	w.stale, w.lost, w.expireAfter, w.now = s.stale, s.lost, s.expire, s.now
	w.forgets, w.migrates = s.forget > 0, s.older != nil || s.old != nil
	for _, c := range s.older {
		w.older[c.Metric] = packed.NewEntry(c, nil)
	}
	if len(s.before) > 0 {
		w.seed(s.before)
	}
	errs := make([]error, len(s.writers)+2)
	outcomes := make([][]store.Result, len(s.writers))
	var actors []func(*actor)
	for i, changes := range s.writers {
		actors = append(actors, func(a *actor) { outcomes[i], errs[i] = side{w, a}.write(changes) })
	}
	if s.forget > 0 {
		actors = append(actors, func(a *actor) {
			errs[len(s.writers)] = side{w, a}.forget(store.Target{Name: "c", Prefix: s.prefix}, s.forget)
		})
	}
	if s.old != nil {
		actors = append(actors, func(a *actor) { side{w, a}.old(s.old) })
	}
	if s.now > 0 {
		actors = append(actors, func(a *actor) { side{w, a}.sweep(Key{"c", "d", part0}) })
	}
	if err := x.run(actors...); err != nil {
		return err
	}
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	if err := w.compare(s, outcomes, s.writers); err != nil || len(s.after) == 0 {
		return err
	}
	var last []store.Result
	if err := x.run(func(a *actor) { last, errs[0] = side{w, a}.write(s.after) }); err != nil {
		return err
	}
	if errs[0] != nil {
		return errs[0]
	}
	return w.compare(s, append(outcomes, last), append(slices.Clone(s.writers), s.after))
}

func sortByMetric(c changes) {
	slices.SortFunc(c, func(a, b *twin.Change) int { return strings.Compare(a.Metric, b.Metric) })
}

// seed stores changes as a writer would have.
func (w *world) seed(changes []*twin.Change) {
	state := packed.State{Floor: packed.NoFloor}
	for _, c := range changes {
		state.Block.Entries = packed.Join(state.Block.Entries, []packed.Entry{packed.NewEntry(c, nil)})
	}
	state.Expire(w.expireAfter)
	w.set(Key{"c", "d", part0}, Item{State: state, Exists: true, Tag: packed.TagOf(state.Floor, state.Block.Append(nil))})
}

// compare holds what is served, and what became of every change, to the model.
func (w *world) compare(s *scenario, outcomes [][]store.Result, written [][]*twin.Change) error {
	floor := packed.NoFloor
	if s.forget > 0 {
		floor = s.forget
	}
	best := map[string]*twin.Change{}
	for _, changes := range slices.Concat([][]*twin.Change{s.before, s.older, s.old}, written) {
		for _, c := range changes {
			if c.EventTime > floor && !packed.Expired(c.EventTime, s.expire, s.now) &&
				(best[c.Metric] == nil || c.Compare(best[c.Metric]) > 0) {
				best[c.Metric] = c
			}
		}
	}
	served := w.served()
	for _, metric := range slices.Sorted(maps.Keys(served)) {
		e := served[metric]
		if best[metric] == nil || e.Reading("c", "d") != best[metric].Reading() {
			return fmt.Errorf("%s is served: %+v", metric, e)
		}
	}
	if len(served) != len(best) {
		return fmt.Errorf("%d metrics are served, want %d", len(served), len(best))
	}
	for k := range w.versions {
		for _, e := range w.current(k).Block.Entries {
			if s.forget > 0 && e.EventTime <= floor {
				return fmt.Errorf("what was forgotten is stored: %+v", e)
			}
		}
	}
	return judged(outcomes, written, best)
}

// judged holds outcomes to what must be: nothing is left unfinished or refused, and what is served was not late.
func judged(outcomes [][]store.Result, written [][]*twin.Change, best map[string]*twin.Change) error {
	for i, results := range outcomes {
		for j, r := range results {
			c := written[i][j]
			switch {
			case r.Outcome == store.Unfinished || r.Outcome == store.Refused || r.Outcome == store.Superseded:
				return fmt.Errorf("%s at %d ended as %+v", c.Metric, c.EventTime, r)
			case best[c.Metric] == c && r.Outcome == store.Late:
				return fmt.Errorf("%s at %d is served and was late", c.Metric, c.EventTime)
			}
		}
	}
	return nil
}

type changes = []*twin.Change

// large is a change whose value fills most of a part, so that two of them are too much for one.
func large(metric string, at twin.Millis) *twin.Change {
	c := change(metric, at)
	c.Value = strings.Repeat("1", 700)
	return c
}

// scenarios are explored whole. Their numbers are those of the faults that a first design had, see docs/store.md.
func scenarios() []scenario {
	a5, a7, a9, b3, b8 := change("a", 5), change("a", 7), change("a", 9), change("b", 3), change("b", 8)
	const four = 4 * time.Millisecond
	return []scenario{
		{name: "two writers, one item", before: changes{a5, b3}, writers: []changes{{a7, b8}, {a9}}, stale: true, lost: true},
		{name: "two writers, no item yet", writers: []changes{{a7, b3}, {a9}}, stale: true, lost: true},
		{name: "three writers, one item", before: changes{a5}, writers: []changes{{a7}, {a9, b3}, {b8}}, stale: true,
			lost: true},
		{name: "three writers, no item yet", writers: []changes{{a7}, {a9}, {b8}}, stale: true, lost: true},
		// 6
		{name: "duplicates end", before: changes{a5}, writers: []changes{{a7}, {a7}, {a7}}, stale: true, lost: true},
		// 6
		{name: "lost answers end", before: changes{a5}, writers: []changes{{a7}, {a7, b3}}, stale: true, lost: true},
		// 10
		{name: "equal rank, other lineage", writers: []changes{{sequence(a7, "1")}, {sequence(a7, "3")}},
			before: changes{sequence(a7, "2")}},
		// 1, 2, 4
		{name: "forget beside a first write", writers: []changes{{a7}}, forget: 8, after: changes{a7, a5}, stale: true,
			lost: true},
		// 1, 2, 3
		{name: "forget beside two first writes", writers: []changes{{a7}, {a9}}, forget: 8, after: changes{a7, a5},
			stale: true},
		{name: "forget beside an update", before: changes{a5, b3}, writers: []changes{{a7}}, forget: 8,
			after: changes{a7, b8}, stale: true, lost: true},
		// 1, 3
		{name: "forget beside two updates", before: changes{a5}, writers: []changes{{a7}, {a9}}, forget: 8,
			after: changes{a7}, stale: true},
		{name: "forget beside three first writes", writers: []changes{{a7}, {a9}, {b3}}, forget: 8, after: changes{a7}},
		{name: "forget beside a write with stale reads and lost answers", before: changes{a5},
			writers: []changes{{a7, b8}, {a9}}, forget: 7, lost: true},
		{name: "forget and an older item", older: changes{a5}, writers: []changes{{a7}}, forget: 8, after: changes{a5, a9},
			stale: true},
		// 3, 5
		{name: "forget beside what stays", before: changes{a5}, writers: []changes{{a9, b3}}, forget: 8, after: changes{a5},
			stale: true},
		// 2
		{name: "forget a prefix beside a first write", writers: []changes{{a7}}, forget: 8, prefix: true,
			after: changes{a7, a5}, stale: true},
		{name: "forget a prefix beside two writers", before: changes{a5}, writers: []changes{{a7}, {a9}}, forget: 8,
			prefix: true},
		{name: "forget and expiry beside a writer", before: changes{a5}, writers: []changes{{change("a", 2999)}},
			after: changes{change("b", 2000)}, forget: 2500, expire: four, now: 3000, stale: true},
		// 7
		{name: "expiry beside a late write", before: changes{a5}, writers: []changes{{b8}}, expire: four, now: 3000,
			stale: true},
		// 7
		{name: "deleted and made again", before: changes{a5}, writers: []changes{{change("a", 2999)}, {change("b", 2998)}},
			expire: four, now: 3000, stale: true, lost: true},
		// 7
		{name: "an old reading beside a new one", before: changes{change("b", 2999)}, writers: []changes{{a5}}, expire: four,
			now: 3000, stale: true},
		// 8
		{name: "an older item at the first write", older: changes{a5, b8}, writers: []changes{{a7, b3}}, old: changes{a9},
			stale: true, lost: true},
		// 8
		{name: "an older item beside two first writes", older: changes{a5}, writers: []changes{{a7}, {b3}},
			old: changes{a9, b8}, stale: true},
		{name: "two writers split an item", before: changes{large("a", 5)},
			writers: []changes{{large("b", 3)}, {large("c", 4), a7}}},
		{name: "a split beside a writer", before: changes{large("a", 5)}, writers: []changes{{large("b", 3)}, {a7}},
			stale: true, lost: true},
		{name: "a first write that is split", writers: []changes{{large("a", 5), large("b", 3)}, {a7}}, stale: true},
		{name: "a split beside a forget", before: changes{large("a", 5)}, writers: []changes{{large("b", 9)}}, forget: 8,
			after: changes{a7}, stale: true},
	}
}
