package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/aws/aws-lambda-go/events"
	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/functions/internal/extraction/extractiontest"
	"github.com/railtwin/digitaltwin/functions/internal/objectlines"
	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

const key = "wagons/2026/11/28/wagons-to-s3-1-2026-11-28-06-00 ü+.gz"

type fixture struct {
	*objects
	extractiontest.Outputs
	lake *lake
}

// newFixture returns the function with the extractor of wagons, which reads the objects below lake/wagons/.
func newFixture(t *testing.T, framing wiring.Framing) *fixture {
	t.Helper()
	f := &fixture{lake: newLake()}
	f.objects = newObjects(f.OpenWagons(t, framing, "lake/wagons/"), f.lake)
	return f
}

// created is the recorded event for an object with another key and size.
func created(t *testing.T, key string, size int) string {
	t.Helper()
	b, err := os.ReadFile("testdata/created.json")
	if err != nil {
		t.Fatal(err)
	}
	var event map[string]any
	if err := json.Unmarshal(b, &event); err != nil {
		t.Fatal(err)
	}
	object := event["detail"].(map[string]any)["object"].(map[string]any)
	object["key"], object["size"] = key, size
	if b, err = json.Marshal(event); err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// invoke returns the messages that come again.
func (f *fixture) invoke(t *testing.T, ctx context.Context, bodies ...string) (failed []string) {
	t.Helper()
	var event events.SQSEvent
	for i, b := range bodies {
		event.Records = append(event.Records, events.SQSMessage{MessageId: fmt.Sprint(i), Body: b, EventSource: "aws:sqs"})
	}
	answer, err := f.handle(ctx, event)
	if err != nil || answer.BatchItemFailures == nil {
		t.Fatalf("%+v, %v", answer, err)
	}
	for _, one := range answer.BatchItemFailures {
		failed = append(failed, one.ItemIdentifier)
	}
	return failed
}

// wagon is a record of a wagon at a speed in km/h.
var wagon = extractiontest.Wagon

func zipped(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Ensure that the object of a recorded event is read in every framing, with the lineage of its records.
func TestFramings(t *testing.T) {
	lines := wagon("1", 1) + "\n\n" + wagon("2", 2) + "\r\nbad"
	for framing, c := range map[wiring.Framing]struct {
		object  []byte
		want    []string
		rejects int
	}{
		wiring.Plain: {[]byte(strings.ReplaceAll(wagon("1", 1), ",", ",\n")), []string{"wagon:1=1.0"}, 0},
		wiring.Lines: {[]byte(lines), []string{"wagon:1=1.0", "wagon:2=2.0"}, 1},
		wiring.Gzip:  {zipped(t, lines), []string{"wagon:1=1.0", "wagon:2=2.0"}, 1},
	} {
		f := newFixture(t, framing)
		recorded, err := os.ReadFile("testdata/created.json")
		if err != nil {
			t.Fatal(err)
		}
		f.lake.objects["lake/"+key] = bytes.NewReader(c.object)
		if failed := f.invoke(t, t.Context(), string(recorded)); failed != nil {
			t.Errorf("%s: %v come again", framing, failed)
		}
		if got := f.Stream.Values(t, "speed"); !slices.Equal(got, c.want) || len(f.Kept.Rejects) != c.rejects {
			t.Errorf("%s: %v, want %v; rejects %+v", framing, got, c.want, f.Kept.Rejects)
		}
		for _, change := range f.Stream.Changes(t) {
			p := change.Position
			if p.Stream != "lake" || p.Shard != "wagons%2F2026%2F11%2F28%2Fwagons-to-s3-1-2026-11-28-06-00%20%C3%BC+.gz" ||
				change.ReceivedAt.String() != "2026-11-28T06:00:00.000Z" {
				t.Errorf("%s: the lineage is %+v, received at %s", framing, p, change.ReceivedAt)
			}
		}
	}
}

// Ensure that an object in another charset is decoded once, before it is cut into lines.
func TestCharset(t *testing.T) {
	f := newFixture(t, wiring.Lines)
	f.objects.source.Charset = "utf-16le"
	var object []byte
	for _, unit := range utf16.Encode([]rune(wagon("ü", 1) + "\n" + wagon("€", 2))) {
		object = binary.LittleEndian.AppendUint16(object, unit)
	}
	f.lake.objects["lake/"+key] = bytes.NewReader(object)
	f.invoke(t, t.Context(), created(t, key, len(object)))
	if got := f.Stream.Values(t, "speed"); !slices.Equal(got, []string{"wagon:ü=1.0", "wagon:€=2.0"}) ||
		len(f.Kept.Rejects) > 0 {
		t.Errorf("%v, rejects %+v", got, f.Kept.Rejects)
	}
}

// Ensure that the later of two readings in an object with the same event time has the greater rank.
func TestOrderWithinAnObject(t *testing.T) {
	f := newFixture(t, wiring.Lines)
	f.lake.objects["lake/"+key] = strings.NewReader(wagon("1", 9) + "\n" + wagon("1", 5) + "\n" + wagon("1", 7))
	f.invoke(t, t.Context(), created(t, key, 10))
	var last twin.Change
	for _, c := range f.Stream.Changes(t) {
		if c.Metric == "speed" && (last.Component == "" || c.Rank().Wins(last.Rank())) {
			last = c
		}
	}
	if last.Value != "7.0" {
		t.Errorf("%s wins", last.Value)
	}
}

// Ensure that what is wrong with an object is kept as a reject beside what could be read of it, and comes not again.
func TestBadObjects(t *testing.T) {
	whole := zipped(t, strings.Repeat(wagon("1", 1)+"\n", 2000))
	for name, c := range map[string]struct {
		object  io.Reader
		size    int
		reason  twin.Reason
		detail  string
		changes bool
	}{
		"no gzip": {strings.NewReader("hello"), 1, twin.Unreadable, "is no gzip file", false},
		"cut":     {bytes.NewReader(whole[:len(whole)/2]), 1, twin.Unreadable, "cannot be read from here on", true},
		"large":   {strings.NewReader(""), objectlines.MaxObject + 1, twin.TooLarge, "128 MB are read", false},
		"large line": {bytes.NewReader(zipped(t, wagon("1", 1)+"\n"+strings.Repeat("x", objectlines.MaxRecord+1)+"\n"+
			wagon("2", 2))), 1, twin.TooLarge, "a record of 16777218 bytes", true},
	} {
		f := newFixture(t, wiring.Gzip)
		f.lake.objects["lake/"+key] = c.object
		if failed := f.invoke(t, t.Context(), created(t, key, c.size)); failed != nil {
			t.Errorf("%s: %v come again", name, failed)
		}
		i := slices.IndexFunc(f.Kept.Rejects, func(r twin.Reject) bool {
			return r.Reason() == c.reason && strings.Contains(r.Problems[0].Detail, c.detail)
		})
		if i < 0 || (len(f.Stream.Records) > 0) != c.changes {
			t.Errorf("%s: rejects %+v, %d records sent", name, f.Kept.Rejects, len(f.Stream.Records))
		}
		if name == "large line" && !slices.Equal(f.Stream.Values(t, "speed"), []string{"wagon:1=1.0", "wagon:2=2.0"}) {
			t.Errorf("%s: %v", name, f.Stream.Values(t, "speed"))
		}
	}
}

// brokenReader is a connection that breaks.
type brokenReader struct{ io.Reader }

func (b brokenReader) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		err = errors.New("connection reset by peer")
	}
	return n, err
}

