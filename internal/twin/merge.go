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

func compareReadings(a, b Reading) int {
	if c := strings.Compare(a.Component, b.Component); c != 0 {
		return c
	}
	if c := strings.Compare(a.Metric, b.Metric); c != 0 {
		return c
	}
	switch {
	case a.Rank.Wins(b.Rank):
		return -1
	case b.Rank.Wins(a.Rank):
		return 1
	}
	return strings.Compare(a.Dataset, b.Dataset)
}
