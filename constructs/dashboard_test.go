package constructs_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// widget is one graph of a dashboard.
type widget struct {
	X, Y, Width int
	Properties  struct {
		Title   string
		Metrics [][]any
	}
}

// says is everything that a widget shows: names and dimensions of metrics, and expressions.
func (w widget) says(t *testing.T) string {
	b, err := json.Marshal(w.Properties.Metrics)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(b), `\"`, `"`)
}

// widgets returns what is on the dashboard of an environment.
func widgets(t *testing.T, a *app, environment string) []widget {
	t.Helper()
	var body struct{ Widgets []widget }
	if err := json.Unmarshal([]byte(a.one(t, environment, "Twin/Dashboard").Text("DashboardBody")), &body); err != nil {
		t.Fatal(err)
	}
	return body.Widgets
}

// Ensure that the dashboard shows how an application of Flink gets on and what it loses, and nothing of Flink where
// there is none.
func TestFlinkOnTheDashboard(t *testing.T) {
	const name = "DigitalTwin-sources-shelly_pro3em"
	a := everything(t)
	all := widgets(t, a, "sources")
	var got []widget
	for _, w := range all {
		if strings.HasPrefix(w.Properties.Title, "shelly_pro3em on Flink: ") {
			got = append(got, w)
		}
	}
	if len(got) != 3 || got[0].Y != got[2].Y || got[2].X+got[2].Width != 24 {
		t.Fatalf("the application has the widgets %+v", got)
	}
	rates, progress, lost := got[0].says(t), got[1].says(t), got[2].says(t)
	for _, metric := range []string{"numRecordsInPerSecond", "numRecordsOutPerSecond"} {
		if !strings.Contains(rates, `"AWS/KinesisAnalytics","`+metric+`","Application","`+name+`"`) {
			t.Errorf("%s is not in %s", metric, rates)
		}
	}
	for _, metric := range []string{"numRestarts", "numberOfFailedCheckpoints", "millisBehindLatest"} {
		if !strings.Contains(progress, `"`+metric+`"`) || !strings.Contains(progress, name) {
			t.Errorf("%s is not in %s", metric, progress)
		}
	}
	for _, metric := range wiring.FlinkCounters {
		if !strings.Contains(lost, `SEARCH('Namespace="AWS/KinesisAnalytics" Application="`+name+`" MetricName="`+metric+`"', 'Maximum', 60)`) {
			t.Errorf("%s is not in %s", metric, lost)
		}
	}
	if slices.ContainsFunc(widgets(t, a, "prod"), func(w widget) bool { return strings.Contains(w.Properties.Title, "Flink") }) {
		t.Error("an environment without Flink shows it")
	}
}
