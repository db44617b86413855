package swap

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/packed"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// world is the table of a scenario.
type world struct {
	x        *explorer
	versions map[Key][]Item // what an item was and is; the last counts
	older    map[string]packed.Entry
	floor    twin.Millis // of the older form
	entries  []store.Forgotten
	waited   bool        // nobody uses a list without the entries any more
	now      twin.Millis // what DynamoDB deletes by

	stale, lost       bool // reads may be stale; answers of swaps may be lost, and then they are sent again
	forgets, migrates bool // something is forgotten, or in the older form
	fault             fault
	expireAfter       time.Duration
}

func newWorld(x *explorer) *world {
	return &world{x: x, versions: map[Key][]Item{}, older: map[string]packed.Entry{}, floor: packed.NoFloor}
}

func (w *world) current(k Key) Item {
	if v := w.versions[k]; len(v) > 0 {
		return v[len(v)-1]
	}
	return Item{State: packed.State{Floor: packed.NoFloor}}
}

// keys are those of all items, in order.
func (w *world) keys() []Key {
	return slices.SortedFunc(maps.Keys(w.versions), func(a, b Key) int { return int(a.Part) - int(b.Part) })
}

func (w *world) set(k Key, it Item) { w.versions[k] = append(w.versions[k], it) }

// list is the forget list as it is now, and a time that stands for its version.
func (w *world) list() (*store.ForgetList, time.Time) {
	return store.NewForgetList(w.entries), time.Unix(int64(1+len(w.entries)), 0)
}

// resource is what a step can read or write beside items.
type resource string

const (
	forgetList resource = "forget list"
	waited     resource = "wait"
	olderForm  resource = "older form"
	anyItem    resource = "any item"
)

// accessOf is what a swap touches. Only one that makes an item asks how old its list is.
func (w *world) accessOf(s Swap) access {
	a := access{writes: []any{s.Key, anyItem}}
	if !s.Old.Exists {
		a.reads = []any{waited, forgetList}
	}
	if w.fault == absorbed {
		a.writes = append(a.writes, olderForm)
	}
	return a
}

// side is how one actor sees the world: each of its calls is as many steps as it has items.
type side struct {
	*world
	*actor
}

var errTooOld = errors.New("the list is too old")

func (s side) Get(_ context.Context, keys []Key, consistent bool) []Read {
	out := make([]Read, len(keys))
	for i, k := range keys {
		s.step(access{reads: []any{k}}, func() {
			out[i].Item = s.current(k)
			if n := len(s.versions[k]); (!consistent || s.fault == staleAgain) && s.stale && n > 0 && s.x.choose(2) == 1 {
				out[i].Item = Item{State: packed.State{Floor: packed.NoFloor}}
				if n > 1 {
					out[i].Item = s.versions[k][n-2]
				}
			}
		})
	}
	return out
}

func (s side) Swap(_ context.Context, swaps []Swap) []Swapped {
	out := make([]Swapped, len(swaps))
	for i, sw := range swaps {
		s.step(s.accessOf(sw), func() {
			out[i] = s.swap(sw)
			if s.lost && out[i] == (Swapped{}) && s.x.choose(2) == 1 {
				out[i] = s.swap(sw)
			}
		})
	}
	return out
}

func (w *world) swap(s Swap) Swapped {
	_, until := w.list()
	now := w.current(s.Key)
	switch {
	case !s.Old.Exists && w.waited && s.Until.Before(until) && w.fault != oldList:
		return Swapped{Err: errTooOld}
	case now.Exists != s.Old.Exists, now.Exists && now.Tag != s.Old.Tag &&
		!(w.fault == countedTag && now.count() == s.Old.count()):
		return Swapped{Changed: true, Seen: &now}
	}
	w.plant(&s)
	w.set(s.Key, s.New)
	return Swapped{}
}

// fault is something of the first design that was wrong. The exploration must find it.
type fault string

const (
	oldList    fault = "an item is made with an old list"
	dropped    fault = "an entry is dropped from the list"
	removed    fault = "forgetting removes the item"
	noFloor    fault = "a swap keeps no floor"
	countedTag fault = "a tag that is a count"
	byClock    fault = "an expiry by another reading"
	absorbed   fault = "the first write deletes the older item"
	staleAgain fault = "late is what a stale read shows"
)

// count stands for a tag that is a count: of what was written since the item was made.
func (it *Item) count() int { return len(it.Block.Entries) }

// plant makes a swap what a fault would.
func (w *world) plant(s *Swap) {
	switch w.fault {
	case noFloor:
		s.New.Floor = packed.NoFloor
	case byClock:
		if n := len(s.New.Block.Entries); n > 0 {
			s.New.Expiry = int64(s.New.Block.Entries[0].EventTime)/1000 + 1
		}
	case removed:
		if s.New.Floor > s.Old.Floor && len(s.New.Block.Entries) < len(s.Old.Block.Entries) {
			s.New = Item{State: packed.State{Floor: packed.NoFloor}}
		}
	case absorbed:
		if !s.Old.Exists {
			clear(w.older)
		}
	}
}

