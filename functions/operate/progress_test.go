package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/functions/internal/emf/emftest"
	"github.com/railtwin/digitaltwin/internal/operate"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// written are the values of a metric of a dataset in a log, "" for those of the environment.
func written(t *testing.T, log, dataset, metric string) (values []float64) {
	t.Helper()
	for line := range strings.Lines(log) {
		var l map[string]any
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatal(err)
		}
		of, _ := l[wiring.DimensionDataset].(string)
		if v, ok := l[metric].(float64); ok && of == dataset {
			values = append(values, v)
		}
	}
	return values
}

func sum(values []float64) (total float64) {
	for _, v := range values {
		total += v
	}
	return total
}

// Ensure that the progress of runs is counted once, in every step of them and after faults, and that the schedule
// writes how long a run has stood still and a dataset has been paused, and nothing where neither is the case.
func TestMetrics(t *testing.T) {
	var log bytes.Buffer
	var later time.Duration
	a := newAccountWith(t, func(p *parts) { p.metrics, p.now = &log, func() time.Time { return time.Now().Add(later) } })
	watch := func() string {
		t.Helper()
		log.Reset()
		if _, err := a.operator.Invoke(t.Context(), []byte(`{"watch":true}`)); err != nil {
			t.Fatal(err)
		}
		return log.String()
	}
	if got := watch(); got != "" {
		t.Errorf("nothing is operated, and it writes %s", got)
	}

	a.keepRejects(record("1", 80), record("2", 81), record("3", 82))
	faults := 1
	a.fault = func(action string) error {
		if action == "PutRecords" && faults > 0 {
			faults--
			return errors.New("throttled")
		}
		return nil
	}
	a.run(`{"kind":"replay","dataset":"wagons","from":"2020-01-01T00:00:00Z","dryRun":false,"rate":10000}`)
	a.run(`{"kind":"forget","component":"wagon:1","dryRun":false}`)
	a.run(`{"kind":"pause","dataset":"wagons","dryRun":false}`)
	all := log.String()
	if got := written(t, all, "wagons", wiring.MetricRunRecords); sum(got) != 3 {
		t.Errorf("a replay of 3 rejects has gone through %v", got)
	}
	if got := written(t, all, wiring.EveryDataset, wiring.MetricRunRecords); sum(got) != 1 {
		t.Errorf("a forget of one component has gone through %v", got)
	}

	if _, err := a.operator.Invoke(t.Context(), stuck(t, a)); err == nil {
		t.Error("a step of a run that meets a fault succeeds")
	}
	later = 20 * time.Minute
	got := watch()
	all += got
	if idle := written(t, got, "", wiring.MetricRunIdle); len(idle) != 1 || idle[0] < 20*60_000 || idle[0] > 21*60_000 {
		t.Errorf("a run that has stood still for 20 minutes has done so for %v ms", idle)
	}
	if paused := written(t, got, "wagons", wiring.MetricPausedFor); len(paused) != 1 || paused[0] < 20*60_000 ||
		paused[0] > 21*60_000 {
		t.Errorf("a dataset that was paused 20 minutes ago has been so for %v ms", paused)
	}
	emftest.Check(t, all, wiring.Operator)
	later = 0
	a.run(`{"kind":"resume","dataset":"wagons","dryRun":false}`)
	if got := watch(); written(t, got, "wagons", wiring.MetricPausedFor) != nil {
		t.Errorf("a dataset that goes on is paused: %s", got)
	}
}

// stuck makes a run whose every step meets a fault, and returns the event of a step of it.
func stuck(t *testing.T, a *account) []byte {
	t.Helper()
	a.keepRejects(record("4", 83))
	a.fault = func(action string) error {
		if action == "PutRecords" {
			return errors.New("the stream does not answer")
		}
		return nil
	}
	r := a.call(operatorClaims, "POST", "/v1/operations", "/v1/operations",
		`{"kind":"replay","dataset":"wagons","from":"2020-01-01T00:00:00Z","dryRun":false}`, nil)
	if r.StatusCode != 202 || len(a.queue) != 1 {
		t.Fatalf("%d %s", r.StatusCode, r.Body)
	}
	event := a.queue[0]
	a.queue = nil
	return event
}

// Ensure that a run that takes long is told of every minute, each time with what has come since.
func TestProgressEveryMinute(t *testing.T) {
	var log bytes.Buffer
	now := time.Unix(0, 0)
	m := &meter{environment: "dev", out: &log, now: func() time.Time { return now }}
	run := &operate.Run{ID: "r", Request: operate.Request{Dataset: "wagons"}, Counts: operate.Counts{Records: 100}}
	p := &progress{Runs: noted{run}, meter: m}
	p.begin("r")
	if _, err := p.Read(t.Context(), "r"); err != nil {
		t.Fatal(err)
	}
	for range 90 { // two seconds apart, as checkpoints are
		now = now.Add(2 * time.Second)
		run.Counts.Records += 10
		if err := p.Write(t.Context(), run); err != nil {
			t.Fatal(err)
		}
	}
	run.Counts.Records += 7
	if err := p.Write(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	p.end(t.Context())
	if got := written(t, log.String(), "wagons", wiring.MetricRunRecords); len(got) != 4 || got[0] != 300 ||
		sum(got) != 907 {
		t.Errorf("it tells of %v", got)
	}
}

// Ensure that all active runs are looked at, however many have ended since.
func TestWatchLooksBack(t *testing.T) {
	now := twin.MillisOf(time.Now())
	var all []*operate.Run
	for range 250 {
		all = append(all, &operate.Run{State: operate.Done, Created: now, Updated: now})
	}
	all = append(all, &operate.Run{State: operate.Running, Created: now - 3_600_000, Updated: now - 60_000})
	w := &watcher{runs: many(all), meter: &meter{now: time.Now}}
	if idle, active, err := w.idle(t.Context(), now); err != nil || !active || idle != 60_000 {
		t.Errorf("%v %v %v", idle, active, err)
	}
}

// noted keeps one run.
type noted struct{ run *operate.Run }

func (n noted) Write(context.Context, *operate.Run) error                 { return nil }
func (n noted) Read(context.Context, string) (*operate.Run, error)        { return n.run, nil }
func (n noted) List(context.Context, string, int) ([]*operate.Run, error) { return nil, nil }

// many are runs, the newest first.
type many []*operate.Run

func (m many) Write(context.Context, *operate.Run) error          { return nil }
func (m many) Read(context.Context, string) (*operate.Run, error) { return nil, operate.ErrNotFound }
func (m many) List(_ context.Context, before string, limit int) ([]*operate.Run, error) {
	from := 0
	for i, run := range m {
		if run.ID == "" {
			run.ID = fmt.Sprint(len(m) - i)
		}
		if run.ID == before {
			from = i + 1
		}
	}
	return m[from:min(from+limit, len(m))], nil
}
