package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/railtwin/digitaltwin/functions/internal/batch"
	"github.com/railtwin/digitaltwin/functions/internal/batch/batchtest"
	"github.com/railtwin/digitaltwin/functions/internal/trigger/triggertest"
	"github.com/railtwin/digitaltwin/internal/emulator"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
)

var clock = time.Date(2025, 11, 24, 6, 0, 0, 0, time.UTC)

type fixture struct {
	*applier
	kept    batchtest.Keeper
	metrics bytes.Buffer
}

func newFixture(s applies) *fixture {
	f := &fixture{}
	f.applier = &applier{
		Config: batch.Config{Environment: "test", Rejects: &f.kept, Metrics: &f.metrics, Now: func() time.Time { return clock }},
		store:  s, decode: stream.Decode,
	}
	return f
}

// invoke returns the sequence number that the answer names, or nothing.
func (f *fixture) invoke(t *testing.T, event []byte) string {
	t.Helper()
	return triggertest.Invoke(t, context.Background(), f, event)
}

// event makes the event of records with the sequence numbers 0, 1, 2 and so on.
func event(records ...string) []byte { return triggertest.Event("twin", records...) }

// change is a record with one change.
func change(component, value string, at time.Duration) string {
	return string(stream.AppendChange(nil, &twin.Change{
		Dataset: "wagons", Extractor: "0123456789ab", Component: component, Metric: "speed", Value: value, Unit: "km/h",
		EventTime: twin.MillisOf(clock.Add(at)), ReceivedAt: twin.MillisOf(clock.Add(-time.Second)),
		Position: twin.Position{Stream: "wagons", Shard: "shardId-000000000003", Sequence: "77"},
	}))
}

// inMemory is a store that fails or breaks where it is told to.
type inMemory struct {
	applied []string
	fail    string // component from which on nothing is finished
	breaks  string // component that makes it panic
	err     error  // beside results
}

func (m *inMemory) Apply(_ context.Context, changes []twin.Change) ([]store.Result, error) {
	results := make([]store.Result, len(changes))
	for i, c := range changes {
		if c.Component == m.breaks {
			panic("index out of range")
		}
		if c.Component == m.fail {
			return results, errors.New("ProvisionedThroughputExceededException")
		}
		results[i].Outcome = store.Applied
		m.applied = append(m.applied, c.Component)
	}
	return results, m.err
}

