package constructs_test

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/assembly"
	"github.com/railtwin/digitaltwin/test/lambda"
)

// What a reading may take where nothing gathers records, and what the docs leave of that for work: requests of
// functions, streams and the table.
const (
	latencyBar  = 3 * time.Second
	latencyWork = 500 * time.Millisecond
)

// Ensure that with the settings of an environment 95 of 100 records are readings within three seconds and the window
// that it sets, and that the docs do the sum with the same numbers. The rehearsal measures what is work of it.
func TestLatencyOfTheSettings(t *testing.T) {
	for _, environment := range environments {
		holdLatency(t, theApp(t), environment)
	}
	for _, profile := range profiles {
		holdLatency(t, theReference(t), profile)
	}
}

func holdLatency(t *testing.T, a *app, environment string) {
	t.Helper()
	docs, err := os.ReadFile("../docs/latency.md")
	if err != nil {
		t.Fatal(err)
	}
	apply := a.one(t, environment, "Twin/Apply/Trigger")
	for _, m := range a.All("AWS::Lambda::EventSourceMapping") {
		if m.Stack.Environment != environment || strings.HasPrefix(m.Name(), "Twin/") {
			continue
		}
		p50, p95 := waiting(0.5, m, apply), waiting(0.95, m, apply)
		if total, most := p95+latencyWork, latencyBar+window(m); total > most {
			t.Errorf("%s: a p95 of %s for waiting and %s for work is more than %s", m.Path, p95, latencyWork, most)
		}
		for _, want := range []string{seconds(p50), seconds(p95), seconds(p95 + latencyWork), seconds(latencyBar)} {
			if !strings.Contains(string(docs), want) {
				t.Errorf("docs/latency.md does not say %q, which follows from %s", want, m.Path)
			}
		}
	}
}

// push is how long enhanced fan-out takes at most to hand over a record: AWS says 70 ms on average.
const push = 140 * time.Millisecond

// waiting is how long a record waits in p of all cases on its way through two triggers. For one that polls and one with
// enhanced fan-out it is an upper bound.
func waiting(p float64, triggers ...*assembly.Resource) time.Duration {
	var polled, pushed []time.Duration
	for _, m := range triggers {
		if strings.HasSuffix(m.Text("EventSourceArn"), ".ConsumerARN}") {
			pushed = append(pushed, 0)
		} else {
			polled = append(polled, window(m))
		}
	}
	all := lambda.Waiting(p, polled...)
	if len(pushed) > 0 {
		all += lambda.Waiting(p, pushed...) * push / lambda.Poll
	}
	return all
}

// latencyOf is the p95 from a record to a reading in an environment of the reference.
func latencyOf(t *testing.T, environment string) time.Duration {
	t.Helper()
	a := theReference(t)
	source, apply := a.one(t, environment, "Pipeline/Extract/Trigger"), a.one(t, environment, "Twin/Apply/Trigger")
	return waiting(0.95, source, apply) + latencyWork
}

func window(m *assembly.Resource) time.Duration {
	s, _ := m.Get("MaximumBatchingWindowInSeconds").(float64)
	return time.Duration(s) * time.Second
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }

// Ensure that the model of the mapping, with which the functions are tested when things go wrong, has the settings that
// are deployed.
func TestModelHasTheDeployedSettings(t *testing.T) {
	model := lambda.Deployed(nil, nil)
	for _, m := range theApp(t).All("AWS::Lambda::EventSourceMapping") {
		for name, want := range map[string]any{
			"BatchSize":                  float64(model.Batch),
			"BisectBatchOnFunctionError": model.Bisect,
			"MaximumRetryAttempts":       float64(model.Retries),
			"MaximumRecordAgeInSeconds":  model.MaxAge.Seconds(),
		} {
			if got := m.Get(name); !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %s is %v, in the model %v", m.Path, name, got, want)
			}
		}
		if got := window(m); got != model.Window {
			t.Errorf("%s: the window is %s, in the model %s", m.Path, got, model.Window)
		}
		if partial := m.Text("FunctionResponseTypes") == "ReportBatchItemFailures"; partial != model.Partial {
			t.Errorf("%s: partial failures %t, in the model %t", m.Path, partial, model.Partial)
		}
	}
}
