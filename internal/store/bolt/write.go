package bolt

import (
	"context"
	"fmt"
	"time"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/swap"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Write offers all items at once: if it fails, none is finished.
func (s *Store) Write(ctx context.Context, items []store.Item) ([][]store.Result, error) {
	var results [][]store.Result
	err := s.change(ctx, "writing items", func(t *tx) error {
		var err error
		results, err = (&swap.Writer{Table: t, Now: s.now}).Write(ctx, items)
		return err
	})
	if err != nil { // nothing that was said to be applied is
		results = make([][]store.Result, len(items))
		for i := range items {
			results[i] = make([]store.Result, len(items[i].Changes))
		}
	}
	return results, err
}

// Get implements [swap.Table].
func (t *tx) Get(_ context.Context, keys []swap.Key, _ bool) []swap.Read {
	out := make([]swap.Read, len(keys))
	for i, k := range keys {
		var err error
		if out[i].Item, err = openItem(t.get(partsBucket, itemKey(k))); err != nil {
			out[i].Err = &swap.PermanentError{Reason: twin.Unstorable,
				Detail: fmt.Sprintf("the item of %s, %s is damaged: %v", k.Component, k.Dataset, err)}
		}
	}
	return out
}

// Swap implements [swap.Table]. Nobody else writes at the same time.
func (t *tx) Swap(_ context.Context, swaps []swap.Swap) []swap.Swapped {
	for i := range swaps {
		sw := &swaps[i]
		value := make([]byte, 0, len(sw.Block)+16)
		t.put(partsBucket, itemKey(sw.Key), appendItem(value, &sw.New.State, sw.Block))
		if t.swapped != nil {
			t.noteSwap(sw)
		}
	}
	return make([]swap.Swapped, len(swaps))
}

// Older implements [swap.Table]: a file has one form only.
func (t *tx) Older(_ context.Context, queries []swap.OlderQuery) []swap.Older {
	return swap.NoOlder(len(queries))
}

// Forgotten implements [swap.Table].
func (t *tx) Forgotten(context.Context) (*store.ForgetList, time.Time, error) {
	return t.catalogue.forgotten, t.now().Add(time.Hour), nil
}
