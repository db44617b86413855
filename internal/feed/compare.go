package feed

import (
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// Image is what is served of one component at one time to who may read every dataset.
type Image struct {
	Floor    twin.Millis    // event times up to it were forgotten; the least there is where none were
	Readings []twin.Reading // one per metric and dataset, in this order
}

// Compare appends to b what is different in an image of a component from the one before.
func Compare(b *Batch, component string, before, after *Image) {
	w := walk{batch: b, forgotten: Forgotten{Component: component, Before: after.Floor}}
	old, now := before.Readings, after.Readings
	for len(old) > 0 || len(now) > 0 {
		metric := first(old, now)
		var was, is []twin.Reading // of this metric
		was, old = cut(old, metric)
		is, now = cut(now, metric)
		w.metric(was, is)
	}
	if len(w.forgotten.Lost) > 0 {
		b.Forgotten = append(b.Forgotten, w.forgotten)
	}
	b.Forgotten = append(b.Forgotten, w.expired...)
}

// first returns the metric that comes first, of lists of which one has some.
func first(lists ...[]twin.Reading) (metric string) {
	found := false
	for _, l := range lists {
		if len(l) > 0 && (!found || l[0].Metric < metric) {
			metric, found = l[0].Metric, true
		}
	}
	return metric
}

// cut takes the readings of a metric off the front.
func cut(readings []twin.Reading, metric string) (of, rest []twin.Reading) {
	n := 0
	for n < len(readings) && readings[n].Metric == metric {
		n++
	}
	return readings[:n], readings[n:]
}

// walk compares metric by metric.
type walk struct {
	batch     *Batch
	forgotten Forgotten   // by the floor
	expired   []Forgotten // by dataset
}

// metric compares the readings of one metric, both in the order of datasets.
func (w *walk) metric(was, is []twin.Reading) {
	for i := range was {
		if find(is, was[i].Dataset) == nil {
			w.lose(&was[i])
		}
	}
	for i := range is {
		r := &is[i]
		old := find(was, r.Dataset)
		if old != nil && len(was) == 1 && len(is) == 1 && *old == *r {
			return
		}
		c := Change{Reading: *r, Hidden: hiding(is, r)}
		if old != nil && *old == *r {
			c.Shown = without(hiding(was, old), c.Hidden)
			if len(c.Shown) == 0 {
				continue
			}
		}
		w.batch.Changes = append(w.batch.Changes, c)
	}
}

// lose says that a reading is gone. Where no floor took it, it has expired, and so has all that its dataset had of the
// component with older event times.
func (w *walk) lose(r *twin.Reading) {
	lost := Lost{r.Dataset, r.Metric, r.EventTime}
	if r.EventTime <= w.forgotten.Before {
		w.forgotten.Lost = append(w.forgotten.Lost, lost)
		return
	}
	i := slices.IndexFunc(w.expired, func(f Forgotten) bool { return f.Dataset == r.Dataset })
	if i < 0 {
		i = len(w.expired)
		w.expired = append(w.expired, Forgotten{Component: r.Component, Dataset: r.Dataset, Before: r.EventTime})
	}
	f := &w.expired[i]
	f.Before, f.Lost = max(f.Before, r.EventTime), append(f.Lost, lost)
}

// find returns the reading of a dataset, nil where there is none.
func find(readings []twin.Reading, dataset string) *twin.Reading {
	i, ok := slices.BinarySearchFunc(readings, dataset,
		func(r twin.Reading, d string) int { return strings.Compare(r.Dataset, d) })
	if !ok {
		return nil
	}
	return &readings[i]
}

// hiding returns the datasets whose readings of the same metric are served in the place of r.
func hiding(readings []twin.Reading, r *twin.Reading) (datasets []string) {
	for i := range readings {
		if readings[i].Hides(r) {
			datasets = append(datasets, readings[i].Dataset)
		}
	}
	return datasets
}

// without returns what of some, in order, is not in others.
func without(some, others []string) (rest []string) {
	for _, s := range some {
		if !slices.Contains(others, s) {
			rest = append(rest, s)
		}
	}
	return rest
}