// Ensure that after a fault of the infrastructure a message comes again, and only that one.
func TestFaults(t *testing.T) {
	good := created(t, key, 10)
	for name, c := range map[string]struct {
		body string
		harm func(f *fixture)
	}{
		"access denied": {created(t, "wagons/secret", 10),
			func(f *fixture) { f.lake.objects["lake/wagons/secret"] = strings.NewReader(wagon("9", 9)) }},
		"connection lost": {created(t, "wagons/lost", 10), func(f *fixture) {
			f.lake.objects["lake/wagons/lost"] = brokenReader{strings.NewReader(wagon("9", 9) + "\n")}
		}},
		"not an event":        {"{", func(*fixture) {}},
		"another event":       {strings.Replace(good, "Object Created", "Object Deleted", 1), func(*fixture) {}},
		"an object of nobody": {created(t, "trains/1", 10), func(*fixture) {}},
		"the twin stream denies": {created(t, "wagons/9", 10), func(f *fixture) {
			f.lake.objects["lake/wagons/9"] = strings.NewReader(wagon("9", 9))
			f.Stream.Fail = func(r stream.Record) bool { return bytes.Contains(r.Data, []byte("wagon:9")) }
		}},
	} {
		f := newFixture(t, wiring.Lines)
		f.lake.objects["lake/"+key] = strings.NewReader(wagon("1", 1))
		c.harm(f)
		if failed := f.invoke(t, t.Context(), c.body, good); !slices.Equal(failed, []string{"0"}) {
			t.Errorf("%s: %v come again, want the first", name, failed)
		}
		if got := f.Stream.Values(t, "speed"); !slices.Contains(got, "wagon:1=1.0") {
			t.Errorf("%s: the other object gave %v", name, got)
		}
	}
}

