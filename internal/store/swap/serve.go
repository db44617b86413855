package swap

import (
	"slices"

	"github.com/railtwin/digitaltwin/internal/feed"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/packed"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Serve appends what a query selects of all the items of one component: no metric that it does not name, nothing that
// was forgotten, by the list or the floor of any item, and nothing that is older than its own dataset lets it be. What
// several items hold is there several times, see [store.InOrder].
func Serve(out []twin.Reading, items []Kept, q *store.ReadingQuery, list *store.ForgetList,
	now twin.Millis) []twin.Reading {
	if len(items) == 0 {
		return out
	}
	floor := floorOf(items, list)
	for i := range items {
		it := &items[i]
		if !slices.Contains(q.Datasets, it.Dataset) {
			continue
		}
		for j := range it.Block.Entries {
			e := &it.Block.Entries[j]
			if e.EventTime > floor && !packed.Expired(e.EventTime, it.ExpireAfter, now) &&
				(q.Metrics == nil || slices.Contains(q.Metrics, e.Metric)) {
				out = append(out, e.Reading(it.Component, it.Dataset))
			}
		}
	}
	return out
}

// floorOf returns up to which event time readings of a component were forgotten, by the list or by any of its items, of
// which there is one at least.
func floorOf(items []Kept, list *store.ForgetList) twin.Millis {
	floor := list.Floor(items[0].Component)
	for i := range items {
		floor = max(floor, items[i].Floor)
	}
	return floor
}

// Image returns what is served of all the items of one component to who may read every dataset, of the metrics that are
// named or nil for all, as far as the items tell it: what is on the forget list only is not forgotten yet.
func Image(items []Kept, metrics []string, now twin.Millis) feed.Image {
	image := feed.Image{Floor: packed.NoFloor}
	if len(items) == 0 {
		return image
	}
	q := store.ReadingQuery{Metrics: metrics}
	for i := range items {
		if !slices.Contains(q.Datasets, items[i].Dataset) {
			q.Datasets = append(q.Datasets, items[i].Dataset)
		}
	}
	image.Floor = floorOf(items, nil)
	image.Readings = store.InOrder(Serve(nil, items, &q, nil, now))
	return image
}

// Expires returns when the next of the readings that are served of all the items of one component expires, if one does.
func Expires(items []Kept, now twin.Millis) (at twin.Millis, ok bool) {
	if len(items) == 0 {
		return 0, false
	}
	floor := floorOf(items, nil)
	for i := range items {
		it := &items[i]
		if it.ExpireAfter <= 0 {
			continue
		}
		for j := range it.Block.Entries {
			t := it.Block.Entries[j].EventTime
			until := t + twin.Millis(it.ExpireAfter.Milliseconds()) + 1
			if t > floor && !packed.Expired(t, it.ExpireAfter, now) && (!ok || until < at) {
				at, ok = until, true
			}
		}
	}
	return at, ok
}

// NoOlder is the answer of a table that has no older forms to so many queries.
func NoOlder(queries int) []Older {
	out := make([]Older, queries)
	for i := range out {
		out[i].Floor = packed.NoFloor
	}
	return out
}