func (s side) Older(_ context.Context, queries []OlderQuery) []Older {
	out := make([]Older, len(queries))
	for i := range queries {
		s.stepIf(s.migrates, access{reads: []any{olderForm}}, func() {
			out[i].Floor = s.floor
			for _, metric := range slices.Sorted(maps.Keys(s.older)) {
				out[i].Entries = append(out[i].Entries, s.older[metric])
			}
		})
	}
	return out
}

func (s side) Forgotten(context.Context) (list *store.ForgetList, until time.Time, err error) {
	s.stepIf(s.forgets, access{reads: []any{forgetList}}, func() { list, until = s.list() })
	return list, until, nil
}

// stepIf makes a step of what depends on when it is done only.
func (s side) stepIf(depends bool, what access, do func()) {
	if depends {
		s.step(what, do)
	} else {
		do()
	}
}

func (s side) All(_ context.Context, component string) (all []Kept, err error) {
	s.step(access{reads: []any{anyItem}}, func() {
		for _, k := range s.keys() {
			if it := s.current(k); it.Exists && k.Component == component {
				all = append(all, Kept{k, it, s.expireAfter})
			}
		}
	})
	return all, nil
}

// Listed gives what an index that lags behind by one version of each item gives at the worst.
func (s side) Listed(_ context.Context, prefix, after string, _ int) (names []string, err error) {
	s.step(access{reads: []any{anyItem}}, func() {
		for _, k := range s.keys() {
			v := s.versions[k]
			it := v[len(v)-1]
			if len(v) > 1 && s.stale && s.x.choose(2) == 1 {
				it = v[len(v)-2]
			}
			if it.Exists && len(it.Block.Entries) > 0 && strings.HasPrefix(k.Component, prefix) && k.Component > after {
				names = append(names, k.Component)
			}
		}
	})
	slices.Sort(names)
	return slices.Compact(names), nil
}

func (s side) Enter(_ context.Context, e store.Forgotten) error {
	s.step(access{writes: []any{forgetList}}, func() { s.entries = append(s.entries, e) })
	return nil
}

func (s side) Datasets(context.Context) ([]twin.Dataset, error) { return nil, nil }

// wait stands for the time after which nobody uses an older list.
func (s side) wait() { s.step(access{writes: []any{waited}}, func() { s.waited = true }) }

// write offers changes, and once more what was not finished, until it is.
func (s side) write(changes []*twin.Change) (outcomes []store.Result, err error) {
	w := &Writer{Table: s, Now: func() time.Time { return time.Unix(0, 0) }}
	outcomes = make([]store.Result, len(changes))
	for range 10 {
		item := store.Item{Component: "c", Dataset: "d", ExpireAfter: s.expireAfter}
		var at []int
		for i, c := range changes {
			if outcomes[i].Outcome == store.Unfinished {
				item.Changes, at = append(item.Changes, c), append(at, i)
			}
		}
		if len(at) == 0 {
			return outcomes, nil
		}
		var results [][]store.Result
		results, err = w.Write(context.Background(), []store.Item{item})
		for j, i := range at {
			outcomes[i] = results[0][j]
		}
	}
	return outcomes, fmt.Errorf("not finished: %w", err)
}

// forget forgets the component up to a time, as a [Forgetter] does, with the wait as a step.
func (s side) forget(target store.Target, floor twin.Millis) error {
	g := &Forgetter{Keeper: s, Now: func() time.Time { return floor.Time().Add(-twin.DefaultMaxFuture) }}
	f, err := g.BeginForget(context.Background(), target)
	if err == nil && f.Floor != floor {
		err = fmt.Errorf("the floor is %d, want %d", f.Floor, floor)
	}
	s.wait()
	for err == nil && !f.Done {
		err = g.ContinueForget(context.Background(), &f)
	}
	if s.fault == dropped {
		s.step(access{writes: []any{forgetList}}, func() { s.entries = nil })
	}
	return err
}

// old is a writer of the older form: a guarded update of one item.
func (s side) old(changes []*twin.Change) {
	for _, c := range changes {
		s.step(access{writes: []any{olderForm}}, func() {
			e := packed.NewEntry(c, nil)
			if stored, ok := s.older[c.Metric]; c.EventTime > s.floor && (!ok || e.Compare(&stored) > 0) {
				s.older[c.Metric] = e
			}
		})
	}
}

// sweep is DynamoDB deleting an item once its time has come.
func (s side) sweep(k Key) {
	s.step(access{writes: []any{k, anyItem}}, func() {
		if it := s.current(k); it.Exists && it.Expiry != 0 && it.Expiry*1000 < int64(s.now) {
			s.set(k, Item{State: packed.State{Floor: packed.NoFloor}})
		}
	})
}

// served is what a reader with the list of now serves of the component.
func (w *world) served() map[string]packed.Entry {
	list, _ := w.list()
	floor := max(list.Floor("c"), w.floor)
	all := slices.Collect(maps.Values(w.older))
	for k := range w.versions {
		it := w.current(k)
		floor = max(floor, it.Floor)
		all = append(all, it.Block.Entries...)
	}
	served := map[string]packed.Entry{}
	for _, e := range all {
		if best, ok := served[e.Metric]; e.EventTime > floor && !packed.Expired(e.EventTime, w.expireAfter, w.now) &&
			(!ok || e.Compare(&best) > 0) {
			served[e.Metric] = e
		}
	}
	return served
}
