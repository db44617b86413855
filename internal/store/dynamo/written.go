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

// Before is an item of a component as it was before a write: one record of the stream of the table. Without an Item there
// was none.
type Before struct {
	swap.Key
	swap.Item
}

// ParseBefore reads a record of the stream: the key of its item and the item before, nil where there was none. It is
// false for an item that holds no readings, and for one of the form before this, which is written no more.
func ParseBefore(keys, before map[string]types.AttributeValue) (b Before, ok bool, err error) {
	component, part := textOf(keys[schema.Component]), textOf(keys[schema.Part])
	if component == "" || strings.HasPrefix(part, ownPart) {
		return b, false, nil
	}
	if b.Key, ok = keyOf(component, part); !ok {
		return b, false, nil
	}
	b.Item = none()
	if before == nil {
		return b, true, nil
	}
	b.Item, err = item(before).open()
	return b, true, err
}

// ServesOthers reports whether a record of the stream changes which datasets are served, or when their readings expire:
// what that changes for readers no item tells.
func ServesOthers(keys, before, after map[string]types.AttributeValue) bool {
	if textOf(keys[schema.Component]) != schema.Catalogue || !strings.HasPrefix(textOf(keys[schema.Part]), partDataset) {
		return false
	}
	var was, is twin.Dataset
	if json.Unmarshal([]byte(textOf(before[attrEntry])), &was) != nil || json.Unmarshal([]byte(textOf(after[attrEntry])), &is) != nil {
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

// Written returns what writes have changed for readers, of which before are the items as they were, in the order in which
// they were written. What is served now is read consistently, after the writes. An error says that this was not possible;
// what is untold is so also when it is tried again.
func (s *Store) Written(ctx context.Context, before []Before) (*feed.Batch, []Untold, error) {
	c, _, err := s.catalogue.Get(ctx)
	if err != nil {
		return nil, nil, err
	}
	groups := byComponent(before)
	batches, reasons := make([]feed.Batch, len(groups)), make([]string, len(groups))
	err = each(ctx, len(groups), func(ctx context.Context, i int) error {
		ok := false
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
			if ok = feed.CompareWritten(&batches[i], s.written(c, groups[i], items)); ok {
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
		all.Forgotten, all.Changes = append(all.Forgotten, batches[i].Forgotten...), append(all.Changes, batches[i].Changes...)
		if reasons[i] != "" {
			untold = append(untold, Untold{groups[i][0].Component, reasons[i]})
		}
	}
	return all, untold, nil
}

// byComponent returns the items of each component as they were first.
func byComponent(before []Before) (groups [][]Before) {
	at := map[string]int{}
	known := map[swap.Key]bool{}
	for _, b := range before {
		i, ok := at[b.Component]
		if !ok {
			i = len(groups)
			at[b.Component], groups = i, append(groups, nil)
		}
		if !known[b.Key] {
			known[b.Key], groups[i] = true, append(groups[i], b)
		}
	}
	return groups
}

// written compares items before and after.
func (s *Store) written(c *catalogue, before []Before, items []swap.Kept) *feed.Written {
	now := twin.MillisOf(s.now())
	w := &feed.Written{Component: before[0].Component, Served: swap.Image(items, now)}
	written := map[string]twin.Millis{} // by dataset, when its items were written the time before: not earlier than that
	for i := range before {
		received := twin.Millis(0) // which was before it was written
		for j := range before[i].Block.Entries {
			r := before[i].Block.Entries[j].Reading(before[i].Component, before[i].Dataset)
			received = max(received, r.Source.ReceivedAt)
			w.Was = append(w.Was, r)
		}
		if others, ok := written[before[i].Dataset]; !ok || received < others {
			written[before[i].Dataset] = received
		}
	}
	for i := range items {
		if !slices.ContainsFunc(before, func(b Before) bool { return b.Key == items[i].Key }) {
			continue
		}
		for j := range items[i].Block.Entries {
			w.Has = append(w.Has, items[i].Block.Entries[j].Reading(items[i].Component, items[i].Dataset))
		}
	}
	w.Was, w.Has = store.InOrder(w.Was), store.InOrder(w.Has)
	w.Expired = func(r *twin.Reading) bool {
		return c.byName[r.Dataset] == nil || packed.Expired(r.EventTime, c.expireAfter(r.Dataset), now)
	}
	w.Told = func(r *twin.Reading) bool {
		return packed.Expired(r.EventTime, c.expireAfter(r.Dataset), written[r.Dataset])
	}
	return w
}
