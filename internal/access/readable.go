package access

import (
	"slices"
	"sync"
)

// Readable is what one caller may read: the union of the grants that apply to him. It is safe for concurrent use.
type Readable struct {
	grants      []*Reading
	own, barred []string // reserved datasets: those of the caller, and those of others
	all         bool

	mu     sync.RWMutex
	scopes map[string]*Scope // by dataset; nil for nothing of it
}

// Everything is what a caller may read whom nothing restricts.
var Everything = &Readable{all: true}

func newReadable(grants []*Reading, own, barred []string) *Readable {
	r := &Readable{grants: grants, own: own, barred: barred, scopes: make(map[string]*Scope)}
	r.all = len(barred) == 0 && slices.ContainsFunc(grants, func(g *Reading) bool {
		return g.Datasets.All() && g.Components.All() && g.Metrics.All()
	})
	return r
}

// All reports whether the caller may read everything of every dataset.
func (r *Readable) All() bool { return r.all }

// Of returns what the caller may read of a dataset, nil for nothing. Names of datasets are those of the catalogue: the
// answers are remembered.
func (r *Readable) Of(dataset string) *Scope {
	if r.all {
		return everything
	}
	r.mu.RLock()
	s, known := r.scopes[dataset]
	r.mu.RUnlock()
	if known {
		return s
	}
	switch {
	case slices.Contains(r.own, dataset):
		s = everything
	case !slices.Contains(r.barred, dataset):
		s = newScope(dataset, r.grants)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.scopes[dataset] = s
	return s
}

// Scope is what a caller may read of one dataset: the readings that are in one of its areas.
type Scope struct {
	areas []Area
	all   bool
}

// Area is the readings with one of the components and one of the metrics.
type Area struct{ Components, Metrics Names }

var everything = &Scope{areas: []Area{{allNames, allNames}}, all: true}

// newScope returns the union of what grants let read of a dataset, in few areas.
func newScope(dataset string, grants []*Reading) *Scope {
	var areas []Area
	for _, g := range grants {
		if !g.Datasets.Has(dataset) {
			continue
		}
		if g.Components.All() && g.Metrics.All() {
			return everything
		}
		areas = append(areas, Area{g.Components, g.Metrics})
	}
	if len(areas) == 0 {
		return nil
	}
	areas = merge(areas, func(a *Area) (same, other *Names) { return &a.Metrics, &a.Components })
	areas = merge(areas, func(a *Area) (same, other *Names) { return &a.Components, &a.Metrics })
	first := areas[0]
	return &Scope{areas: areas, all: len(areas) == 1 && first.Components.All() && first.Metrics.All()}
}

// merge makes one area of those that are the same in one of their sets.
func merge(areas []Area, sets func(*Area) (same, other *Names)) []Area {
	var merged []Area
	others := make(map[string][]Names) // by the set that is the same
	var order []string
	for i := range areas {
		same, other := sets(&areas[i])
		k := same.key()
		if others[k] == nil {
			order = append(order, k)
			merged = append(merged, areas[i])
		}
		others[k] = append(others[k], *other)
	}
	for i, k := range order {
		_, other := sets(&merged[i])
		*other = union(others[k])
	}
	return merged
}

// All reports whether the caller may read all of the dataset.
func (s *Scope) All() bool { return s.all }

// Areas returns the areas. They may overlap.
func (s *Scope) Areas() []Area { return s.areas }

// Has reports whether the caller may read a reading.
func (s *Scope) Has(component, metric string) bool {
	for i := range s.areas {
		if a := &s.areas[i]; a.Components.Has(component) && a.Metrics.Has(metric) {
			return true
		}
	}
	return false
}

// Metrics appends the sets of metrics that the caller may read of a component; they may overlap.
func (s *Scope) Metrics(sets []*Names, component string) []*Names {
	for i := range s.areas {
		if a := &s.areas[i]; a.Components.Has(component) {
			sets = append(sets, &a.Metrics)
		}
	}
	return sets
}

// Declared reports whether the caller may read some metric, of some component, that a pattern of the catalogue stands
// for; matches is what the pattern says of a name.
func (s *Scope) Declared(pattern string, matches func(name string) bool) bool {
	return slices.ContainsFunc(s.areas, func(a Area) bool { return a.Metrics.Meets(pattern, matches) })
}
