package constructs_test

import (
	"encoding/json"
	"fmt"
	"regexp"
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

// published are the metrics on dashboards that services of AWS write, by namespace. Each of them has a dimension that
// names a resource of the template, or a search that names the environment.
var published = map[string][]string{
	"AWS/Lambda":     {"Invocations", "Errors", "Duration", "IteratorAge", "Throttles", "ConcurrentExecutions"},
	"AWS/ApiGateway": {"Count", "4XXError", "5XXError", "Latency"},
	"AWS/DynamoDB": {"ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits", "ReadThrottleEvents",
		"WriteThrottleEvents"},
	"AWS/Kinesis": {"IncomingRecords", "PutRecords.ThrottledRecords"},
	"AWS/Usage":   {"CallCount"},
	"AWS/KinesisAnalytics": slices.Concat(wiring.FlinkCounters, []string{
		"numRecordsInPerSecond", "numRecordsOutPerSecond", "numRestarts", "numberOfFailedCheckpoints", "millisBehindLatest",
	}),
}

var searched = regexp.MustCompile(`MetricName="([^"]+)"`)

// Ensure that every metric on a dashboard is written by somebody, under the dimensions that the dashboard asks for, and
// that every metric of the functions is on it.
func TestDashboardShowsWhatIsWritten(t *testing.T) {
	a := everything(t)
	for _, environment := range []string{"prod", "full", "sources", "demand", "dev"} {
		shown := map[string]bool{}
		check := func(namespace, name string, of wiring.Metric, ours bool, where string) {
			if ours {
				shown[of.Name] = true
			} else if !slices.Contains(published[namespace], name) {
				t.Errorf("%s: nobody writes %s of %s: %s", environment, name, namespace, where)
			}
		}
		for _, w := range widgets(t, a, environment) {
			for _, line := range w.Properties.Metrics {
				if name, ok := line[0].(string); ok { // [namespace, name, dimension, value ..., options]
					row, ours := wiring.MetricNamed(fmt.Sprint(line[1]))
					check(name, fmt.Sprint(line[1]), row, name == wiring.Namespace && ours, w.says(t))
					continue
				}
				expression, _ := line[0].(map[string]any)["expression"].(string)
				for _, m := range searched.FindAllStringSubmatch(expression, -1) {
					namespace, dimensions, _ := strings.Cut(strings.TrimPrefix(schemaOf(expression), "{"), ",")
					row, ours := wiring.MetricNamed(m[1])
					want := strings.Join(row.Dimensions(), ",")
					ours = ours && namespace == wiring.Namespace &&
						(dimensions == want || row.ByReason && dimensions == want+",Reason")
					if strings.Contains(expression, `Namespace="AWS/KinesisAnalytics"`) {
						namespace = "AWS/KinesisAnalytics"
					}
					check(namespace, m[1], row, ours, expression)
				}
			}
		}
		for _, m := range wiring.Metrics {
			// which have a change feed
			if !shown[m.Name] && (m.Emitter != wiring.Teller || environment == "demand" || environment == "full") {
				t.Errorf("%s: the dashboard has no %s", environment, m.Name)
			}
		}
	}
}

// schemaOf is what stands between braces in a search.
func schemaOf(expression string) string {
	_, after, _ := strings.Cut(expression, "SEARCH('{")
	schema, _, _ := strings.Cut(after, "}")
	return schema
}

// Ensure that a dashboard can be read with any number of datasets: its widgets do not grow with them but for those on
// Flink, each graph has ten lines of datasets at most, and the way of the data goes from left to right.
func TestDashboardOfManyDatasets(t *testing.T) {
	a := everything(t)
	titles := func(environment string) (all []string) {
		for _, w := range widgets(t, a, environment) {
			if !strings.Contains(w.Properties.Title, " on Flink") && !strings.HasPrefix(w.Properties.Title, "Change feed") &&
				w.Properties.Title != "Alarms of the core" {
				all = append(all, w.Properties.Title)
			}
		}
		return all
	}
	if one, six := titles("demand"), titles("sources"); !slices.Equal(one, six) || len(one) < 20 {
		t.Errorf("with one dataset %q\nwith six %q", one, six)
	}
	columns := map[string]int{"Records read": 0, "Changes applied": 8, "Calls of the API": 16}
	for _, w := range widgets(t, a, "sources") {
		if want, ok := columns[w.Properties.Title]; ok && w.X != want {
			t.Errorf("%s stands at %d, want %d", w.Properties.Title, w.X, want)
		}
		says := w.says(t)
		if strings.Contains(says, "SEARCH('{") &&
			strings.Count(says, "SEARCH('{") != strings.Count(says, ", MAX, DESC), 0, 10)") {
			t.Errorf("%s has any number of lines: %s", w.Properties.Title, says)
		}
	}
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
		if !strings.Contains(lost, `SEARCH('Namespace="AWS/KinesisAnalytics" Application="`+name+`" MetricName="`+metric+
			`"', 'Maximum', 60)`) {
			t.Errorf("%s is not in %s", metric, lost)
		}
	}
	if slices.ContainsFunc(widgets(t, a, "prod"), func(w widget) bool {
		return strings.Contains(w.Properties.Title,
			"Flink")
	}) {
		t.Error("an environment without Flink shows it")
	}
}
