package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/railtwin/digitaltwin/functions/internal/batch"
	"github.com/railtwin/digitaltwin/functions/internal/bucket"
	"github.com/railtwin/digitaltwin/functions/internal/trigger/triggertest"
	"github.com/railtwin/digitaltwin/internal/rejects"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// kept are the payloads that were kept, and their reasons.
func (f *fixture) keptTexts() (all []string) {
	for _, r := range f.kept.Rejects {
		all = append(all, string(r.Reason())+" "+r.Component+string(r.Payload[:min(len(r.Payload), 5)]))
	}
	return all
}

// Ensure that a fault of the store reports the first record that is not finished, not the first of the batch, and that
// the rejects of the records before it are kept, and none of it and of those after it.
func TestPartialBatchFailure(t *testing.T) {
	m := &inMemory{outcomes: map[string]store.Outcome{"wagon:3": store.Unfinished, "wagon:9": store.Refused}}
	f := newFixture(m)
	records := event(lines("wagon:1", "wagon:9"), "bad", lines("wagon:9", "wagon:3")+"\nbad", "worse", lines("wagon:3"),
		lines("wagon:9"))
	if got := f.invoke(t, records); got != "2" {
		t.Errorf("unfinished from %q, want 2", got)
	}
	if got := f.keptTexts(); !slices.Equal(got, []string{`future wagon:9{"dat`, "unreadable bad"}) {
		t.Errorf("kept %q; what comes again must not be kept now", got)
	}
	if o := f.kept.Origins; len(o) != 1 || o[0].Position.Stream != "twin" || o[0].Position.Sequence != "0" {
		t.Errorf("kept with %+v, want the first record of the twin stream", o)
	}
}

// Ensure that a reject that cannot be kept holds back the first record with a reject, and is not counted: also where
// the store refused that later than a line was bad that comes after it.
func TestBucketFault(t *testing.T) {
	f := newFixture(&inMemory{outcomes: map[string]store.Outcome{"wagon:9": store.Refused}})
	f.kept.Err = errors.New("AccessDenied")
	if got := f.invoke(t, event(lines("wagon:1"), lines("wagon:9"), "bad", lines("wagon:2"), "bad")); got != "1" {
		t.Errorf("unfinished from %q, want 1", got)
	}
	if strings.Contains(f.metrics.String(), "Rejected") || !strings.Contains(f.metrics.String(), `"Applied":2`) {
		t.Errorf("the metrics are %s", &f.metrics)
	}
}

// Ensure that rejects are kept when the time for work is over, for which there is time of its own.
func TestKeepAfterTheDeadlineOfWork(t *testing.T) {
	f := newFixture(&inMemory{})
	ctx, cancel := context.WithTimeout(t.Context(), batch.OfStream.Work-10*time.Millisecond)
	defer cancel()
	if got := triggertest.Invoke(t, ctx, f, event("bad")); got != "" || len(f.kept.Rejects) != 1 {
		t.Errorf("unfinished from %q, kept %q", got, f.keptTexts())
	}
}

// Ensure that only the change that breaks the store is rejected, the others of its record are applied as those of other
// records are, and it is found without asking for each alone.
func TestPoison(t *testing.T) {
	m := &inMemory{breaks: "wagon:20"}
	f := newFixture(m)
	var components []string
	for i := range 64 {
		components = append(components, fmt.Sprint("wagon:", i))
	}
	if got := f.invoke(t, event(lines(components[:16]...), lines(components[16:40]...),
		lines(components[40:]...))); got != "" {
		t.Errorf("unfinished from %q", got)
	}
	slices.Sort(m.applied)
	want := slices.DeleteFunc(slices.Sorted(slices.Values(components)), func(c string) bool { return c == "wagon:20" })
	if !slices.Equal(m.applied, want) || m.calls > 13 {
		t.Errorf("applied %v in %d calls", m.applied, m.calls)
	}
	if got := f.keptTexts(); !slices.Equal(got, []string{`panic wagon:20{"dat`}) {
		t.Errorf("kept %q", got)
	}
}

// Ensure that a change that breaks the store does not hide which record is unfinished, nor whose change is refused.
func TestPoisonBesideAFault(t *testing.T) {
	f := newFixture(&inMemory{breaks: "wagon:1", outcomes: map[string]store.Outcome{"wagon:3": store.Refused,
		"wagon:5": store.Unfinished}})
	if got := f.invoke(t, event(lines("wagon:0", "wagon:1"), lines("wagon:2"), lines("wagon:3"),
		lines("wagon:4", "wagon:5"), lines("wagon:6"))); got != "3" {
		t.Errorf("unfinished from %q, want 3", got)
	}
	if got := f.keptTexts(); !slices.Equal(got, []string{`panic wagon:1{"dat`, `future wagon:3{"dat`}) {
		t.Errorf("kept %q", got)
	}
}

// Ensure that a record that breaks the decoder is a reject, with the dataset that it names, and nothing of what was
// decoded of it is applied.
func TestDecoderBreaks(t *testing.T) {
	m := &inMemory{}
	f := newFixture(m)
	f.decode = func(record []byte, changes []twin.Change) ([]twin.Change, []*stream.BadLine) {
		changes, bad := stream.Decode(record, changes)
		if bytes.Contains(record, []byte("wagon:2")) {
			panic("index out of range")
		}
		return changes, bad
	}
	if got := f.invoke(t, event(lines("wagon:1"), lines("wagon:0", "wagon:2"), lines("wagon:3"))); got != "" {
		t.Errorf("unfinished from %q", got)
	}
	if !slices.Equal(m.applied, []string{"wagon:1", "wagon:3"}) {
		t.Errorf("applied %v", m.applied)
	}
	if len(f.kept.Rejects) != 1 || f.kept.Rejects[0].Reason() != twin.Panicked || f.kept.Rejects[0].Dataset != "wagons" ||
		string(f.kept.Rejects[0].Payload) != lines("wagon:0", "wagon:2") || f.kept.Rejects[0].Position.Stream != "twin" {
		t.Errorf("kept %+v", f.kept.Rejects)
	}
}

