package feed

import "github.com/railtwin/digitaltwin/internal/twin"

// Written is what some items of a component held before they were written, and what the component holds now. It is for
// a store that writes a component item by item, and tells of each item only what it was.
type Written struct {
	Component string
	Was       []twin.Reading // what these items held
	Wrote     []twin.Reading // what they were given, which may be in other items by now
	Has       []twin.Reading // what they hold now; each of these one per metric and dataset, in this order
	Others    []twin.Reading // what the other items hold and has expired
	Served    Image          // of all items of the component, now

	// Expired reports whether a reading is too old to be served now.
	Expired func(*twin.Reading) bool
	// Told reports whether a reading had expired when its item was written the time before. It may say no where it had.
	Told func(*twin.Reading) bool
}

// CompareWritten appends to b what may be new to readers since the items were written: each served reading that is not
// the one that its item held, and what was held and is not served any more. Where the other items of the component have
// changed too that may be more than what is new, and it is never less: what is served last has been told last, however
// the writes are taken together.
//
// It is false where a reading is gone that was neither forgotten nor has expired. That happens when somebody deletes an
// item, and no event says it.
func CompareWritten(b *Batch, c *Written) (explained bool) {
	w := walk{batch: b, forgotten: Forgotten{Component: c.Component, Before: c.Served.Floor}}
	explained = true
	was, wrote, has, served := c.Was, c.Wrote, c.Has, c.Served.Readings
	for len(was) > 0 || len(wrote) > 0 || len(has) > 0 {
		metric := first(was, wrote, has)
		var old, given, held, is []twin.Reading // of this metric
		old, was = cut(was, metric)
		given, wrote = cut(wrote, metric)
		held, has = cut(has, metric)
		for len(served) > 0 && served[0].Metric < metric {
			served = served[1:]
		}
		is, served = cut(served, metric)
		lost := false
		for _, r := range were(old, given) {
			switch {
			case find(is, r.Dataset) != nil:
			case r.EventTime > c.Served.Floor && !c.Expired(r):
				explained = false
			case find(held, r.Dataset) == nil || !c.Told(r):
				w.lose(r)
				lost = true
			}
		}
		for i := range is {
			r := &is[i]
			before := find(old, r.Dataset)
			written := find(given, r.Dataset) != nil || find(held, r.Dataset) != nil
			if lost || written && (before == nil || *before != *r) {
				w.batch.Changes = append(w.batch.Changes, Change{Reading: *r, Hidden: hiding(is, r)})
			}
		}
	}
	w.others(c)
	if len(w.forgotten.Lost) > 0 {
		b.Forgotten = append(b.Forgotten, w.forgotten)
	}
	b.Forgotten = append(b.Forgotten, w.expired...)
	return explained
}

// were returns what was held, and what was given and is another reading. A follower may hold that too: it has read it,
// or was told of it before its write was handed over again, with the one that has taken it away.
func were(old, given []twin.Reading) (all []*twin.Reading) {
	for i := range old {
		all = append(all, &old[i])
	}
	for i := range given {
		if before := find(old, given[i].Dataset); before == nil || *before != given[i] {
			all = append(all, &given[i])
		}
	}
	return all
}

// others adds what a follower drops of other items, when he drops all of a dataset up to an event time: what that has
// hidden is served now.
func (w *walk) others(c *Written) {
	shown := map[string]bool{}
	for i := range c.Others {
		r := &c.Others[i]
		for j := range w.expired {
			if f := &w.expired[j]; f.Dataset == r.Dataset && r.EventTime <= f.Before {
				f.Lost = append(f.Lost, Lost{r.Dataset, r.Metric, r.EventTime})
				shown[r.Metric] = true
			}
		}
	}
	if len(shown) == 0 {
		return
	}
	for served := c.Served.Readings; len(served) > 0; {
		var is []twin.Reading
		is, served = cut(served, served[0].Metric)
		for i := range is {
			if shown[is[i].Metric] {
				w.batch.Changes = append(w.batch.Changes, Change{Reading: is[i], Hidden: hiding(is, &is[i])})
			}
		}
	}
}
