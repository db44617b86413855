package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/functions/internal/batch"
	"github.com/railtwin/digitaltwin/functions/internal/emf/emftest"
	"github.com/railtwin/digitaltwin/functions/internal/extraction/extractiontest"
	"github.com/railtwin/digitaltwin/functions/internal/trigger/triggertest"
	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

type fixture struct {
	*extractor
	extractiontest.Outputs
}

// newFixture returns the function with the extractor of wagons.
func newFixture(t testing.TB, framing wiring.Framing) *fixture {
	t.Helper()
	f := &fixture{}
	f.extractor = newExtractor(f.OpenWagons(t, framing, "arn"))
	return f
}

// invoke returns the sequence number that the answer names, or nothing.
func (f *fixture) invoke(t *testing.T, ctx context.Context, event []byte) string {
	t.Helper()
	return triggertest.Invoke(t, ctx, f, event)
}

// event makes the event of records with the sequence numbers 0, 1, 2 and so on.
func event(records ...string) []byte { return triggertest.Event("wagons", records...) }

// wagon is a record of a wagon at a speed in km/h.
var wagon = extractiontest.Wagon

// speeds are component=value of the speeds in the stream.
func (f *fixture) speeds(t *testing.T) []string { return f.Stream.Values(t, "speed") }

// Ensure that a recorded event becomes changes with their lineage, that what cannot be used of it is kept with
// its bytes, and that both are counted.
func TestRecordedEvent(t *testing.T) {
	recorded, err := os.ReadFile("testdata/wagons.json")
	if err != nil {
		t.Fatal(err)
	}
	f := newFixture(t, wiring.Plain)
	if failed := f.invoke(t, context.Background(), recorded); failed != "" {
		t.Fatalf("unfinished from %s", failed)
	}
	want := []string{"wagon:31-80-2742-860-2=0.0", "wagon:31-83-5375-707-9=82.4"}
	if got := f.speeds(t); !slices.Equal(got, want) {
		t.Errorf("speeds %v, want %v", got, want)
	}
	for _, c := range f.Stream.Changes(t) {
		if c.Position.Stream != "wagons" || c.Position.Shard != "shardId-000000000003" || c.ReceivedAt == 0 ||
			c.Dataset != "wagon_telemetry" || len(c.Extractor) != 12 {
			t.Errorf("without lineage: %+v", c)
		}
	}
	if len(f.Kept.Rejects) != 2 {
		t.Fatalf("rejects %+v, want two", f.Kept.Rejects)
	}
	cut, wrong := f.Kept.Rejects[0], f.Kept.Rejects[1]
	if cut.Reason() != twin.Unreadable || !strings.HasPrefix(string(cut.Payload),
		`{"header":{"messageId":"f2934e6c50f1020"`) ||
		cut.Position.Sequence != "49590338271490256608559692540925702759324208523137515620" {
		t.Errorf("the truncated record is %+v", cut)
	}
	if wrong.Reason() != twin.Unreadable || wrong.Problems[0].Column != "motion.speedKmh" || wrong.ReceivedAt == 0 {
		t.Errorf("the wrong type is %+v", wrong)
	}
	for _, line := range []string{`"Records":4`, `"Rejects":2`, `"Reason":"unreadable"`, `"Environment":"test"`,
		`"Dataset":"wagon_telemetry"`} {
		if !strings.Contains(f.Metrics.String(), line) {
			t.Errorf("the metrics do not say %s: %s", line, &f.Metrics)
		}
	}
	emftest.Check(t, f.Metrics.String(), wiring.Extractors)
}

// Ensure that nothing of an invocation is left for the next.
func TestInvocationsAreApart(t *testing.T) {
	f := newFixture(t, wiring.Plain)
	for i, want := range []string{"wagon:1=10.0", "wagon:2=20.0"} {
		f.Stream.Records, f.Kept.Rejects = nil, nil
		f.invoke(t, context.Background(), event(wagon(fmt.Sprint(i+1), 10*float64(i+1)), "x"))
		if got := f.speeds(t); !slices.Equal(got, []string{want}) {
			t.Errorf("speeds %v, want %s", got, want)
		}
		if len(f.Kept.Rejects) != 1 || string(f.Kept.Rejects[0].Payload) != "x" {
			t.Errorf("rejects %+v", f.Kept.Rejects)
		}
	}
}

