package api

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// authorize returns what the caller of a request may read, or the problem of a call that nobody with the scope to read
// makes.
func (h *handler) authorize(ctx context.Context) (*access.Readable, error) {
	if !h.Authenticated {
		return access.Everything, nil
	}
	c, refusal := access.Authorize(ctx, access.ScopeRead)
	if refusal != nil {
		return nil, newRefused(refusal)
	}
	return h.Rules.Reads(c), nil
}

// view is the part of the catalogue that a caller may read. It is not changed after it was made.
type view struct {
	datasets []twin.Dataset  // in name order
	names    []string        // of datasets
	scopes   []*access.Scope // what he may read of each; nil where that is everything

	// Made when they are first needed:
	listing func() listing  // where components are listed
	entries func() [][]byte // each dataset as JSON up to its newest event time
}

// newView returns what a caller may see of datasets.
func newView(datasets []twin.Dataset, readable *access.Readable) *view {
	v := &view{}
	if readable.All() {
		v.datasets = datasets
		return v.complete()
	}
	all := true
	for i := range datasets {
		if s := readable.Of(datasets[i].Name); s != nil {
			v.datasets, v.scopes = append(v.datasets, datasets[i]), append(v.scopes, s)
			all = all && s.All()
		}
	}
	if all {
		v.scopes = nil
	}
	return v.complete()
}

// complete gives v what follows from its datasets.
func (v *view) complete() *view {
	v.names = make([]string, len(v.datasets))
	for i := range v.datasets {
		v.names[i] = v.datasets[i].Name
	}
	v.listing = sync.OnceValue(v.newListing)
	v.entries = sync.OnceValue(v.newEntries)
	return v
}

// find returns the index of a dataset in v.
func (v *view) find(dataset string) (int, bool) { return slices.BinarySearch(v.names, dataset) }

// only narrows v to some datasets, which are in order: those that the caller may read of. It returns the first one that
// he may not, if any.
func (v *view) only(datasets []string) (some *view, missing string) {
	some = &view{}
	all := true
	for _, name := range datasets {
		i, ok := v.find(name)
		if !ok {
			missing = cmp.Or(missing, name)
			continue
		}
		some.datasets = append(some.datasets, v.datasets[i])
		if v.scopes != nil {
			some.scopes = append(some.scopes, v.scopes[i])
			all = all && v.scopes[i].All()
		}
	}
	if all {
		some.scopes = nil
	}
	return some.complete(), missing
}

// readsAll reports whether the caller may read all of the i-th dataset.
func (v *view) readsAll(i int) bool { return v.scopes == nil || v.scopes[i].All() }

// newest takes out what the caller may not read and merges the rest into one reading a component.metric. It
// uses the memory of readings. The order matters: merging first would hide an older reading that the caller
// may read under a newer one that he may not.
func (v *view) newest(readings []twin.Reading) []twin.Reading {
	if v.scopes != nil {
		readings = v.allowed(readings)
	}
	return twin.Newest(readings)
}

// allowed returns those of readings that the caller may read, in the same memory. Readings of one component and
// dataset, of which many follow each other, are decided by their metrics alone.
func (v *view) allowed(readings []twin.Reading) []twin.Reading {
	var memory [8]*access.Names
	var dataset, component string
	metrics := memory[:0] // of this component of this dataset
	n := 0
	for i := range readings {
		r := &readings[i]
		if r.Component != component || r.Dataset != dataset {
			dataset, component, metrics = r.Dataset, r.Component, memory[:0]
			if k, ok := v.find(dataset); ok {
				metrics = v.scopes[k].Metrics(metrics, component)
			}
		}
		if !slices.ContainsFunc(metrics, func(m *access.Names) bool { return m.Has(r.Metric) }) {
			continue
		}
		if n < i {
			readings[n] = *r
		}
		n++
	}
	clear(readings[n:])
	return readings[:n]
}

// maxViews bounds how many views of a catalogue are remembered: callers with the same grants have one together.
const maxViews = 256

// views are what callers see of a catalogue.
type views struct {
	all *view // of whom nothing restricts

	mu sync.RWMutex
	of map[*access.Readable]*view
}

func newViews(datasets []twin.Dataset) *views {
	return &views{all: newView(datasets, access.Everything), of: make(map[*access.Readable]*view)}
}

// view returns what a caller may see of the catalogue.
func (s *snapshot) view(readable *access.Readable) *view {
	if readable.All() {
		return s.views.all
	}
	s.views.mu.RLock()
	v := s.views.of[readable]
	s.views.mu.RUnlock()
	if v != nil {
		return v
	}
	v = newView(s.datasets, readable)
	s.views.mu.Lock()
	defer s.views.mu.Unlock()
	if len(s.views.of) >= maxViews {
		clear(s.views.of)
	}
	s.views.of[readable] = v
	return v
}
