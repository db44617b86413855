// Package emftest reads the metrics out of the log of a function.
package emftest

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// Check ensures that a log has every metric of an emitter, and no other, each as [wiring.Metrics] has it.
func Check(t *testing.T, log string, emitter wiring.Emitter) {
	t.Helper()
	got := map[string]bool{}
	for line := range strings.Lines(log) {
		var l struct {
			AWS struct {
				CloudWatchMetrics []struct {
					Namespace  string
					Dimensions [][]string
					Metrics    []struct {
						Name string
						Unit wiring.Unit
					}
				}
			} `json:"_aws"`
		}
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		for _, directive := range l.AWS.CloudWatchMetrics {
			dimensions := slices.DeleteFunc(directive.Dimensions[0], func(d string) bool { return d == wiring.DimensionReason })
			for _, m := range directive.Metrics {
				row, ok := wiring.MetricNamed(m.Name)
				want := slices.Sorted(slices.Values(row.Dimensions()))
				if !ok || row.Emitter != emitter || row.Unit != m.Unit || !slices.Equal(dimensions, want) ||
					directive.Namespace != wiring.Namespace {
					t.Errorf("%s writes %+v with %v; the row is %+v", emitter, m, dimensions, row)
				}
				got[m.Name] = true
			}
		}
	}
	for _, row := range wiring.Metrics {
		if row.Emitter == emitter && !got[row.Name] {
			t.Errorf("%s does not write %s", emitter, row.Name)
		}
	}
}
