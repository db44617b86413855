package api

import (
	"context"
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// Access is what one caller may read. It is a list of prefixes rather than a predicate on components, so that
// a list asks the store for nothing else: no page is emptied afterwards, and no cursor has to point at a name
// that the caller must not know.
type Access interface {
	// Prefixes returns the beginnings of the names of the components whose readings of the dataset the
	// caller may read: {""} for all of them, none for nothing of the dataset.
	Prefixes(dataset string) []string
}

// view is the part of the catalogue that a caller may read.
type view struct {
	datasets []twin.Dataset // in name order
	names    []string       // of datasets
	prefixes [][]string     // of datasets; nil where everything may be read
}

// view returns what the caller of ctx may read of the catalogue s.
func (h *handler) view(ctx context.Context, s *snapshot) view {
	if h.Access == nil {
		return view{datasets: s.datasets, names: s.names}
	}
	v := view{prefixes: [][]string{}}
	access := h.Access(ctx)
	if access == nil {
		return v
	}
	for _, d := range s.datasets {
		if p := access.Prefixes(d.Name); len(p) > 0 {
			v.datasets = append(v.datasets, d)
			v.names = append(v.names, d.Name)
			v.prefixes = append(v.prefixes, p)
		}
	}
	return v
}

// find returns the index of a dataset in v.
func (v *view) find(dataset string) (int, bool) { return slices.BinarySearch(v.names, dataset) }

// only narrows v to one dataset, if the caller may read of it.
func (v *view) only(dataset string) (view, bool) {
	i, ok := v.find(dataset)
	if !ok {
		return view{}, false
	}
	one := view{datasets: v.datasets[i : i+1], names: v.names[i : i+1]}
	if v.prefixes != nil {
		one.prefixes = v.prefixes[i : i+1]
	}
	return one, true
}

// readsAll reports whether the caller may read the i-th dataset of every component.
func (v *view) readsAll(i int) bool { return v.prefixes == nil || slices.Contains(v.prefixes[i], "") }

// reads reports whether the caller may read the i-th dataset of a component.
func (v *view) reads(i int, component string) bool {
	if v.prefixes == nil {
		return true
	}
	return slices.ContainsFunc(v.prefixes[i], func(p string) bool { return strings.HasPrefix(component, p) })
}

// of returns the datasets that the caller may read of a component.
func (v *view) of(component string) []string {
	if v.prefixes == nil {
		return v.names
	}
	var names []string
	for i, name := range v.names {
		if v.reads(i, component) {
			names = append(names, name)
		}
	}
	return names
}

// newest takes out what the caller may not read and merges the rest into one reading a component.metric. It
// uses the memory of readings. The order matters: merging first would hide an older reading that the caller
// may read under a newer one that he may not.
func (v *view) newest(readings []twin.Reading) []twin.Reading {
	if v.prefixes != nil {
		readings = slices.DeleteFunc(readings, func(r twin.Reading) bool {
			i, ok := v.find(r.Dataset)
			return !ok || !v.reads(i, r.Component)
		})
	}
	return twin.Newest(readings)
}

// section is a part of the list of components that the caller may read.
type section struct {
	prefix   string
	datasets []string
}

// sections returns where the components are listed whose names begin with prefix. A component that several
// datasets deliver can be in more than one of them.
func (v *view) sections(prefix string) []section {
	if v.prefixes == nil {
		if len(v.names) == 0 {
			return nil
		}
		return []section{{prefix, v.names}}
	}
	var sections []section
	for i, name := range v.names {
		for _, p := range common(prefix, v.prefixes[i]) {
			n := slices.IndexFunc(sections, func(s section) bool { return s.prefix == p })
			if n < 0 {
				n = len(sections)
				sections = append(sections, section{prefix: p})
			}
			sections[n].datasets = append(sections[n].datasets, name)
		}
	}
	return sections
}

// common returns the fewest prefixes of the names that begin with prefix and with one of allowed.
func common(prefix string, allowed []string) []string {
	var all []string
	for _, p := range allowed {
		switch {
		case strings.HasPrefix(prefix, p):
			return []string{prefix}
		case strings.HasPrefix(p, prefix):
			all = append(all, p)
		}
	}
	slices.Sort(all)
	fewest := all[:0]
	for _, p := range all {
		if n := len(fewest); n == 0 || !strings.HasPrefix(p, fewest[n-1]) {
			fewest = append(fewest, p)
		}
	}
	return fewest
}
