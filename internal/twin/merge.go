package twin

import (
	"slices"
	"strings"
)

// Newest merges the readings of components that several datasets deliver into one reading a
// component.metric: the greater rank, then the smaller dataset name. The result is in byte order of component
// and metric and uses the memory of readings.
func Newest(readings []Reading) []Reading {
	slices.SortFunc(readings, compareReadings)
	out := readings[:0]
	for _, r := range readings {
		if n := len(out); n > 0 && out[n-1].Component == r.Component && out[n-1].Metric == r.Metric {
			continue // sorted best first
		}
		out = append(out, r)
	}
	return out
}

// Hides reports whether r is served in the place of another dataset's reading of the same component.metric.
func (r *Reading) Hides(other *Reading) bool {
	switch {
	case r.Rank.Wins(other.Rank):
		return true
	case other.Rank.Wins(r.Rank):
		return false
	}
	return r.Dataset < other.Dataset
}

func compareReadings(a, b Reading) int {
	if c := strings.Compare(a.Component, b.Component); c != 0 {
		return c
	}
	if c := strings.Compare(a.Metric, b.Metric); c != 0 {
		return c
	}
	switch {
	case a.Hides(&b):
		return -1
	case b.Hides(&a):
		return 1
	}
	return 0
}
