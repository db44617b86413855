package swap

import (
	"context"
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/store/packed"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// route sends tasks past the parts that are known to be split, to the parts where their readings belong.
func (b *batch) route(tasks []*task) []*task {
	b.mu.Lock()
	known := len(b.cuts) > 0
	b.mu.Unlock()
	if !known {
		return tasks
	}
	var routed []*task
	for len(tasks) > 0 {
		t := tasks[0]
		tasks = tasks[1:]
		b.mu.Lock()
		cuts := b.cuts[t.key]
		b.mu.Unlock()
		if cuts == nil || t.at != nil || t.split {
			routed = append(routed, t)
			continue
		}
		tasks = append(tasks, parts(t, cuts, t.floor, packed.MaxParts)...)
	}
	return routed
}

// learn remembers that a part is split.
func (w *Writer) learn(key Key, cuts []packed.Place) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cuts == nil || len(w.cuts) >= mostCuts {
		w.cuts = map[Key][]packed.Place{}
	}
	w.cuts[key] = cuts
}

// descend takes a task to the parts of its item, which is split.
func (b *batch) descend(t *task) {
	if t.split { // another writer has done it
		b.ended(t)
		return
	}
	b.todo = append(b.todo, parts(t, t.at.Block.Cuts, max(t.floor, t.at.Floor), t.at.Block.Parts())...)
}

// parts takes a task apart by the parts in which what it offers belongs. They finish what its parent waits for.
func parts(t *task, cuts []packed.Place, floor twin.Millis, share int) []*task {
	byPart := map[uint64]*task{}
	var parts []*task
	for i := range t.offers {
		number := packed.Child(t.key.Part, cuts, t.item.Places.Of(t.offers[i].Metric))
		p := byPart[number]
		if p == nil {
			p = &task{
				key: Key{t.key.Component, t.key.Dataset, number}, item: t.item, floor: floor, parent: t.parent,
				share: max(share/(len(cuts)+1), 1),
			}
			byPart[number] = p
			parts = append(parts, p)
		}
		p.offers, p.result = append(p.offers, t.offers[i]), append(p.result, t.result[i])
	}
	if t.parent != nil {
		t.parent.waiting += len(parts) - 1
	}
	return parts
}

// move begins to split an item: its readings, and those that it is offered, are written to its parts first. Whoever
// reads them meanwhile finds some twice, of which the greater counts.
func (b *batch) move(t *task, state packed.State) {
	t.settleLosers()
	slots := map[string]slot{}
	for i, v := range t.verdicts {
		if v == packed.Wins || v == packed.Replaces {
			s := t.result[i]
			s.same = s.same || v == packed.Replaces
			if at, found := slices.BinarySearchFunc(t.kept, t.offers[i].Metric, compareMetric); found &&
				(s.former == nil || t.kept[at].Compare(s.former) > 0) {
				s.former = &t.kept[at]
			}
			slots[t.offers[i].Metric] = s
		}
	}
	carried := &task{key: t.key, item: t.item, offers: state.Block.Entries}
	for i := range carried.offers {
		carried.result = append(carried.result, slots[carried.offers[i].Metric])
	}
	parts := parts(carried, t.cuts, state.Floor, state.Block.Parts())
	for _, p := range parts {
		p.parent = t
	}
	t.waiting, t.broken, t.floor = len(parts), false, max(t.floor, state.Floor)
	t.offers, t.result, t.verdicts, t.split = nil, nil, nil, true
	b.todo = append(b.todo, parts...)
}

func compareMetric(e packed.Entry, metric string) int { return strings.Compare(e.Metric, metric) }

// ended tells the task that waits for t that it has ended. Once all of its parts are written, its item is cut.
func (b *batch) ended(t *task) {
	p := t.parent
	if p == nil {
		return
	}
	if p.waiting--; p.waiting > 0 {
		return
	}
	if !p.broken {
		b.split = append(b.split, p)
		return
	}
	if p.parent != nil {
		p.parent.broken = true
	}
	b.ended(p)
}

// cut writes the cuts of items whose readings are in their parts now, in place of the readings.
func (b *batch) cut(ctx context.Context) {
	tasks := b.split
	b.split = nil
	swaps := make([]Swap, len(tasks))
	for i, t := range tasks {
		share := t.share
		if t.at.Exists {
			share = t.at.Block.Share
		}
		state := packed.State{Floor: t.floor, Expiry: t.at.Expiry, Block: packed.Block{Share: share, Cuts: t.cuts}}
		state.Expire(t.item.ExpireAfter)
		swaps[i] = b.swap(t, state)
	}
	b.write(ctx, tasks, swaps)
}