// Ensure that a reject says the dataset, the component and the source record wherever the stream does, and where it
// lies in the stream otherwise; and that no text becomes the name of a metric's dataset that is none.
func TestWhatIsKnownOfRejects(t *testing.T) {
	f := newFixture(&inMemory{outcomes: map[string]store.Outcome{"wagon:9": store.Refused}})
	long := strings.Repeat("d", 300)
	f.invoke(t, event(lines("wagon:9"), `{"dataset":"wagons","component":"wagon:1","event_time":`,
		`{"dataset":"`+long+`"}`, "garbage",
		`{"dataset":"wagons","component":"wagon:1","event_time":"2026-11-23T10:15:30Z","position":"wagons/1/2","received_at":"2026-11-23T10:15:31Z","index":4,"changes":[["a","1"],["b",2]]}`))
	source := twin.Position{Stream: "wagons", Shard: "shardId-000000000003", Sequence: "77"}
	for i, want := range []twin.Reject{
		{Dataset: "wagons", Component: "wagon:9", Position: source, ReceivedAt: twin.MillisOf(clock.Add(-time.Second))},
		{Dataset: "wagons", Component: "wagon:1", Position: twin.Position{Stream: "twin", Shard: "shardId-000000000001",
			Sequence: "1"}, ReceivedAt: 1763962200001},
		{Dataset: long, Position: twin.Position{Stream: "twin", Shard: "shardId-000000000001", Sequence: "2"},
			ReceivedAt: 1763962200002},
		{Position: twin.Position{Stream: "twin", Shard: "shardId-000000000001", Sequence: "3"}, ReceivedAt: 1763962200003},
		{Dataset: "wagons", Component: "wagon:1", Position: twin.Position{Stream: "wagons", Shard: "1", Sequence: "2"},
			ReceivedAt: 1795428931000, Index: 5},
	} {
		r := f.kept.Rejects[i]
		if r.Kind != twin.KindChange || r.Dataset != want.Dataset || r.Component != want.Component ||
			r.Position != want.Position || r.ReceivedAt != want.ReceivedAt || r.Index != want.Index {
			t.Errorf("reject %d is %+v, want %+v", i, r, want)
		}
	}
	if m := f.metrics.String(); strings.Contains(m, long) ||
		!strings.Contains(m, `"Dataset":"unknown","Environment":"test","Late":0,"RejectedChanges":2`) ||
		!strings.Contains(m, `"Late":0,"RejectedChanges":3`) {
		t.Errorf("the metrics are %s", m)
	}
}

// inBucket is a bucket for rejects.
type inBucket map[string][]byte

func (b inBucket) PutObject(_ context.Context, in *s3.PutObjectInput, _ ...func(*s3.Options)) (_ *s3.PutObjectOutput,
	err error) {
	b[*in.Key], err = io.ReadAll(in.Body)
	return &s3.PutObjectOutput{}, err
}

// rejects are the components of the rejects in the bucket.
func (b inBucket) components(t *testing.T) (all []string) {
	t.Helper()
	for _, file := range b {
		for r, err := range rejects.Decode(bytes.NewReader(file)) {
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, r.Component)
		}
	}
	slices.Sort(all)
	return all
}

// Ensure that no rejects overwrite others, whatever comes together: the changes of one source record that are packed
// under several keys, a batch that is bisected, and one that is repeated, which adds nothing.
func TestRejectsOverwriteNoOthers(t *testing.T) {
	p := stream.NewPacker(twin.Dataset{Name: "vehicles", Extractor: "0123456789ab"}, 0)
	at := twin.MillisOf(clock)
	p.From(0, at, twin.Position{Stream: "vehicles", Shard: "shardId-000000000000", Sequence: "4711"})
	var want []string
	for i := range 8 {
		want = append(want, fmt.Sprint("bus:", i))
		if problem := p.Add(&stream.Row{Component: []byte(want[i]), Metric: []byte("speed"), Value: []byte("50"),
			EventTime: at + 600_000, Index: uint32(i)}); problem != nil {
			t.Fatal(problem)
		}
	}
	var records []string
	for _, r := range p.Records() {
		records = append(records, string(r.Data))
	}
	if len(records) < 4 {
		t.Fatalf("%d records of the twin stream", len(records))
	}
	refuses := map[string]store.Outcome{}
	for _, c := range want {
		refuses[c] = store.Refused
	}
	kept := inBucket{}
	invoke := func(records ...string) {
		f := newFixture(&inMemory{outcomes: refuses})
		f.Rejects = &bucket.Bucket{Client: kept, Name: "rejects", Prefix: "rejects/apply"}
		if failed := f.invoke(t, event(records...)); failed != "" {
			t.Fatal(failed)
		}
	}
	for _, r := range records { // each in an invocation of its own, as if it were the first of its shard
		invoke(r)
	}
	if got := kept.components(t); !slices.Equal(got, want) {
		t.Errorf("each alone: %v are in %d files", got, len(kept))
	}
	clear(kept)
	invoke(records...)
	for range 3 {
		invoke(records[:len(records)/2]...)
		invoke(records[:len(records)/4]...)
		invoke(records...)
	}
	got := kept.components(t)
	if got = slices.Compact(got); !slices.Equal(got, want) || len(kept) != 3 {
		t.Errorf("bisected: %v are in %d files", got, len(kept))
	}
}
