package store

import (
	"cmp"
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// InOrder brings readings as they lie in items into the order of [Reader].Readings: by component,
// metric and dataset. Where several parts or forms of an item hold the same metric, the greatest stays. It uses the
// memory of readings.
func InOrder(readings []twin.Reading) []twin.Reading {
	slices.SortFunc(readings, func(a, b twin.Reading) int {
		return cmp.Or(
			strings.Compare(a.Component, b.Component), strings.Compare(a.Metric, b.Metric),
			strings.Compare(a.Dataset, b.Dataset),
			slices.Compare(b.Rank[:], a.Rank[:]), strings.Compare(b.Source.Extractor, a.Source.Extractor),
			b.Source.Position.Compare(a.Source.Position),
		)
	})
	return slices.CompactFunc(readings, func(a, b twin.Reading) bool {
		return a.Component == b.Component && a.Metric == b.Metric && a.Dataset == b.Dataset
	})
}
