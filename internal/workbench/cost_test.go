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
				Component: "box:1", Dataset: "d", Metric: fmt.Sprintf("m%d", (r*perRecord+k)%metrics), Value: value,
				EventTime: twin.Millis(r)})
		}
	}
}

// Ensure that the cost is what the store writes: a unit for each part that a record touches, and those of its index
// entries the first time; and that a twin which costs more than it might is named.
func TestStatistics_Cost(t *testing.T) {
	for _, tc := range []struct {
		name               string
		metrics, perRecord int
		value              string
		first, later       float64
		warning            string
	}{
		{"five at once", 5, 5, "4.5", 3, 1, ""},
		{"one of five", 5, 1, "4.5", 3, 1, ""},
		{"one of three hundred", 300, 1, "4.5", 3, 1, "more than 1 KB"},
		{"a large value", 1, 1, `"` + strings.Repeat("v", 3000) + `"`, 6, 4, "more than 1 KB"},
		{"beyond 400 KB", 60, 60, `"` + strings.Repeat("v", 8000) + `"`, 0, 0, "more than 400 KB"},
		{"many of many", 3000, 3000, "4.5", 0, 0, "more than 8 KB"},
		{"without end", 30000, 3000, `"` + strings.Repeat("v", 100) + `"`, 0, 0, "were refused"},
	} {
		s := workbench.NewStatistics(twin.Dataset{Name: "d"})
		changesOf(s, max(10, 1000/tc.perRecord), tc.metrics, tc.perRecord, tc.value)
		c, ok := s.Cost()
		if !ok || tc.first != 0 && (c.First != tc.first || c.Later < tc.later || c.Later > 1.2*tc.later) {
			t.Errorf("%s: got %+v", tc.name, c)
		}
		_, warning, _ := strings.Cut(c.String(), "warning:")
		if (warning == "") != (tc.warning == "") || !strings.Contains(warning, tc.warning) {
			t.Errorf("%s: %s", tc.name, c)
		}
	}
	if _, ok := workbench.NewStatistics(twin.Dataset{}).Cost(); ok {
		t.Error("nothing has a cost")
	}
}

// Ensure that a component that came once has a cost for the next time too.
func TestStatistics_CostOnce(t *testing.T) {
	s := workbench.NewStatistics(twin.Dataset{Name: "d"})
	changesOf(s, 1, 5, 5, "4.5")
	for range 2 {
		if c, ok := s.Cost(); !ok || c.First != 3 || c.Later != 1 || c.Writes != 1 || c.Metrics != 5 || c.Largest != "box:1" {
			t.Errorf("got %+v", c)
		}
	}
}