// Ensure that a large object is sent in pieces, and that its message comes again when the time is up.
func TestDeadline(t *testing.T) {
	f := newFixture(t, wiring.Lines)
	f.lake.objects["lake/"+key] = strings.NewReader(strings.Repeat(wagon("1", 1)+strings.Repeat(" ", 1<<20)+"\n", 10))
	if failed := f.invoke(t, t.Context(), created(t, key, 10)); failed != nil || len(f.Stream.Values(t, "speed")) != 10 {
		t.Errorf("%v come again, %v", failed, f.Stream.Values(t, "speed"))
	}
	f.lake.objects["lake/"+key] = strings.NewReader(wagon("1", 1))
	ctx, cancel := context.WithTimeout(t.Context(), reserves.Work)
	defer cancel()
	if failed := f.invoke(t, ctx, created(t, key, 10)); !slices.Equal(failed, []string{"0"}) {
		t.Errorf("%v come again", failed)
	}
}

// Ensure that an object is read by the tables with a prefix of its name, each once.
func TestTables(t *testing.T) {
	const table = `CREATE TABLE %s (id STRING, ts TIMESTAMP_LTZ(3)) WITH ('format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601', 'json.ignore-parse-errors' = 'true');
INSERT INTO digitaltwin SELECT id, '%[1]s', 'true', CAST(NULL AS STRING), ts FROM %[1]s;`
	var sql string
	for _, name := range []string{"a", "b", "c"} {
		sql += fmt.Sprintf(table, name)
	}
	for object, want := range map[string]string{"x/y/1": "abc", "x/z": "ac", "z": "c"} {
		f := &fixture{lake: newLake()}
		x := extractors.Extractor{Name: "t", SQL: []byte(sql)}
		f.objects = newObjects(f.Open(t, x, wiring.Plain, map[string]string{"a": "lake/x/", "b": "lake/x/y/", "c": "lake/"}),
			f.lake)
		f.lake.objects["lake/"+object] = strings.NewReader(`{"id":"k:1","ts":"2026-11-28T06:00:00Z"}`)
		f.invoke(t, t.Context(), created(t, object, 10))
		got := ""
		for _, c := range f.Stream.Changes(t) {
			got += c.Metric
		}
		if got != want {
			t.Errorf("%s is read by %s, want %s", object, got, want)
		}
	}
}

// Ensure that the longest name of an object fits where positions become names, and is told from others like it.
func TestLongKeys(t *testing.T) {
	seen := map[string]bool{}
	for _, first := range []string{"a", "b"} {
		var n notice
		n.Detail.Object.Key = first + strings.Repeat("/ü", 400)
		shard := n.position().Shard
		if len(shard) != objectlines.MaxShard || seen[shard] || strings.Contains(shard, "/") {
			t.Errorf("%s", shard)
		}
		seen[shard] = true
	}
}
