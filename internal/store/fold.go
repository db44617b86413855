package store

import (
	"time"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// batch is changes folded into items: of each component.metric and dataset the greatest rank.
type batch struct {
	items  []Item
	winner [][]int     // for items[i].Readings[j] the index of its change
	lostTo map[int]int // changes that lost within the batch, and the change that they lost to
	cells  map[cell]place
	byItem map[cell]int // without metric where the layout is wide
}

type cell struct{ component, dataset, metric string }

type place struct{ item, reading int }

func newBatch(n int) *batch {
	return &batch{lostTo: map[int]int{}, cells: make(map[cell]place, n), byItem: map[cell]int{}}
}

// add folds the change with index i, whose dataset has policy d, or nil.
func (b *batch) add(i int, c *twin.Change, d *twin.Dataset, now time.Time) {
	reading := c.Reading()
	key := cell{c.Component, c.Dataset, c.Metric}
	if p, ok := b.cells[key]; ok {
		best := &b.items[p.item].Readings[p.reading]
		if !reading.Rank.Wins(best.Rank) {
			b.lostTo[i] = b.winner[p.item][p.reading]
			return
		}
		b.lostTo[b.winner[p.item][p.reading]] = i
		*best, b.winner[p.item][p.reading] = reading, i
		return
	}
	itemKey := cell{component: c.Component, dataset: c.Dataset}
	if d != nil && d.Layout == twin.Narrow {
		itemKey = key
	}
	n, ok := b.byItem[itemKey]
	if !ok {
		n = len(b.items)
		b.byItem[itemKey] = n
		b.items = append(b.items, newItem(c, d, now))
		b.winner = append(b.winner, nil)
	}
	b.cells[key] = place{n, len(b.items[n].Readings)}
	b.items[n].Readings = append(b.items[n].Readings, reading)
	b.winner[n] = append(b.winner[n], i)
}

func newItem(c *twin.Change, d *twin.Dataset, now time.Time) Item {
	it := Item{Component: c.Component, Dataset: c.Dataset, Layout: twin.Wide}
	if d == nil {
		return it
	}
	if d.Layout != "" {
		it.Layout = d.Layout
	}
	if d.ExpireAfter > 0 {
		// By the clock and not by the event time: so it never goes back, and no late metric shortens
		// the life of the newer ones beside it.
		it.TTL = twin.MillisOf(now.Add(d.ExpireAfter))
	}
	return it
}

// outcomes gives every change of the batch its result, from those of the items.
func (b *batch) outcomes(written [][]Result, results []Result) {
	for i, item := range written {
		for j, r := range item {
			results[b.winner[i][j]] = r
		}
	}
	for i := range b.lostTo {
		to := i
		for next, ok := to, true; ok; next, ok = b.lostTo[to] {
			to = next
		}
		// A change that lost to one that is not stored is not finished either: it shares that outcome.
		if results[i] = results[to]; results[i].Outcome != Unfinished && results[i].Outcome != Refused {
			results[i] = Result{Outcome: Superseded}
		}
	}
}
