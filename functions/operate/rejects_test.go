package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/operate"
	"github.com/railtwin/digitaltwin/internal/rejects"
	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
)

const twinStream = "arn:aws:kinesis:eu-central-1:123456789012:stream/twin"

var now = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)

func newFiles(m *memory) *files {
	return &files{client: m, bucket: "rejects", now: func() time.Time { return now }, batches: batches{
		twinStream: twinStream, dataset: func(_ context.Context, function string) (string, error) {
			return strings.TrimPrefix(function, "arn:extract-"), nil
		},
	}}
}

// Ensure that what is listed is what a filter over all names gives, in order, however it is cut into pages, and that a
// listing of all times needs no more requests than one of some days.
func TestFiles(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	m := newMemory()
	m.page = 3
	day := func(n int) string { return now.AddDate(0, 0, n).Format("2006/01/02") }
	folders := []string{"rejects/apply/", "rejects/extract/a/", "rejects/extract/a-b/", "rejects/extract/b/",
		"aws/lambda/m1/", "aws/lambda/m1/shardId-0/", "aws/lambda/m2/shardId-0/", "aws/lambda/m2/shardId-1/"}
	for range 400 {
		m.objects[fmt.Sprintf("%s%s/x-%d", folders[random.IntN(len(folders))], day(random.IntN(20)-19),
			random.IntN(50))] = &kept{}
	}
	f := newFiles(m)
	for _, datasets := range [][]string{nil, {"a"}, {"a", "a-b"}} {
		from, to := now.AddDate(0, 0, -12), now.AddDate(0, 0, -10)
		var want []string
		for name := range m.objects {
			in := strings.HasPrefix(name, rejects.ApplyFolder)
			for _, d := range datasets {
				in = in || strings.HasPrefix(name, rejects.ExtractFolder(d))
			}
			late := to
			if strings.HasPrefix(name, rejects.BatchFolder) { // which a trigger may give up days later
				in, late = true, to.AddDate(0, 0, 8)
			}
			if in && rejects.Touches(name, twin.MillisOf(from), twin.MillisOf(late)) {
				want = append(want, name)
			}
		}
		slices.Sort(want)
		for _, limit := range []int{1, 2, 7, 1000} {
			q := operate.FileQuery{Datasets: datasets, From: twin.MillisOf(from), To: twin.MillisOf(to), Limit: limit}
			var got []string
			for {
				page, err := f.Files(t.Context(), q)
				if err != nil || len(page) > limit {
					t.Fatal(len(page), err)
				}
				got = append(got, page...)
				if len(page) < limit {
					break
				}
				q.After = page[len(page)-1]
			}
			if !slices.Equal(got, want) || len(want) < 20 {
				t.Fatalf("%v by %d: %d names, want %d\n%v\n%v", datasets, limit, len(got), len(want), got, want)
			}
		}
	}
	m.page = 1000
	lists := func(from, to twin.Millis) int {
		m.lists = nil
		if _, err := f.Files(t.Context(), operate.FileQuery{Datasets: []string{"a"}, From: from, To: to,
			Limit: 1000}); err != nil {
			t.Fatal(err)
		}
		return len(m.lists)
	}
	some, all := lists(twin.MillisOf(now.AddDate(0, 0, -12)), twin.MillisOf(now)), lists(twin.MinMillis, twin.MaxMillis)
	if all > some {
		t.Errorf("%d requests to list all, %d for some days", all, some)
	}
}

