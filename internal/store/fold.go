package store

import (
	"cmp"
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/store/packed"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// batch is changes folded into items: of each component.metric and dataset the greatest is offered first.
type batch struct {
	changes []twin.Change
	folded  []*folded
	byName  map[name]*folded
	last    *folded // changes of one component and dataset come together
}

type name struct{ component, dataset string }

// folded is what one dataset delivers for one component in the batch.
type folded struct {
	name
	policy *policy
	order  []int  // of changes: by metric, and then the greatest first
	cells  []cell // metrics
}

// cell is the changes of one metric: order[from:to], of which those before at have lost or were refused.
type cell struct{ from, to, at int }

func newBatch(changes []twin.Change) *batch {
	return &batch{changes: changes, byName: map[name]*folded{}}
}

// add adds the change with index i, whose dataset has a policy, or nil.
func (b *batch) add(i int, p *policy) {
	n := name{b.changes[i].Component, b.changes[i].Dataset}
	if b.last == nil || b.last.name != n {
		f := b.byName[n]
		if f == nil {
			f = &folded{name: n, policy: p}
			b.byName[n] = f
			b.folded = append(b.folded, f)
		}
		b.last = f
	}
	b.last.order = append(b.last.order, i)
}

// fold sorts the changes of every item into cells.
func (b *batch) fold() {
	for _, f := range b.folded {
		slices.SortFunc(f.order, func(i, j int) int {
			x, y := &b.changes[i], &b.changes[j]
			return cmp.Or(strings.Compare(x.Metric, y.Metric), y.Compare(x), i-j)
		})
		for from := 0; from < len(f.order); {
			to := from + 1
			for to < len(f.order) && b.changes[f.order[to]].Metric == b.changes[f.order[from]].Metric {
				to++
			}
			f.cells = append(f.cells, cell{from, to, from})
			from = to
		}
	}
}

// offered is an item and the cells that it offers.
type offered struct {
	item  Item
	of    *folded
	cells []*cell
}

// offers returns what is to be offered to the store: of each cell that is not finished the greatest that is left.
func (b *batch) offers(results []Result) []offered {
	var out []offered
	for _, f := range b.folded {
		o := offered{of: f, item: Item{Component: f.component, Dataset: f.dataset}}
		for i := range f.cells {
			if c := &f.cells[i]; c.at < c.to && results[f.order[c.at]].Outcome == Unfinished {
				o.cells = append(o.cells, c)
				o.item.Changes = append(o.item.Changes, &b.changes[f.order[c.at]])
			}
		}
		if len(o.cells) == 0 {
			continue
		}
		if f.policy != nil {
			o.item.ExpireAfter, o.item.Places = f.policy.ExpireAfter, f.policy.places
		}
		out = append(out, o)
	}
	return out
}

// settle takes the results of an offer, and reports whether something is left to be offered: a change that is refused
// gives way to the next of its cell. One that lost within the batch is not finished before the one that beat it is:
// else it would be skipped while the other never arrives.
func (b *batch) settle(o *offered, written []Result, results []Result) (more bool) {
	for i, c := range o.cells {
		r, order := written[i], o.of.order
		winner := &b.changes[order[c.at]]
		results[order[c.at]] = r
		if r.Outcome == Unfinished {
			continue
		}
		next := c.at + 1
		for ; next < c.to && winner.SameRank(&b.changes[order[next]]); next++ { // duplicates
			if results[order[next]] = r; r.Outcome == Applied {
				results[order[next]].Outcome = Same
			}
		}
		if c.at = next; r.Outcome == Refused {
			more = more || c.at < c.to
			continue
		}
		for ; c.at < c.to; c.at++ {
			results[order[c.at]] = Result{Outcome: Superseded}
		}
	}
	return more
}

// policy is what the catalogue says of a dataset.
type policy struct {
	twin.Dataset
	places *packed.Places
}

// dataset returns the dataset of a policy, nil of none.
func (p *policy) dataset() *twin.Dataset {
	if p == nil {
		return nil
	}
	return &p.Dataset
}
