package stream_test

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// full is a change with every field set.
func full() twin.Change {
	return twin.Change{
		Dataset: "wagons", Extractor: "0123456789ab", Revision: 2,
		Component: "wagon:33-80-7845-123-4", Metric: "position", Value: `{"lat":47.5,"lon":7.6}`, Unit: "deg",
		EventTime: 1795428930120, ReceivedAt: 1795428931007,
		Position: twin.Position{Stream: "source", Shard: "shardId-000000000003",
			Sequence: "49590338271490256608559692538361571095921575989136588898"},
		Index: 7,
	}
}

// Ensure that the form on the wire is the documented one to the byte, with null for what there is not.
func TestAppendChange(t *testing.T) {
	c := full()
	want := `{"dataset":"wagons","extractor":"0123456789ab","revision":2,"component":"wagon:33-80-7845-123-4","metric":"position",` +
		`"value":"{\"lat\":47.5,\"lon\":7.6}","unit":"deg","event_time":"2026-11-23T10:15:30.120Z",` +
		`"received_at":"2026-11-23T10:15:31.007Z","position":"source/shardId-000000000003/49590338271490256608559692538361571095921575989136588898","index":7}`
	if got := string(stream.AppendChange(nil, &c)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	c.Unit, c.ReceivedAt, c.Position, c.Index = "", 0, twin.Position{}, 0
	want = want[:strings.Index(want, `"deg"`)] +
		`null,"event_time":"2026-11-23T10:15:30.120Z","received_at":null,"position":null,"index":0}`
	if got := string(stream.AppendChange(nil, &c)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// Ensure that what is written is JSON for everybody else, whatever the text, and reads back as it was.
func TestCodec_OddText(t *testing.T) {
	for _, text := range []string{
		"", `"`, `\`, `\u0041`, "\x00\x01\x1f", "\n\r\t\b\f", "\x7f\u2028", "a/b%2F c", "Holzgartenstraße 1",
		"😀\U0010ffff\ufffd", "</script>",
	} {
		c := full()
		c.Dataset, c.Component, c.Metric, c.Value, c.Unit, c.Extractor = text+"d", text+"c", text+"m", text+"v", text, text
		c.Position = twin.Position{Stream: text, Shard: strings.ReplaceAll(text, "/", ""), Sequence: "1"}
		line := stream.AppendChange(nil, &c)
		var other struct{ Dataset, Component, Metric, Value, Unit string }
		if err := json.Unmarshal(line, &other); err != nil {
			t.Errorf("%q: %v in %s", text, err, line)
		} else if other.Value != c.Value || other.Component != c.Component || other.Unit != c.Unit {
			t.Errorf("%q: read by encoding/json as %q", text, other)
		}
		if strings.Contains(string(line), "\n") {
			t.Errorf("%q: there is a line feed in %s", text, line)
		}
		if got, bad := stream.Decode(line, nil); len(bad) > 0 || len(got) != 1 || got[0] != c {
			t.Errorf("%q: reads back as %+v %v", text, got, bad)
		}
	}
}

// Ensure that a decoder takes what another writer may do: other keys, other order, spaces, escapes,
// any number of digits of a second, offsets, and nulls for all but the core.
func TestDecode_Lenient(t *testing.T) {
	want := twin.Change{Dataset: "d", Component: "c", Metric: "m", Value: "1", EventTime: 1795428930120}
	core := `"dataset":"d","component":"c","metric":"m","value":"1"`
	for _, line := range []string{
		`{` + core + `,"event_time":"2026-11-23T10:15:30.12Z"}`,
		" \t{ " + strings.ReplaceAll(core, ":", " : ") + ` , "event_time" : "2026-11-23T11:15:30.120999999+01:00" } ` + "\r",
		`{"event_time":"2026-11-23T10:15:30.1200Z","unit":null,"extractor":null,"revision":null,"received_at":null,"position":null,"index":null,` + core + `}`,
		`{"event_time":"2026-11-23T10:15:30.1200Z","unit":"","received_at":"","position":"",` + core + `}`,
		`{"x":[{"y":"]}\"","z":[1,{},[]]}],` + core +
			`,"tags":{},"n":-1.5e3,"b":true,"event_time":"2026-11-23T10:15:30.12Z","last":null}`,
		`{"\u0064ataset":"\u0064","component":"x","component":"c","metric":"m","value":"\u0031","event_time":"2026-11-23T10:15:30.12Z"}`,
	} {
		got, bad := stream.Decode([]byte(line), nil)
		if len(bad) > 0 || len(got) != 1 || got[0] != want {
			t.Errorf("%s: got %+v %v", line, got, bad)
		}
	}
	for fraction, ms := range map[string]twin.Millis{"": 0, ".9": 900, ".99": 990, ".999999999": 999} {
		got, bad := stream.Decode([]byte(`{`+core+`,"event_time":"1970-01-01T00:00:00`+fraction+`Z"}`), nil)
		if len(bad) > 0 || got[0].EventTime != ms {
			t.Errorf("the fraction %q: got %+v %v", fraction, got, bad)
		}
	}
	got, bad := stream.Decode([]byte(`{`+core+
		`,"event_time":"1970-01-01T00:00:00Z","value":"\ud83d\ude00\ud83d \udE00","position":"a/b/c/"}`), nil)
	if len(bad) > 0 || got[0].Value != "😀\ufffd \ufffd" || got[0].Position != (twin.Position{Stream: "a/b", Shard: "c"}) {
		t.Errorf("got %+v %v", got, bad)
	}
}

// Ensure that what is no change is refused with the place and the cause.
func TestDecode_Errors(t *testing.T) {
	core := func(without string) string {
		var b strings.Builder
		for _, kv := range [][2]string{{"dataset", `"d"`}, {"component", `"c"`}, {"metric", `"m"`}, {"value", `"1"`},
			{"event_time", `"2026-11-23T10:15:30Z"`}} {
			if kv[0] != without {
				fmt.Fprintf(&b, `,"%s":%s`, kv[0], kv[1])
			}
		}
		return b.String()[1:]
	}
	for _, tc := range []struct{ line, want string }{
		{`{`, `byte 1: a key: the end where a string should be`},
		{`[]`, `byte 0: '[' where a '{' should be`},
		{`null`, `byte 0: 'n' where a '{' should be`},
		{`{}`, `no dataset`},
		{`{` + core("dataset") + `}`, `no dataset`},
		{`{` + core("component") + `}`, `no component`},
		{`{` + core("metric") + `}`, `no metric`},
		{`{` + core("value") + `}`, `no value`},
		{`{` + core("event_time") + `}`, `no event_time`},
		{`{` + core("") + `,"value":null}`, `no value`},
		{`{` + core("") + `,"event_time":null}`, `no event_time`},
		{`{` + core("value") + `,"value":12}`, `byte 88: value: '1' where a string should be`},
		{`{` + core("event_time") + `,"event_time":"yesterday"}`, `event_time: twin: "yesterday" is not an RFC 3339 time`},
		{`{"unit":1}`, `byte 8: unit: '1' where a string should be`},
		{`{"received_at":"x"}`, `received_at: twin: "x" is not an RFC 3339 time`},
		{`{"position":"a/b"}`, `position: "a/b" is not stream/shard/sequence`},
		{`{"revision":65536}`, `revision: not an integer from 0 to 65535`},
		{`{"revision":-1}`, `revision: not an integer from 0 to 65535`},
		{`{"index":1.5}`, `byte 10: '.' where a '}' should be`},
		{`{"index":01}`, `index: not an integer`},
		{`{"index":99999999999999999999999}`, `index: not an integer`},
		{`{"unit":"a`, `unit: a string without an end`},
		{`{"unit":"\`, `unit: a string without an end`},
		{`{"unit":"\"`, `unit: a string without an end`},
		{`{"unit":"\x"}`, `byte 10: unit: the escape \x`},
		{`{"unit":"\u12g4"}`, `unit: a \u without four hexadecimal digits`},
		{`{"unit":"\u12"`, `unit: a \u without four hexadecimal digits`},
		{"{\"unit\":\"a\tb\"}", `byte 10: unit: the control character '\t' within a string`},
		{"{\"unit\":\"\\n\t\"}", `byte 11: unit: the control character '\t' within a string`},
		{`{"unit":nul}`, `unit: 'n' where a string should be`},
		{`{"unit":"a" "b":1}`, `'"' where a '}' should be`},
		{`{"unit","a"}`, `',' where a ':' should be`},
		{`{"unit":"a",}`, `a key: '}' where a string should be`},
		{`{"x":[1,2}`, `byte 5: x: what stands here is not JSON`},
		{`{"x":}`, `byte 5: x: what stands here is not JSON`},
		{`{"x":"\q"}`, `the escape \q`},
		{`{"x":tru}`, `what stands here is not JSON`},
		{`{` + core("") + `}{`, `'{' after the object`},
		{`{} é`, `'é' after the object`},
	} {
		got, bad := stream.Decode([]byte(tc.line), nil)
		if len(got) != 0 || len(bad) != 1 || !strings.Contains(bad[0].Err.Error(), tc.want) || bad[0].Text != tc.line {
			t.Errorf("%s: got %+v %v, want %q", tc.line, got, bad, tc.want)
		}
	}
}

// Ensure that a bad line falls alone and is named by its number, that blank lines say nothing, and
// that changes are appended to what is there.
func TestDecode_Lines(t *testing.T) {
	c := full()
	line := string(stream.AppendChange(nil, &c))
	got, bad := stream.Decode([]byte("\n"+line+"\r\n{\"dataset\":\n \t\n"+line+"\n\xff"), []twin.Change{{}})
	if want := []twin.Change{{}, c, c}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	if len(bad) != 2 || bad[0].Line != 3 || bad[0].Text != `{"dataset":` || bad[1].Line != 6 {
		t.Fatalf("got %v", bad)
	}
	if want := "stream: line 3, byte 11: dataset: the end where a string should be"; bad[0].Error() != want {
		t.Errorf("got %q, want %q", bad[0].Error(), want)
	}
	for _, nothing := range []string{"", "\n", " \r\n\t"} {
		if got, bad := stream.Decode([]byte(nothing), nil); got != nil || bad != nil {
			t.Errorf("%q: got %v %v", nothing, got, bad)
		}
	}
}

// Ensure that a line has what it leaves out from the line before, that an index counts on, that null stands for
// none, that what is a line's own is not shared, and that a line that is no change is passed over where it leaves no
// doubt about what the next one leaves out.
func TestDecode_LeftOut(t *testing.T) {
	c := full()
	whole := string(stream.AppendChange(nil, &c))
	next := c
	next.Metric, next.Value, next.Unit, next.Index = "speed", "82.4", "", 8
	moved := next
	moved.Component, moved.EventTime, moved.ReceivedAt, moved.Position, moved.Index = "wagon:1", 0, 0, twin.Position{}, 3
	other := moved
	other.Dataset, other.Extractor, other.Revision, other.Index = "d", "", 0, 4
	last := other
	last.Index = 0
	later, latest := last, last
	later.Index, latest.Index = 2, 3
	timely := next
	timely.EventTime, timely.Index = 0, 10
	short7 := timely
	short7.Index = 11
	short := `{"metric":"speed","value":"82.4"`
	got, bad := stream.Decode([]byte(strings.Join([]string{
		whole,
		short + `}`,
		short + `,"component":"wagon:1","event_time":"1970-01-01T00:00:00Z","received_at":null,"position":null,"index":3}`,
		``,
		short + `,"dataset":"d","extractor":null,"revision":null}`,
		short + `,"index":null}`,
		`{"value":"82.4"}`,
		short + `}`,
		short + `,"dataset":"d"}`,
		whole,
		short + `,"component":null}`,
		short + `}`,
		whole,
		short + `}`,
		short + `,"event_time":"10000-01-01T00:00:00Z","unit":"m"}`,
		short + `}`,
		short + `,"event_time":"1970-01-01T00:00:00Z","index":10}`,
		short + `}`,
		`{"metric":`,
		short + `}`,
		short + `,"dataset":"wagons","component":"wagon:1"}`,
	}, "\n")), nil)
	if want := []twin.Change{c, next, moved, other, last, later, latest, c, c, next, timely,
		short7}; !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	var said []string
	for _, b := range bad {
		said = append(said, b.Error())
	}
	if want := []string{
		"stream: line 7, no metric",
		"stream: line 11, no component",
		"stream: line 12, no component",
		`stream: line 15, byte 69: event_time: twin: "10000-01-01T00:00:00Z" is not an RFC 3339 time such as 2026-11-23T10:15:30.120Z`,
		"stream: line 16, no event_time, and that of line 15 cannot be read",
		"stream: line 19, byte 10: metric: the end where a string should be",
		"stream: line 20, no dataset, and line 19, which may have said it, cannot be read",
		"stream: line 21, no event_time, and line 19, which may have said it, cannot be read",
	}; !reflect.DeepEqual(said, want) {
		t.Errorf("got %q", said)
	}
}

// Ensure that a record that a former version packed, in which lines leave out what the line before says, is read as
// what was packed.
func TestDecode_FormerRecord(t *testing.T) {
	record, err := os.ReadFile("testdata/former.record")
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/former.changes")
	if err != nil {
		t.Fatal(err)
	}
	changes, bad := stream.Decode(record, nil)
	var got []byte
	for i := range changes {
		got = append(stream.AppendChange(got, &changes[i]), '\n')
	}
	if len(bad) > 0 || string(got) != string(want) || len(record) > len(want)/2 {
		t.Errorf("bad %v, got\n%s\nwant\n%s", bad, got, want)
	}
}

func ExampleDecode() {
	changes, bad := stream.Decode([]byte(`{"dataset":"wagons","component":"wagon:1","event_time":"2026-11-23T10:15:30Z","changes":[["speed","82.4","km/h"],["mileage",464982]]}
{"dataset":"wagons","component":"wagon:2","metric":"speed","value":"0","event_time":"2026-11-23T10:15:31Z"}
{"dataset":"wagons","metric":"load.mass"}`), nil)
	for _, c := range changes {
		fmt.Println(c.Component, c.Metric, c.Value, c.EventTime)
	}
	for _, b := range bad {
		fmt.Println(b)
	}
	// Output:
	// wagon:1 speed 82.4 2026-11-23T10:15:30.000Z
	// wagon:2 speed 0 2026-11-23T10:15:31.000Z
	// stream: line 1, byte 124: value: '4' where a string should be
	// stream: line 3, no value
}
