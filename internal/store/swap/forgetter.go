package swap

import (
	"context"
	"fmt"
	"time"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/packed"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Keeper is what forgetting needs of a place where items are kept, beside [Table].
type Keeper interface {
	Swap(ctx context.Context, swaps []Swap) []Swapped
	// All reads every item of a component consistently.
	All(ctx context.Context, component string) ([]Kept, error)
	// Listed lists components that have a reading, whose names begin with prefix and are greater than after, in order.
	// It may miss what was written a moment ago.
	Listed(ctx context.Context, prefix, after string, limit int) ([]string, error)
	// Enter enters e into the forget list, and takes out what it covers.
	Enter(ctx context.Context, e store.Forgotten) error
	// Datasets returns the catalogue.
	Datasets(ctx context.Context) ([]twin.Dataset, error)
}

// Kept is an item that is kept.
type Kept struct {
	Key
	Item
	ExpireAfter time.Duration // of its dataset
}

// Forgetter is a [store.Forgetter] over items.
type Forgetter struct {
	Keeper
	Now func() time.Time
	// Wait is how long after a forget is entered some process may still use an older list or have a request under
	// way that was made by one.
	Wait time.Duration
}

// BeginForget implements [store.Forgetter].
func (g *Forgetter) BeginForget(ctx context.Context, target store.Target) (store.Forgetting, error) {
	now := g.Now()
	f := store.Forgetting{Forgotten: store.Forgotten{Target: target}}
	datasets, err := g.Datasets(ctx)
	if err != nil {
		return f, fmt.Errorf("swap: forgetting %s: %w", target.Name, err)
	}
	f.Floor, f.NotBefore = store.ForgetFloor(datasets, twin.MillisOf(now)), now.Add(g.Wait)
	if err := g.Enter(ctx, f.Forgotten); err != nil {
		return f, fmt.Errorf("swap: forgetting %s: %w", target.Name, err)
	}
	return f, nil
}

// page is how many components are forgotten before a forget says how far it has come.
const page = 64

// passes is how often a prefix is gone through: the list that its components are taken from may lag behind.
const passes = 2

// ContinueForget implements [store.Forgetter].
func (g *Forgetter) ContinueForget(ctx context.Context, f *store.Forgetting) error {
	for !f.Done && !g.Now().Before(f.NotBefore) {
		components := []string{f.Name}
		if f.Prefix {
			var err error
			if components, err = g.Listed(ctx, f.Name, f.After, page); err != nil {
				return fmt.Errorf("swap: forgetting %s: %w", f.Name, err)
			}
		}
		for _, c := range components {
			items, err := g.sweep(ctx, c, f.Floor)
			f.Items += items
			if err != nil {
				return fmt.Errorf("swap: forgetting %s: %w", c, err)
			}
			f.Components++
			f.After = c
		}
		if f.Prefix && len(components) == page {
			continue
		}
		f.Pass, f.After = f.Pass+1, ""
		f.Done = !f.Prefix || f.Pass == passes
		f.NotBefore = g.Now().Add(g.Wait)
	}
	return nil
}

// sweep raises the floors of all items of a component and drops what is not above: by swaps, so that nothing which is
// newer than the floor goes with it. Items stay, for their floors do.
func (g *Forgetter) sweep(ctx context.Context, component string, floor twin.Millis) (swapped int, err error) {
	for {
		items, err := g.All(ctx, component)
		if err != nil {
			return swapped, err
		}
		var swaps []Swap
		for _, it := range items {
			if s, ok := forgetIn(it, floor); ok {
				swaps = append(swaps, s)
			}
		}
		if len(swaps) == 0 {
			return swapped, nil
		}
		for _, s := range g.Swap(ctx, swaps) {
			switch {
			case s.Err != nil:
				return swapped, s.Err
			case !s.Changed:
				swapped++
			}
		}
	}
}

// forgetIn returns the swap that forgets what an item has up to floor, ok is false where there is nothing to do.
func forgetIn(it Kept, floor twin.Millis) (s Swap, ok bool) {
	kept := packed.Above(it.Block.Entries, floor)
	if it.Floor >= floor && len(kept) == len(it.Block.Entries) {
		return s, false
	}
	state := it.State
	state.Floor, state.Block.Entries = max(it.Floor, floor), kept
	state.Expire(it.ExpireAfter)
	block := state.Block.Append(nil)
	return Swap{Key: it.Key, Old: it.Item, Block: block,
		New: Item{State: state, Exists: true, Tag: packed.TagOf(state.Floor, block)}}, true
}
