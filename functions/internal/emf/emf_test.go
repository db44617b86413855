package emf

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// Ensure that a line is what CloudWatch takes for metrics: every name that it declares has its value beside it.
func TestWrite(t *testing.T) {
	c := NewCounts(wiring.MetricRecords, wiring.MetricLag)
	c.Values[wiring.MetricRecords] = 3
	c.Reject(wiring.MetricRejects, twin.Unreadable)
	c.Reject(wiring.MetricRejects, twin.BadValue)
	c.Reject(wiring.MetricRejects, twin.BadValue)
	c.Dropped["value"] = 7
	var out strings.Builder
	if err := c.Write(&out, time.UnixMilli(1545084650987), "dev", "wagons"); err != nil {
		t.Fatal(err)
	}
	const want = `{"Dataset":"wagons","DroppedFor":{"value":7},"Environment":"dev","Lag":0,"Records":3,"Rejects":3,"_aws":{"CloudWatchMetrics":[{"Dimensions":[["Dataset","Environment"]],"Metrics":[{"Name":"Lag","Unit":"Milliseconds"},{"Name":"Records","Unit":"Count"},{"Name":"Rejects","Unit":"Count"}],"Namespace":"DigitalTwin"}],"Timestamp":1545084650987}}
{"Dataset":"wagons","Environment":"dev","Reason":"bad-value","Rejects":2,"_aws":{"CloudWatchMetrics":[{"Dimensions":[["Dataset","Environment","Reason"]],"Metrics":[{"Name":"Rejects","Unit":"Count"}],"Namespace":"DigitalTwin"}],"Timestamp":1545084650987}}
{"Dataset":"wagons","Environment":"dev","Reason":"unreadable","Rejects":1,"_aws":{"CloudWatchMetrics":[{"Dimensions":[["Dataset","Environment","Reason"]],"Metrics":[{"Name":"Rejects","Unit":"Count"}],"Namespace":"DigitalTwin"}],"Timestamp":1545084650987}}
`
	if out.String() != want {
		t.Errorf("got\n%s", out.String())
	}
}

// Ensure that a metric of the environment has no dataset.
func TestEnvironment(t *testing.T) {
	c := NewCounts()
	c.Values[wiring.MetricCatalogueStale] = 1
	var out strings.Builder
	if err := c.Write(&out, time.UnixMilli(1), "dev", ""); err != nil ||
		!strings.Contains(out.String(), `"Dimensions":[["Environment"]]`) || strings.Contains(out.String(), "Dataset") {
		t.Errorf("%v, %s", err, &out)
	}
}

// Ensure that a metric is written only if [wiring.Metrics] says what it is.
func TestUnknownMetric(t *testing.T) {
	c := NewCounts("Unheard")
	var out strings.Builder
	if err := c.Write(&out, time.UnixMilli(1), "dev", "wagons"); err == nil ||
		!strings.Contains(err.Error(), "Unheard has no row") || out.Len() > 0 {
		t.Errorf("%v, %q", err, &out)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("no log") }

// Ensure that a log that cannot be written is said.
func TestBrokenLog(t *testing.T) {
	if err := NewCounts().Write(broken{}, time.Now(), "dev", "wagons"); err == nil ||
		!strings.Contains(err.Error(), "emf: no log") {
		t.Error(err)
	}
}
