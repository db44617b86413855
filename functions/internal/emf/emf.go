// Package emf writes metrics as lines of the CloudWatch embedded metric format: a line of a function's
// log becomes a metric by itself, without a call, a permission or a wait.
package emf

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// Counts are what a function did in one invocation for one dataset, or for the environment.
type Counts struct {
	// by the names in wiring; 0 is written too, so that an alarm sees that data flows
	Values  map[string]int
	Reasons map[string]map[twin.Reason]int // of metrics that are counted by reason too
	// rows by the column that was NULL: in the log only, a metric of each would cost more than it says
	Dropped map[string]int
}

// NewCounts returns counts of zero.
func NewCounts(metrics ...string) *Counts {
	c := &Counts{Values: map[string]int{}, Reasons: map[string]map[twin.Reason]int{}, Dropped: map[string]int{}}
	for _, m := range metrics {
		c.Values[m] = 0
	}
	return c
}

// Reject counts something that was rejected, in a metric and under its reason.
func (c *Counts) Reject(metric string, reason twin.Reason) {
	c.Values[metric]++
	if c.Reasons[metric] == nil {
		c.Reasons[metric] = map[twin.Reason]int{}
	}
	c.Reasons[metric][reason]++
}

// Write writes the counts of a dataset, "" for those of the environment: one line, and one for each metric and reason.
func (c *Counts) Write(w io.Writer, now time.Time, environment, dataset string) error {
	dimensions := map[string]string{wiring.DimensionEnvironment: environment}
	if dataset != "" {
		dimensions[wiring.DimensionDataset] = dataset
	}
	var details map[string]any
	if len(c.Dropped) > 0 {
		details = map[string]any{"DroppedFor": c.Dropped}
	}
	if err := write(w, now, dimensions, c.Values, details); err != nil {
		return err
	}
	for _, metric := range slices.Sorted(maps.Keys(c.Reasons)) {
		for _, reason := range slices.Sorted(maps.Keys(c.Reasons[metric])) {
			dimensions[wiring.DimensionReason] = string(reason)
			if err := write(w, now, dimensions, map[string]int{metric: c.Reasons[metric][reason]}, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

type metric struct {
	Name string
	Unit wiring.Unit
}

// write writes metrics, and details beside them that are none.
func write(w io.Writer, now time.Time, dimensions map[string]string, values map[string]int,
	details map[string]any) error {
	var metrics []metric
	line := map[string]any{}
	maps.Copy(line, details)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		row, ok := wiring.MetricNamed(name)
		if !ok {
			return fmt.Errorf("emf: the metric %s has no row in wiring.Metrics", name)
		}
		metrics = append(metrics, metric{name, row.Unit})
		line[name] = values[name]
	}
	for name, value := range dimensions {
		line[name] = value
	}
	line["_aws"] = map[string]any{
		"Timestamp": now.UnixMilli(),
		"CloudWatchMetrics": []any{map[string]any{
			"Namespace": wiring.Namespace, "Dimensions": [][]string{slices.Sorted(maps.Keys(dimensions))}, "Metrics": metrics,
		}},
	}
	b, err := json.Marshal(line)
	if err != nil {
		return fmt.Errorf("emf: %w", err)
	}
	if _, err := w.Write(append(b, '\n')); err != nil {
		return fmt.Errorf("emf: %w", err)
	}
	return nil
}
