package workbench_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/workbench"
)

// changesOf feeds a report with changes of metrics m0, m1, … of one component, so many a record.
func changesOf(report workbench.Report, records, metrics, perRecord int, value string) {
	for r := range records {
		for k := range perRecord {
			report.Change(workbench.Record{Name: fmt.Sprint(r)}, &twin.Change{
				Component: "box:1", Metric: fmt.Sprintf("m%d", (r*perRecord+k)%metrics), Value: value})
		}
	}
}

// Ensure that the advice follows what DynamoDB charges: few of many metrics at once are cheaper apart,
// many together.
func TestStatistics_Layout(t *testing.T) {
	for _, tc := range []struct {
		name               string
		metrics, perRecord int
		best               twin.Layout
		wide, narrow       float64
	}{
		{"all five at once", 5, 5, twin.Wide, 1, 5},
		{"one of five", 5, 1, twin.Wide, 1, 1},
		{"one of a hundred", 100, 1, twin.Narrow, 8, 1},
		{"twenty of a hundred", 100, 20, twin.Wide, 8, 20},
	} {
		s := workbench.NewStatistics()
		changesOf(s, 1000, tc.metrics, tc.perRecord, "4.5")
		l, ok := s.Layout()
		if !ok || l.Best != tc.best || l.Wide != tc.wide || l.Narrow != tc.narrow || l.K != float64(tc.perRecord) || l.N != float64(tc.metrics) {
			t.Errorf("%s: got %+v", tc.name, l)
		}
		if advice := l.Advice(twin.Wide); strings.Contains(advice, "SET 'twin.layout' = 'narrow'") != (tc.best == twin.Narrow) {
			t.Errorf("%s: %s", tc.name, advice)
		}
	}
	if _, ok := workbench.NewStatistics().Layout(); ok {
		t.Error("there is advice on nothing")
	}
}
