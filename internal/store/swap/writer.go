package swap

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/packed"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Writer brings items into a table. It is safe for concurrent use.
type Writer struct {
	Table Table
	Now   func() time.Time

	mu   sync.Mutex
	cuts map[Key][]packed.Place // parts that are known to be split, so that they need not be read
}

// mostCuts bounds how many of them are remembered.
const mostCuts = 10_000

// Write is the Write of a [store.Writer].
func (w *Writer) Write(ctx context.Context, items []store.Item) ([][]store.Result, error) {
	results := make([][]store.Result, len(items))
	b := &batch{Writer: w, now: twin.MillisOf(w.Now())}
	for i := range items {
		results[i] = make([]store.Result, len(items[i].Changes))
		if len(items[i].Changes) > 0 {
			b.todo = append(b.todo, newTask(&items[i], results[i]))
		}
	}
	err := ctx.Err()
	if err == nil && len(b.todo) > 0 {
		b.list, b.until, err = w.Table.Forgotten(ctx)
	}
	if err != nil {
		return results, fmt.Errorf("swap: %w", err)
	}
	for len(b.todo) > 0 && ctx.Err() == nil {
		b.round(ctx)
	}
	if b.err == nil && ctx.Err() != nil {
		b.err = fmt.Errorf("swap: %d items are not finished: %w", len(b.todo), ctx.Err())
	}
	return results, b.err
}

func newTask(item *store.Item, results []store.Result) *task {
	t := &task{
		key: Key{Component: item.Component, Dataset: item.Dataset}, item: item, floor: packed.NoFloor,
		offers: make([]packed.Entry, 0, len(item.Changes)), result: make([]slot, len(results)),
	}
	var last *packed.Entry
	for i, c := range item.Changes {
		t.offers = append(t.offers, packed.NewEntry(c, last))
		t.result[i].Result, last = &results[i], &t.offers[i]
	}
	return t
}

// batch is one call of Write.
type batch struct {
	*Writer
	now   twin.Millis
	list  *store.ForgetList
	until time.Time // items may be made
	todo  []*task
	split []*task // whose readings have been moved to their parts
	err   error   // the first
}

// round takes every task one step further: items are read, judged and swapped.
func (b *batch) round(ctx context.Context) {
	tasks := b.todo
	b.todo = nil
	tasks = b.route(tasks)
	b.get(ctx, tasks, false)
	b.get(ctx, tasks, true)
	var firsts, swaps []*task
	var states []Swap
	for _, t := range tasks {
		if t.at == nil { // could not be read
			continue
		}
		if len(t.at.Block.Cuts) > 0 {
			b.learn(t.key, t.at.Block.Cuts)
			b.descend(t)
			continue
		}
		switch next, state := b.judge(t); next {
		case read:
			b.todo = append(b.todo, t)
		case first:
			firsts = append(firsts, t)
		case move:
			b.move(t, state)
		case write:
			swaps, states = append(swaps, t), append(states, b.swap(t, state))
		case finished:
			b.ended(t)
		}
	}
	b.first(ctx, firsts)
	b.write(ctx, swaps, states)
	for len(b.split) > 0 {
		b.cut(ctx)
	}
}

// judge is the task's own, with a panic as the outcome of the task.
func (b *batch) judge(t *task) (next step, state packed.State) {
	defer func() {
		if v := recover(); v != nil {
			b.fail(t, &PermanentError{Reason: twin.Panicked,
				Detail: fmt.Sprintf("the store failed on it: %v\n%s", v, debug.Stack())})
			next = none
		}
	}()
	return t.judge(b)
}

func (b *batch) fail(t *task, err error) {
	if err := t.fail(err); err != nil && b.err == nil {
		b.err = err
	}
	b.ended(t)
}

// get reads the items of tasks that have none.
func (b *batch) get(ctx context.Context, tasks []*task, consistent bool) {
	var waiting []*task
	var keys []Key
	for _, t := range tasks {
		if t.at == nil && t.consistent == consistent {
			waiting, keys = append(waiting, t), append(keys, t.key)
		}
	}
	if len(keys) == 0 {
		return
	}
	for i, r := range b.Table.Get(ctx, keys, consistent) {
		if r.Err != nil {
			b.fail(waiting[i], r.Err)
			continue
		}
		waiting[i].at = &r.Item
	}
}

// first reads what older forms hold, for items that are to be made.
func (b *batch) first(ctx context.Context, tasks []*task) {
	if len(tasks) == 0 {
		return
	}
	queries := make([]OlderQuery, len(tasks))
	for i, t := range tasks {
		queries[i] = OlderQuery{Component: t.key.Component, Dataset: t.key.Dataset}
		for j := range t.offers {
			queries[i].Metrics = append(queries[i].Metrics, t.offers[j].Metric)
		}
	}
	for i, o := range b.Table.Older(ctx, queries) {
		if o.Err != nil {
			b.fail(tasks[i], o.Err)
			continue
		}
		tasks[i].older = &o
		b.todo = append(b.todo, tasks[i])
	}
}

// swap makes the swap of a task to a state.
func (b *batch) swap(t *task, state packed.State) Swap {
	block := state.Block.Append(make([]byte, 0, 1024))
	return Swap{
		Key: t.key, Old: *t.at, Block: block, Until: b.until,
		New: Item{State: state, Exists: true, Tag: packed.TagOf(state.Floor, block)},
	}
}

// write swaps, and sees to it that what has changed is judged again.
func (b *batch) write(ctx context.Context, tasks []*task, swaps []Swap) {
	tasks, swaps = b.allowed(ctx, tasks, swaps)
	if len(swaps) == 0 {
		return
	}
	for i, s := range b.Table.Swap(ctx, swaps) {
		t := tasks[i]
		switch {
		case s.Err != nil:
			b.fail(t, s.Err)
		case s.Changed:
			t.at, t.consistent, t.older = s.Seen, true, nil
			b.todo = append(b.todo, t)
		default:
			if len(swaps[i].New.Block.Cuts) > 0 {
				b.learn(t.key, swaps[i].New.Block.Cuts)
			} else {
				t.settle()
			}
			b.ended(t)
		}
	}
}

// allowed keeps the swaps that may be made: an item is made only with a list that is new enough.
func (b *batch) allowed(ctx context.Context, tasks []*task, swaps []Swap) ([]*task, []Swap) {
	made := false
	for i := range swaps {
		made = made || !swaps[i].Old.Exists
	}
	if !made || b.Now().Before(b.until) {
		return tasks, swaps
	}
	list, until, err := b.Table.Forgotten(ctx)
	if err == nil && b.Now().Before(until) { // what was judged by the older list is judged again
		b.list, b.until = list, until
		b.todo = append(b.todo, tasks...)
		return nil, nil
	}
	if err == nil {
		err = errStale(until)
	}
	keptTasks, keptSwaps := tasks[:0], swaps[:0]
	for i := range swaps {
		if !swaps[i].Old.Exists {
			b.fail(tasks[i], err)
			continue
		}
		keptTasks, keptSwaps = append(keptTasks, tasks[i]), append(keptSwaps, swaps[i])
	}
	return keptTasks, keptSwaps
}
