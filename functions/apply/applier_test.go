package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/railtwin/digitaltwin/functions/internal/batch"
	"github.com/railtwin/digitaltwin/functions/internal/batch/batchtest"
	"github.com/railtwin/digitaltwin/functions/internal/emf/emftest"
	"github.com/railtwin/digitaltwin/functions/internal/trigger/triggertest"
	"github.com/railtwin/digitaltwin/internal/emulator"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/bolt"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/wiring"
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
		Config: batch.Config{Environment: "test", Rejects: &f.kept, Metrics: &f.metrics,
			Now: func() time.Time { return clock }},
		store: s, decode: stream.Decode,
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
	applied  []string
	outcomes map[string]store.Outcome // of components, where not applied
	breaks   string                   // component that makes it panic
	err      error                    // beside results
	during   func()                   // called while changes are applied; may be nil
	calls    int
}

func (m *inMemory) Apply(_ context.Context, changes []twin.Change) ([]store.Result, error) {
	m.calls++
	if m.during != nil {
		m.during()
	}
	results := make([]store.Result, len(changes))
	for _, c := range changes {
		if c.Component == m.breaks {
			panic("index out of range")
		}
	}
	err := m.err
	for i, c := range changes {
		switch outcome, ok := m.outcomes[c.Component]; {
		case !ok:
			results[i].Outcome = store.Applied
			m.applied = append(m.applied, c.Component)
		case outcome == store.Refused:
			results[i] = store.Result{Outcome: outcome, Reason: twin.Future, Detail: "it is ahead"}
		case outcome == store.Unfinished:
			err = errors.New("ProvisionedThroughputExceededException")
		default:
			results[i].Outcome = outcome
		}
	}
	return results, err
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
		readings, err := table.Readings(t.Context(), store.ReadingQuery{Components: []string{"wagon:1", "wagon:2"},
			Datasets: []string{"wagons"}})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range readings {
			got = append(got, fmt.Sprintf("%s %s=%s%s at %s from %s/%s", r.Component, r.Metric, r.Value, r.Unit, r.EventTime,
				r.Source.Position.Stream, r.Source.Position.Sequence))
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
		for _, r := range f.kept.Rejects {
			if reasons = append(reasons, string(r.Reason())); r.Kind != twin.KindChange || r.Dataset != "wagons" ||
				r.Component == "" {
				t.Errorf("the reject %+v", r)
			}
		}
		slices.Sort(reasons)
		if !slices.Equal(reasons, []string{"bad-value", "future", "unreadable"}) {
			t.Errorf("rejects %v: %+v", reasons, f.kept.Rejects)
		}
		for _, word := range []string{`"Environment":"test"`, `"Dataset":"wagons"`, `"Reason":"future"`,
			`"Reason":"unreadable"`} {
			if !strings.Contains(f.metrics.String(), word) {
				t.Errorf("the metrics do not say %s: %s", word, &f.metrics)
			}
		}
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

// Ensure that freshness is the age of the newest event time that was applied, never below zero, and that nothing is
// said of it where nothing was applied.
func TestFreshness(t *testing.T) {
	for _, c := range []struct {
		event []byte
		want  string
	}{
		{event(change("a", "1", -3*time.Minute), change("b", "1", -2*time.Second), change("c", "1", -time.Hour)),
			`"Freshness":2000,`},
		{event(change("a", "1", -3*time.Minute), change("b", "1", time.Minute)), `"Freshness":0,`},
		{event(change("late", "1", -3*time.Minute)), ""},
	} {
		f := newFixture(&inMemory{outcomes: map[string]store.Outcome{"late": store.Late}})
		f.invoke(t, c.event)
		if got := f.metrics.String(); !strings.Contains(got, c.want) || c.want == "" && strings.Contains(got, "Freshness") {
			t.Errorf("want %q in %s", c.want, got)
		}
	}
}

// Ensure that what became of each change is counted as what it is, and a fault does not hide what is known: what was
// applied then will be the same when it comes again.
func TestCounts(t *testing.T) {
	m := &inMemory{outcomes: map[string]store.Outcome{
		"late": store.Late, "same": store.Same, "superseded": store.Superseded, "refused": store.Refused,
		"unfinished": store.Unfinished,
	}}
	f := newFixture(m)
	got := f.invoke(t, event(lines("a", "late", "same", "same", "superseded", "superseded", "superseded"), "bad",
		lines("refused"), lines("unfinished", "b"), lines("c", "refused")))
	if got != "3" {
		t.Errorf("unfinished from %q, want 3", got)
	}
	for _, want := range []string{
		`{"Applied":3,"Dataset":"wagons","Environment":"test","Freshness":0,"Lag":1000,"Late":1,"RejectedChanges":1,"Same":2,"Superseded":3,`,
		`{"Applied":0,"Dataset":"unknown","Environment":"test","Late":0,"RejectedChanges":1,"Same":0,"Superseded":0,`,
		`"Reason":"future","RejectedChanges":1`, `"Reason":"unreadable","RejectedChanges":1`,
	} {
		if strings.Count(f.metrics.String(), want) != 1 {
			t.Errorf("%s is not once in the metrics %s", want, &f.metrics)
		}
	}
	m.during = func() { f.stale++ }
	f.invoke(t, event(lines("a")))
	emftest.Check(t, f.metrics.String(), wiring.Applier)
}

// Ensure that a catalogue that cannot be read again is counted, and that changes are applied all the same.
func TestCatalogueStale(t *testing.T) {
	s, err := bolt.Open(filepath.Join(t.TempDir(), "twin.db"), &bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	now, broken := clock, &catalogue{Store: s}
	f := newFixture(nil)
	f.applyTo(store.NewApplier(broken, func() time.Time { return now }))
	for i, stale := range []bool{false, true, false} { // the failure is remembered for some seconds
		f.metrics.Reset()
		if got := f.invoke(t, event(change("wagon:1", "1", time.Duration(i)))); got != "" {
			t.Errorf("unfinished from %q", got)
		}
		if got := strings.Contains(f.metrics.String(), `{"CatalogueStale":1,"Environment":"test",`); got != stale {
			t.Errorf("invocation %d: the metrics are %s", i, &f.metrics)
		}
		if now = clock.Add(2 * time.Minute); i == 0 {
			broken.err = errors.New("ProvisionedThroughputExceededException")
		}
	}
}

// catalogue is a store whose catalogue cannot be read for some time.
type catalogue struct {
	store.Store
	err error
}

func (c *catalogue) Datasets(ctx context.Context) ([]twin.Dataset, error) {
	if c.err != nil {
		return nil, c.err
	}
	return c.Store.Datasets(ctx)
}

// lines is a record with a change of each component.
func lines(components ...string) string {
	var all []string
	for _, c := range components {
		all = append(all, change(c, "1", 0))
	}
	return strings.Join(all, "\n")
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
