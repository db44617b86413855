// Package metered keeps packed items in memory and counts the write units that DynamoDB would charge for them.
//
// It is how the workbench says what a record costs, by the same protocol that writes it, without a table.
package metered

import (
	"context"
	"time"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/packed"
	"github.com/railtwin/digitaltwin/internal/store/swap"
)

// indexes is how many index entries come with the first reading of an item, and go with its last: a unit each.
const indexes = 2

// Table is a [swap.Table] in memory.
type Table struct {
	Units int // write units so far

	items  map[swap.Key]swap.Item
	blocks map[swap.Key]int // bytes
}

// New returns an empty table.
func New() *Table {
	return &Table{items: map[swap.Key]swap.Item{}, blocks: map[swap.Key]int{}}
}

var _ swap.Table = (*Table)(nil)

// Size returns how many bytes the items of a component and dataset have, and how many of them hold readings.
func (t *Table) Size(component, dataset string) (bytes, parts int) {
	for k, n := range t.blocks {
		if k.Component == component && k.Dataset == dataset {
			bytes += packed.ItemSize(component, dataset, n)
			if len(t.items[k].Block.Entries) > 0 {
				parts++
			}
		}
	}
	return bytes, parts
}

// Get implements [swap.Table].
func (t *Table) Get(_ context.Context, keys []swap.Key, _ bool) []swap.Read {
	out := make([]swap.Read, len(keys))
	for i, k := range keys {
		it, ok := t.items[k]
		if !ok {
			it.Floor = packed.NoFloor
		}
		out[i].Item = it
	}
	return out
}

// Swap implements [swap.Table].
func (t *Table) Swap(_ context.Context, swaps []swap.Swap) []swap.Swapped {
	for _, s := range swaps {
		t.Units += max(packed.Units(s.Component, s.Dataset, len(s.Block)),
			packed.Units(s.Component, s.Dataset, t.blocks[s.Key]))
		if (len(s.Old.Block.Entries) > 0) != (len(s.New.Block.Entries) > 0) {
			t.Units += indexes
		}
		t.items[s.Key], t.blocks[s.Key] = s.New, len(s.Block)
	}
	return make([]swap.Swapped, len(swaps))
}

// Older implements [swap.Table].
func (t *Table) Older(_ context.Context, queries []swap.OlderQuery) []swap.Older {
	return swap.NoOlder(len(queries))
}

// Forgotten implements [swap.Table].
func (t *Table) Forgotten(context.Context) (*store.ForgetList, time.Time, error) {
	return nil, time.Now().Add(time.Hour), nil
}
