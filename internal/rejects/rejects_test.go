package rejects

import (
	"bytes"
	"compress/gzip"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/twin"
)

var samples = []Entry{
	{
		Reject: twin.Reject{
			Reason: twin.Unreadable, Detail: `axles[2].bearingTempC is "hot" & no number`, Dataset: "wagons",
			Column: "axles[2].bearingTempC", Offset: 0, Payload: []byte("{\"a\":\"ü<\n\"}"),
			Position: twin.Position{Stream: "wagons", Shard: "shardId-000000000001", Sequence: "4959"},
		},
		ReceivedAt: 1545084650987,
	},
	{Reject: twin.Reject{Reason: twin.TooLarge, Detail: "too large", Dataset: "wagons", Offset: -1, Payload: []byte{0xff, 0, 0xfe}}},
	{Reject: twin.Reject{Reason: twin.Panicked, Offset: 7, Payload: []byte{}}},
}

// Ensure that a reject comes back with all that it had, its bytes above all.
func TestRoundTrip(t *testing.T) {
	file, err := Encode(samples)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, samples) {
		t.Errorf("got  %+v\nwant %+v", got, samples)
	}
}

// Ensure that a file can be read with zcat: text is text.
func TestLines(t *testing.T) {
	file, err := Encode(samples)
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"reason":"unreadable","detail":"axles[2].bearingTempC is \"hot\" & no number","dataset":"wagons","column":"axles[2].bearingTempC","offset":0,"position":"wagons/shardId-000000000001/4959","received_at":"2018-12-17T22:10:50.987Z","payload":"{\"a\":\"ü<\n\"}"}
{"reason":"too-large","detail":"too large","dataset":"wagons","payload_base64":"/wD+"}
{"reason":"panic","detail":"","dataset":"","offset":7,"payload":""}
`
	if string(got) != strings.ReplaceAll(want, "ü<\n", `ü<\n`) {
		t.Errorf("got\n%s", got)
	}
}

// Ensure that a repeated invocation names its file as before, and that files of a day are together.
func TestKey(t *testing.T) {
	for want, e := range map[string]*Entry{
		"rejects/extract/wagons/2018/12/17/wagons/shardId-000000000001/4959.ndjson.gz": &samples[0],
		"rejects/extract/wagons/1970/01/01/unknown.ndjson.gz":                          &samples[1],
	} {
		if got := Key("rejects/extract/wagons/", e); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// Ensure that a file that is none says why.
func TestNotAFile(t *testing.T) {
	pack := func(s string) string {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		if _, err := io.WriteString(z, s); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	for text, want := range map[string]string{
		"plain":                         "not a gzip file",
		pack("{}\nx"):                   "line 2: ",
		pack(`{"position":"a/b"}`):      "stream/shard/sequence",
		pack(`{"offset":-2}`):           "the offset -2",
		pack(`{"received_at":"today"}`): "RFC 3339",
		pack("{}\n")[:20]:               "rejects: ",
	} {
		if got, err := Decode(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, %v, want %s", text, got, err, want)
		}
	}
}

// Fuzz that what can be read can be written and read again, alike.
func FuzzDecode(f *testing.F) {
	file, err := Encode(samples)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(file)
	f.Fuzz(func(t *testing.T, file []byte) {
		entries, err := Decode(bytes.NewReader(file))
		if err != nil {
			return
		}
		again, err := Encode(entries)
		if err != nil {
			return // a time outside of the years that can be written
		}
		got, err := Decode(bytes.NewReader(again))
		if err != nil || len(got) != len(entries) {
			t.Fatalf("%d entries became %d: %v", len(entries), len(got), err)
		}
	})
}
