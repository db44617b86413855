package dynamo

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/railtwin/digitaltwin/internal/feed"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/dynamo/schema"
	"github.com/railtwin/digitaltwin/internal/store/packed"
	"github.com/railtwin/digitaltwin/internal/store/swap"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Write is a write of an item of a component: one record of the stream of the table.
type Write struct {
	swap.Key
	Before, After swap.Item
}

// ParseWrite reads a record of the stream: the key of its item, and the item before and after, nil where there was
// none. It is false for an item that holds no readings, and for one of the form before this, which is written no more.
// Also with an error the write is one of which readers are told what can be read.
func ParseWrite(keys, before, after map[string]types.AttributeValue) (w Write, ok bool, err error) {
	component, part := textOf(keys[schema.Component]), textOf(keys[schema.Part])
	if component == "" || strings.HasPrefix(part, ownPart) {
		return w, false, nil
	}
	if w.Key, ok = keyOf(component, part); !ok {
		return w, false, nil
	}
	w.Before, w.After = none(), none()
	if before != nil {
		w.Before, err = item(before).open()
	}
	if after != nil {
		var damaged error
		w.After, damaged = item(after).open()
		err = errors.Join(err, damaged)
	}
	return w, true, err
}

// ServesOthers reports whether a record of the stream changes which datasets are served, or when their readings expire:
// what that changes for readers no item tells.
func ServesOthers(keys, before, after map[string]types.AttributeValue) bool {
	if textOf(keys[schema.Component]) != schema.Catalogue || !strings.HasPrefix(textOf(keys[schema.Part]), partDataset) {
		return false
	}
	var was, is twin.Dataset
	if json.Unmarshal([]byte(textOf(before[attrEntry])), &was) != nil ||
		json.Unmarshal([]byte(textOf(after[attrEntry])), &is) != nil {
		return true // it is new, or gone
	}
	return was.ExpireAfter != is.ExpireAfter
}

// Untold says that followers are not told what has changed of a component.
type Untold struct {
	Component string
	Reason    string
}

// unexplained is the reason where a reading is gone that was neither forgotten nor has expired.
const unexplained = "a reading is gone that was neither forgotten nor has expired: was its item deleted?"

// Written returns what writes, in their order, have changed for readers. What is served now is read consistently, after
// the writes. An error says that this was not possible; what is untold is so also when it is tried again.
func (s *Store) Written(ctx context.Context, writes []Write) (*feed.Batch, []Untold, error) {
	c, _, err := s.catalogue.Get(ctx)
	if err != nil {
		return nil, nil, err
	}
	groups := byComponent(writes)
	batches, reasons := make([]feed.Batch, len(groups)), make([]string, len(groups))
	err = each(ctx, len(groups), func(ctx context.Context, i int) error {
		for range 2 { // it may have been moved from one part to another while they were read
			items, err := s.all(ctx, c, groups[i][0].Component, true)
			switch {
			case errors.Is(err, errCorrupt):
				reasons[i] = err.Error()
				return nil
			case err != nil:
				return err
			}
			batches[i] = feed.Batch{}
			if feed.CompareWritten(&batches[i], s.written(c, groups[i], items)) {
				return nil
			}
		}
		reasons[i] = unexplained
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	all := &feed.Batch{}
	var untold []Untold
	for i := range batches {
		all.Forgotten, all.Changes = append(all.Forgotten, batches[i].Forgotten...),
			append(all.Changes, batches[i].Changes...)
		if reasons[i] != "" {
			untold = append(untold, Untold{groups[i][0].Component, reasons[i]})
		}
	}
	return all, untold, nil
}

// byComponent returns the writes of each component.
func byComponent(writes []Write) (groups [][]Write) {
	at := map[string]int{}
	for _, w := range writes {
		i, ok := at[w.Component]
		if !ok {
			i = len(groups)
			at[w.Component], groups = i, append(groups, nil)
		}
		groups[i] = append(groups[i], w)
	}
	return groups
}

// written says what writes of a component have changed, of which items are there now.
func (s *Store) written(c *catalogue, writes []Write, items []swap.Kept) *feed.Written {
	now := twin.MillisOf(s.now())
	w := &feed.Written{Component: writes[0].Component, Served: swap.Image(items, nil, now)}
	known := map[swap.Key]bool{}
	before := map[string]twin.Millis{} // by dataset, when its items were written the time before: not earlier than that
	for i := range writes {
		k := writes[i].Key
		w.Wrote, _ = readings(w.Wrote, k, &writes[i].After)
		if known[k] {
			continue // what it was before the first write is there
		}
		known[k] = true
		var received twin.Millis
		w.Was, received = readings(w.Was, k, &writes[i].Before)
		if others, ok := before[k.Dataset]; !ok || received < others {
			before[k.Dataset] = received
		}
	}
	w.Expired = func(r *twin.Reading) bool {
		return c.byName[r.Dataset] == nil || packed.Expired(r.EventTime, c.expireAfter(r.Dataset), now)
	}
	for i := range items {
		if known[items[i].Key] {
			w.Has, _ = readings(w.Has, items[i].Key, &items[i].Item)
			continue
		}
		other, _ := readings(nil, items[i].Key, &items[i].Item)
		w.Others = append(w.Others, slices.DeleteFunc(other, func(r twin.Reading) bool { return !w.Expired(&r) })...)
	}
	w.Wrote = store.InOrder(w.Wrote)
	w.Was, w.Has = store.InOrder(w.Was), store.InOrder(w.Has)
	w.Told = func(r *twin.Reading) bool {
		return packed.Expired(r.EventTime, c.expireAfter(r.Dataset), before[r.Dataset])
	}
	return w
}

// readings appends the readings of an item, and returns when the last of them was received: before the item was
// written.
func readings(out []twin.Reading, k swap.Key, it *swap.Item) (all []twin.Reading, received twin.Millis) {
	for i := range it.Block.Entries {
		r := it.Block.Entries[i].Reading(k.Component, k.Dataset)
		received = max(received, r.Source.ReceivedAt)
		out = append(out, r)
	}
	return out, received
}
