package store

import "github.com/railtwin/digitaltwin/internal/twin"

// Part names the item of a component that a reading stands in: its dataset, or dataset#metric where
// the layout is narrow. A dataset has no # in its name, so the two cannot be confused.
func Part(dataset string, layout twin.Layout, metric string) string {
	if layout == twin.Narrow {
		return dataset + "#" + metric
	}
	return dataset
}