// Ensure that a recorded event of the twin stream ends in a real table: the newest readings, counted, with what is late
// and what must be refused.
func TestRecordedEvent(t *testing.T) {
	client := emulator.Client(emulator.DynamoDB(t), func(*dynamodb.Options) {})
	if err := dynamo.CreateTable(t.Context(), client, "twin"); err != nil {
		t.Fatal(err)
	}
	table := dynamo.New(client, "twin", &dynamo.Options{Now: func() time.Time { return clock }})
	if err := table.PutDataset(t.Context(), twin.Dataset{Name: "wagons", MaxFuture: time.Minute}); err != nil {
		t.Fatal(err)
	}
	recorded, err := os.ReadFile("testdata/changes.json")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // a repeated batch changes nothing
		f := newFixture(store.NewApplier(table, func() time.Time { return clock }))
		if failed := f.invoke(t, bytes.Clone(recorded)); failed != "" {
			t.Fatalf("unfinished from %s", failed)
		}
		readings, err := table.Readings(t.Context(), store.ReadingQuery{Components: []string{"wagon:1", "wagon:2"}, Datasets: []string{"wagons"}})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range readings {
			got = append(got, fmt.Sprintf("%s %s=%s%s at %s from %s/%s", r.Component, r.Metric, r.Value, r.Unit, r.EventTime, r.Source.Position.Stream, r.Source.Position.Sequence))
		}
		want := []string{
			`wagon:1 position={"lat":47.4,"lon":8.4}deg at 2025-11-24T05:59:50.000Z from wagons/4959`,
			`wagon:1 speed=90km/h at 2025-11-24T05:59:55.000Z from wagons/4960`,
			`wagon:2 speed=nullkm/h at 2025-11-24T05:59:50.000Z from wagons/4961`,
		}
		if !slices.Equal(got, want) {
			t.Errorf("readings\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		var reasons []string
		for _, e := range f.kept.Rejects {
			reasons = append(reasons, string(e.Reason()))
		}
		slices.Sort(reasons)
		if !slices.Equal(reasons, []string{"bad-value", "future", "unreadable"}) {
			t.Errorf("rejects %v: %+v", reasons, f.kept.Rejects)
		}
		for _, word := range []string{`"Environment":"test"`, `"Dataset":"wagons"`, `"Reason":"future"`, `"Dataset":"unknown"`} {
			if !strings.Contains(f.metrics.String(), word) {
				t.Errorf("the metrics do not say %s: %s", word, &f.metrics)
			}
		}
	}
}

// Ensure that a fault of the store reports the first record that is not finished, not the first of the batch.
func TestPartialBatchFailure(t *testing.T) {
	m := &inMemory{fail: "wagon:3"}
	f := newFixture(m)
	records := event(change("wagon:1", "1", 0)+"\n"+change("wagon:2", "2", 0), "bad", change("wagon:4", "4", 0)+"\n"+change("wagon:3", "3", 0), "worse", change("wagon:5", "5", 0))
	if got := f.invoke(t, records); got != "2" {
		t.Errorf("unfinished from %q, want 2", got)
	}
	if len(f.kept.Rejects) != 1 || string(f.kept.Rejects[0].Payload) != "bad" {
		t.Errorf("kept %+v; what comes again must not be kept now", f.kept.Rejects)
	}
}

// Ensure that only the record that breaks the store is rejected, and the others are applied.
func TestPoison(t *testing.T) {
	m := &inMemory{breaks: "wagon:2"}
	f := newFixture(m)
	if got := f.invoke(t, event(change("wagon:1", "1", 0), change("wagon:2", "2", 0), change("wagon:3", "3", 0))); got != "" {
		t.Errorf("unfinished from %q", got)
	}
	if !slices.Contains(m.applied, "wagon:1") || !slices.Contains(m.applied, "wagon:3") {
		t.Errorf("applied %v", m.applied)
	}
	if len(f.kept.Rejects) != 1 || f.kept.Rejects[0].Reason() != twin.Panicked || !strings.Contains(string(f.kept.Rejects[0].Payload), "wagon:2") {
		t.Errorf("kept %+v", f.kept.Rejects)
	}
}

// Ensure that a reject that cannot be kept holds its record back.
func TestBucketFault(t *testing.T) {
	f := newFixture(&inMemory{})
	f.kept.Err = errors.New("AccessDenied")
	if got := f.invoke(t, event(change("wagon:1", "1", 0), "bad", change("wagon:2", "2", 0))); got != "1" {
		t.Errorf("unfinished from %q, want 1", got)
	}
}

// Ensure that a fault after all changes are in does not repeat them.
func TestFaultAfterTheFact(t *testing.T) {
	f := newFixture(&inMemory{err: errors.New("the newest time was not told")})
	if got := f.invoke(t, event(change("wagon:1", "1", 0))); got != "" {
		t.Errorf("unfinished from %q", got)
	}
}

// Ensure that the lag is from the source's stream to the store, the greatest of the batch.
func TestLag(t *testing.T) {
	f := newFixture(&inMemory{})
	f.invoke(t, event(change("wagon:1", "1", 0)))
	if !strings.Contains(f.metrics.String(), `"Lag":1000`) || !strings.Contains(f.metrics.String(), `"Applied":1`) {
		t.Errorf("metrics %s", &f.metrics)
	}
}

// Ensure that an event without changes, and one of something else, are what they are.
func TestOtherEvents(t *testing.T) {
	f := newFixture(&inMemory{})
	if got := f.invoke(t, event("\n \n")); got != "" {
		t.Errorf("unfinished from %q", got)
	}
	if _, err := f.Invoke(context.Background(), []byte(`{"httpMethod":"GET"}`)); err == nil {
		t.Error("no error")
	}
}