// Ensure that a file is read with its mark, that marks add up, and that a file that is not there is said to be so.
func TestFile(t *testing.T) {
	m := newMemory()
	f := newFiles(m)
	reject := twin.Reject{Kind: twin.KindRecord, Dataset: "a", Payload: []byte("{")}
	reject.Note(twin.Problem{Reason: twin.Unreadable, Detail: "no", Offset: 1})
	const name = "rejects/extract/a/2026/11/29/x.ndjson.gz"
	if err := f.Write(t.Context(), name, rejects.Encode([]twin.Reject{reject}).Data,
		operate.Mark{Split: "run-1"}); err != nil {
		t.Fatal(err)
	}
	if err := f.Mark(t.Context(), name, operate.Mark{Replayed: "20261129t120000.000-abc"}); err != nil {
		t.Fatal(err)
	}
	list, mark, err := f.Open(t.Context(), name)
	if err != nil || mark != (operate.Mark{Replayed: "20261129t120000.000-abc", Split: "run-1"}) {
		t.Fatal(mark, err)
	}
	for r, err := range list {
		if err != nil || r.Reason() != twin.Unreadable || string(r.Payload) != "{" {
			t.Errorf("%+v, %v", r, err)
		}
	}
	for range 2 {
		if err := f.Remove(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
	_, _, err = f.Open(t.Context(), name)
	if marked := f.Mark(t.Context(), name, mark); !errors.Is(err, operate.ErrNotFound) ||
		!errors.Is(marked, operate.ErrNotFound) {
		t.Errorf("%v; %v", err, marked)
	}
}

// batchFile is what AWS Lambda writes of a batch of a stream.
func batchFile(t *testing.T, function, arn string, inText bool, records ...[]byte) []byte {
	t.Helper()
	var list []map[string]any
	for i, data := range records {
		list = append(list, map[string]any{
			"eventID": fmt.Sprintf("shardId-000000000000:%d", i+1), "eventSourceARN": arn,
			"kinesis": map[string]any{"sequenceNumber": fmt.Sprint(i + 1), "approximateArrivalTimestamp": 1764417600.5,
				"data": base64.StdEncoding.EncodeToString(data)},
		})
	}
	event := map[string]any{"Records": list}
	var payload any = event
	if inText {
		text, err := json.Marshal(event)
		if err != nil {
			t.Fatal(err)
		}
		payload = string(text)
	}
	file, err := json.Marshal(map[string]any{
		"requestContext": map[string]any{"functionArn": function, "condition": "RetryAttemptsExhausted"}, "payload": payload,
		"KinesisBatchInfo": map[string]any{"streamArn": arn, "batchSize": len(records)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// Ensure that each record of a batch that was given up is a reject of the dataset whose function gave it up, or, for
// the twin stream, of the changes in it, and that a damaged file is said to be so.
func TestBatches(t *testing.T) {
	m := newMemory()
	f := newFiles(m)
	const source = "arn:aws:kinesis:eu-central-1:123456789012:stream/wagons"
	change := twin.Change{Dataset: "hsl", Component: "bus:1", Metric: "speed", Value: "1", EventTime: twin.MillisOf(now)}
	for _, c := range []struct {
		function, arn, dataset string
		inText                 bool
		kind                   twin.Kind
		record                 []byte
	}{
		{"arn:extract-wagons", source, "wagons", false, twin.KindFramed, []byte(`{"a":1}`)},
		{"arn:extract-wagons", source, "wagons", true, twin.KindFramed, []byte{0, 255}},
		{"arn:apply", twinStream, "hsl", true, twin.KindChange, stream.AppendChange(nil, &change)},
	} {
		const name = "aws/lambda/m1/shardId-0/2026/11/29/x"
		m.objects[name] = &kept{data: batchFile(t, c.function, c.arn, c.inText, c.record, []byte("second"))}
		list, _, err := f.Open(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for r, err := range list {
			if n++; n == 1 && (err != nil || r.Kind != c.kind || r.Dataset != c.dataset || r.Reason() != twin.Batch ||
				string(r.Payload) != string(c.record) ||
				r.ReceivedAt != 1764417600500 || r.Position != (twin.Position{Stream: c.arn[strings.LastIndex(c.arn, "/")+1:],
				Shard: "shardId-000000000000", Sequence: "1"})) {
				t.Errorf("%s: %+v, %v", c.function, r, err)
			}
		}
		if n != 2 {
			t.Errorf("%d records", n)
		}
	}
	for _, text := range []string{``, `[]`, `{"payload":7}`, `{"payload":"{"}`, `{"payload":{"Records":[{}]}}`} {
		const name = "aws/lambda/m1/2026/11/29/bad"
		m.objects[name] = &kept{data: []byte(text)}
		list, _, err := f.Open(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range list {
			if !errors.Is(err, rejects.ErrDamaged) {
				t.Errorf("%s: %v", text, err)
			}
		}
	}
}

// Fuzz that no batch file breaks what reads it, and that one without records that can be read is damaged.
func FuzzBatch(f *testing.F) {
	f.Add([]byte(`{"requestContext":{"functionArn":"f"},"payload":{"Records":[]}}`))
	f.Add([]byte(`{"payload":"{\"Records\":[{\"eventID\":\"a:1\",\"kinesis\":{\"sequenceNumber\":\"1\",\"data\":\"AA==\"}}]}"}`))
	b := newFiles(newMemory()).batches
	f.Fuzz(func(t *testing.T, file []byte) {
		list, err := b.open(t.Context(), file)
		if err != nil {
			t.Fatal(err)
		}
		for r, err := range list {
			if err == nil && r.Reason() != twin.Batch {
				t.Errorf("%+v", r)
			}
		}
	})
}
