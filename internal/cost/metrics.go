package cost

import "github.com/railtwin/digitaltwin/internal/wiring"

// metrics are those that functions write for every dataset, of which a few records are rejected. A test holds them
// against package wiring.
var metrics = []string{
	wiring.MetricRecords, wiring.MetricGaveNothing, wiring.MetricDropped, wiring.MetricChanges,
	wiring.MetricApplied, wiring.MetricLate, wiring.MetricSuperseded, wiring.MetricSame, wiring.MetricLag,
	wiring.MetricRejects, wiring.MetricRejectedChanges,
}