// Ensure that a fault of the twin stream reports the first record that is not in it, and that rejects are
// kept once: with the records that are finished.
func TestPartialBatchFailure(t *testing.T) {
	f := newFixture(t, wiring.Plain)
	f.Stream.Fail = func(r stream.Record) bool { return bytes.Contains(r.Data, []byte("wagon:3")) }
	records := event(wagon("1", 1), "first", wagon("2", 2), wagon("3", 3), "second")
	// The request is refused as a whole, so the first record with a change in it is unfinished.
	if got := f.invoke(t, context.Background(), records); got != "0" {
		t.Errorf("unfinished from %q, want 0", got)
	}
	if len(f.Kept.Rejects) != 0 {
		t.Errorf("kept %+v, although their records come again", f.Kept.Rejects)
	}
	f.Stream.Fail = nil
	if got := f.invoke(t, context.Background(), event(wagon("1", 1), "first", wagon("2", 2), wagon("3", 3),
		"second")); got != "" {
		t.Errorf("unfinished from %q", got)
	}
	if len(f.Kept.Rejects) != 2 {
		t.Errorf("kept %+v", f.Kept.Rejects)
	}
}

// Ensure that records before the first one with a change are finished when the stream takes nothing.
func TestRejectsBeforeAFault(t *testing.T) {
	f := newFixture(t, wiring.Plain)
	f.Stream.Fail = func(stream.Record) bool { return true }
	if got := f.invoke(t, context.Background(), event("first", wagon("1", 1), "second")); got != "1" {
		t.Errorf("unfinished from %q, want 1", got)
	}
	if len(f.Kept.Rejects) != 1 || string(f.Kept.Rejects[0].Payload) != "first" {
		t.Errorf("kept %+v", f.Kept.Rejects)
	}
}

// Ensure that a reject that cannot be kept holds its record back: a reject must not be lost either.
func TestBucketFault(t *testing.T) {
	f := newFixture(t, wiring.Plain)
	f.Kept.Err = errors.New("AccessDenied")
	if got := f.invoke(t, context.Background(), event(wagon("1", 1), wagon("2", 2), "bad", wagon("3", 3))); got != "2" {
		t.Errorf("unfinished from %q, want 2", got)
	}
	if got := f.speeds(t); len(got) != 3 {
		t.Errorf("speeds %v", got)
	}
}

// Ensure that the function answers before its time is up, also when the stream takes nothing.
func TestDeadline(t *testing.T) {
	f := newFixture(t, wiring.Plain)
	f.Stream.Slow = true
	ctx, cancel := context.WithTimeout(context.Background(), batch.OfStream.Work+50*time.Millisecond)
	defer cancel()
	if got := f.invoke(t, ctx, event("bad", wagon("1", 1))); got != "1" {
		t.Errorf("unfinished from %q, want 1", got)
	}
	if ctx.Err() != nil {
		t.Error("the answer came too late")
	}
	late, cancel := context.WithTimeout(context.Background(), batch.OfStream.Work)
	defer cancel()
	if got := f.invoke(t, late, event(wagon("1", 1))); got != "0" {
		t.Errorf("unfinished from %q, want 0: there was no time", got)
	}
}

// Ensure that an event of something else is an error, for the wiring is wrong.
func TestNotKinesis(t *testing.T) {
	if _, err := newFixture(t, wiring.Plain).Invoke(context.Background(), []byte(`{"httpMethod":"GET"}`)); err == nil {
		t.Error("no error")
	}
}

// Ensure that source records that share a record of the stream keep their order: the later of two readings
// with the same event time has the greater rank.
func TestOrderWithinARecord(t *testing.T) {
	f := newFixture(t, wiring.Lines)
	f.invoke(t, context.Background(), event(wagon("1", 9)+"\n\n"+wagon("1", 5)+"\r\n"+wagon("1", 7)+"\n"))
	ranks := map[string]twin.Rank{}
	for _, c := range f.Stream.Changes(t) {
		if c.Metric == "speed" {
			ranks[c.Value] = c.Rank()
		}
	}
	order := slices.SortedFunc(maps.Keys(ranks), func(a, b string) int {
		if ranks[a].Wins(ranks[b]) {
			return 1
		}
		return -1
	})
	if !slices.Equal(order, []string{"9.0", "5.0", "7.0"}) {
		t.Errorf("from the weakest to the strongest: %v", order)
	}
}
