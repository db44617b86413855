package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/railtwin/digitaltwin/functions/internal/extraction/extractiontest"
	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

type fixture struct {
	*processor
	extractiontest.Outputs
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{}
	var err error
	if f.processor, err = newProcessor(f.OpenWagons(t, wiring.Plain, "arn")); err != nil {
		t.Fatal(err)
	}
	return f
}

// invoke holds the answer against the event: every record is there, Ok, and as it was.
func (f *fixture) invoke(t *testing.T, ctx context.Context, event []byte) {
	t.Helper()
	var sent events.KinesisFirehoseEvent
	if err := json.Unmarshal(event, &sent); err != nil {
		t.Fatal(err)
	}
	answer, err := f.Invoke(ctx, bytes.Clone(event))
	if err != nil {
		t.Fatal(err)
	}
	var response events.KinesisFirehoseResponse
	if err := json.Unmarshal(answer, &response); err != nil {
		t.Fatal(err)
	}
	if len(response.Records) != len(sent.Records) {
		t.Fatalf("%d records answered of %d", len(response.Records), len(sent.Records))
	}
	for i, r := range response.Records {
		if want := sent.Records[i]; r.RecordID != want.RecordID || r.Result != events.KinesisFirehoseTransformedStateOk ||
			!bytes.Equal(r.Data, want.Data) {
			t.Errorf("record %d was %+v, comes back as %+v", i, want, r)
		}
	}
}

func event(records ...string) []byte {
	var list []string
	for i, r := range records {
		list = append(list, fmt.Sprintf(`{"recordId":"4957%d","approximateArrivalTimestamp":1763962200%03d,"data":"%s"}`, i,
			i, base64.StdEncoding.EncodeToString([]byte(r))))
	}
	return []byte(`{"invocationId":"i","deliveryStreamArn":"arn:aws:firehose:eu-central-1:123456789012:deliverystream/wagons","region":"eu-central-1","records":[` +
		strings.Join(list, ",") + `]}`)
}

// wagon is a record of a wagon at a speed in km/h.
var wagon = extractiontest.Wagon

// Ensure that a recorded event comes back as it was, becomes changes with their lineage on the way, and that
// what cannot be used of it is kept with its bytes.
func TestRecordedEvent(t *testing.T) {
	recorded, err := os.ReadFile("testdata/wagons.json")
	if err != nil {
		t.Fatal(err)
	}
	f := newFixture(t)
	f.invoke(t, t.Context(), recorded)
	if got, want := f.Stream.Values(t, "speed"), []string{"wagon:31-80-2742-860-2=0.0",
		"wagon:31-83-5375-707-9=82.4"}; !slices.Equal(got, want) {
		t.Errorf("speeds %v, want %v", got, want)
	}
	for _, c := range f.Stream.Changes(t) {
		if c.Position.Stream != "wagons-to-s3" || c.Position.Shard != "direct" || c.ReceivedAt == 0 ||
			c.Dataset != "wagon_telemetry" {
			t.Errorf("without lineage: %+v", c)
		}
	}
	if len(f.Kept.Rejects) != 1 || f.Kept.Rejects[0].Reason() != twin.Unreadable ||
		!strings.HasPrefix(string(f.Kept.Rejects[0].Payload), `{"header":{"messageId"`) {
		t.Errorf("rejects %+v", f.Kept.Rejects)
	}
	if !strings.Contains(f.Metrics.String(), `"Records":3`) {
		t.Errorf("the metrics are %s", &f.Metrics)
	}
}

// Ensure that the records pass when everything else fails, that those that were not sent are kept to be replayed,
// and that the next invocation works again.
func TestRecordsPassWhateverHappens(t *testing.T) {
	batch := event("bad", wagon("1", 1), wagon("2", 2))
	for name, c := range map[string]struct {
		harm func(f *fixture)
		kept []twin.Reason
	}{
		"the twin stream denies": {func(f *fixture) { f.Stream.Fail = func(stream.Record) bool { return true } },
			[]twin.Reason{twin.Unreadable, twin.Unsent, twin.Unsent}},
		"the twin stream is slow": {func(f *fixture) { f.Stream.Slow = true },
			[]twin.Reason{twin.Unreadable, twin.Unsent, twin.Unsent}},
		"the twin stream panics": {func(f *fixture) { f.Stream.Fail = func(stream.Record) bool { panic("no") } },
			[]twin.Reason{twin.Unsent, twin.Unsent, twin.Unsent}},
		"the twin stream never answers": {func(f *fixture) {
			f.Stream.Fail = func(stream.Record) bool { time.Sleep(time.Hour); return false }
		}, []twin.Reason{twin.Unsent, twin.Unsent, twin.Unsent}},
		"the bucket denies": {func(f *fixture) { f.Kept.Err = errors.New("AccessDenied") }, nil},
		"both deny": {func(f *fixture) {
			f.Kept.Err, f.Stream.Fail = errors.New("AccessDenied"), func(stream.Record) bool { return true }
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFixture(t)
				c.harm(f)
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				f.invoke(t, ctx, batch)
				if ctx.Err() != nil {
					t.Error("the answer came too late")
				}
				var kept []twin.Reason
				for _, r := range f.Kept.Take() {
					kept = append(kept, r.Reason())
				}
				if !slices.Equal(kept, c.kept) {
					t.Errorf("kept %v, want %v", kept, c.kept)
				}
				f.Stream.Mend()
				next, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				f.invoke(t, next, event(wagon("3", 3)))
				if got := f.Stream.Values(t, "speed"); !slices.Equal(got, []string{"wagon:3=3.0"}) || len(f.Kept.Take()) != 0 {
					t.Errorf("the next invocation gives %v, or rejects", got)
				}
				time.Sleep(2 * time.Hour) // what did not answer does
			})
		})
	}
}

// Ensure that an event of something else is an error, for the wiring is wrong.
func TestNotFirehose(t *testing.T) {
	if _, err := newFixture(t).Invoke(t.Context(), []byte(`{"Records":[]}`)); err == nil {
		t.Error("no error")
	}
}
