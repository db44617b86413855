package stream_test

import (
	"cmp"
	"encoding/json"
	"maps"
	"math/bits"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// shared are the keys that a line may leave out.
var shared = []string{"dataset", "extractor", "revision", "component", "event_time", "received_at", "position"}

// oracle decodes a line by encoding/json, with what the line before said, and leaves in it what the next one may
// leave out. It returns nil where the line is no change. It does not look at revision, index and position.
func oracle(line string, before map[string]json.RawMessage) *twin.Change {
	fields := maps.Clone(before)
	clear(before)
	if strings.HasPrefix(strings.Trim(line, " \t\r"), "null") || json.Unmarshal([]byte(line), &fields) != nil {
		return nil
	}
	bad := false
	text := func(key string, required bool) (s string) {
		raw, ok := fields[key]
		if !ok || string(raw) == "null" {
			bad = bad || required
			return ""
		}
		bad = bad || json.Unmarshal(raw, &s) != nil
		return s
	}
	at := func(text string) twin.Millis {
		t, err := twin.ParseMillis(text)
		bad = bad || text != "" && err != nil
		return t
	}
	c := twin.Change{
		Dataset: text("dataset", true), Component: text("component", true), Metric: text("metric", true), Value: text("value", true),
		Extractor: text("extractor", false), Unit: text("unit", false),
		EventTime: at(text("event_time", true)), ReceivedAt: at(text("received_at", false)),
	}
	if bad || text("event_time", true) == "" {
		return nil
	}
	for _, key := range shared {
		if raw, ok := fields[key]; ok {
			before[key] = raw
		}
	}
	return &c
}

// FuzzDecode ensures that no record makes the decoder fail, that each line is a change, a bad line or
// blank, that every change reads as encoding/json reads it, and that it survives being written again.
func FuzzDecode(f *testing.F) {
	c := full()
	line := string(stream.AppendChange(nil, &c))
	f.Add([]byte(line))
	f.Add([]byte(line + "\n\n{" + line))
	f.Add([]byte(line + `
{"metric":"m","value":"1","index":3}
{"component":"c","metric":"m","value":"1","event_time":"2026-11-23T11:15:30Z","position":null}
{"metric":"m","value":"1","dataset":null}
{"metric":"m","value":"1"}`))
	f.Add([]byte(`{"dataset":"d","component":"c","metric":"m","value":"\ud83d\ude00","event_time":"2026-11-23T11:15:30.1+01:00","x":[{"a":"}"}]}`))
	f.Add([]byte(`{"dataset":null,"revision":65535,"position":"a//","unit":"\u00"}`))
	f.Fuzz(func(t *testing.T, record []byte) {
		changes, bad := stream.Decode(record, nil)
		before := map[string]json.RawMessage{}
		refused := map[int]bool{}
		for _, b := range bad {
			refused[b.Line] = true
		}
		rest := changes
		for i, line := range strings.Split(string(record), "\n") {
			if strings.Trim(line, " \t\r") == "" {
				continue
			}
			if refused[i+1] {
				clear(before)
				continue
			}
			if len(rest) == 0 {
				t.Fatalf("line %d is neither a change nor bad", i+1)
			}
			got := rest[0]
			rest = rest[1:]
			if want := oracle(line, before); utf8.Valid(record) {
				if want == nil {
					t.Fatalf("encoding/json reads no change from line %d, %s", i+1, line)
				}
				if got.Revision, got.Index, got.Position = 0, 0, (twin.Position{}); got != *want {
					t.Fatalf("line %d: got %+v, want %+v", i+1, got, *want)
				}
			}
		}
		if len(rest) > 0 {
			t.Fatalf("%d changes are of no line", len(rest))
		}
		for i := range changes {
			if e := changes[i].EventTime; e < twin.MinMillis || e > twin.MaxMillis {
				continue // an offset carried it out of the years that can be written; Admit refuses it
			}
			if r := changes[i].ReceivedAt; r < twin.MinMillis || r > twin.MaxMillis {
				continue
			}
			again, bad := stream.Decode(stream.AppendChange(nil, &changes[i]), nil)
			if len(bad) > 0 || len(again) != 1 || again[0] != changes[i] {
				t.Fatalf("%+v came back as %+v %v", changes[i], again, bad)
			}
		}
	})
}

// FuzzAppendChange ensures that any change, text that is not UTF-8 included, comes back as it was.
func FuzzAppendChange(f *testing.F) {
	f.Add("d", "e", uint16(1), "c", "m", "1", "u", int64(0), int64(1), "s", "h", "q", uint32(2))
	f.Add("\xff", "\"\\", uint16(65535), "\n", "\x00", "", "", int64(-1), int64(0), "a/b", "", "", uint32(0))
	f.Fuzz(func(t *testing.T, dataset, extractor string, revision uint16, component, metric, value, unit string, eventTime, receivedAt int64, stream1, shard, sequence string, index uint32) {
		span := int64(twin.MaxMillis-twin.MinMillis) + 1
		wrap := func(n int64) twin.Millis { return twin.MinMillis + twin.Millis((n%span+span)%span) }
		c := twin.Change{
			Dataset: dataset, Extractor: extractor, Revision: revision, Component: component, Metric: metric, Value: value, Unit: unit,
			EventTime: wrap(eventTime), ReceivedAt: wrap(receivedAt), Index: index,
			Position: twin.Position{Stream: stream1, Shard: strings.ReplaceAll(shard, "/", ""), Sequence: strings.ReplaceAll(sequence, "/", "")},
		}
		line := stream.AppendChange(nil, &c)
		if utf8.Valid(line) && !json.Valid(line) {
			t.Fatalf("not JSON: %s", line)
		}
		got, bad := stream.Decode(line, nil)
		if len(bad) > 0 || len(got) != 1 || got[0] != c {
			t.Fatalf("%+v came back as %+v %v", c, got, bad)
		}
	})
}

// FuzzPacker ensures that rows, whatever their text, come back in their order, of two components that may be one
// and of sources that may be alike. What is no JSON is no value, but the text of one.
func FuzzPacker(f *testing.F) {
	f.Add("wagon:1", "wagon:2", "speed", "82.4", "km/h", int64(0), "s", uint8(0b1011), uint16(300))
	f.Add("\xff", "\n", "", "\"", "\\", int64(-1), "", uint8(0xff), uint16(0))
	f.Fuzz(func(t *testing.T, one, two, metric, value, unit string, ms int64, sequence string, choices uint8, size uint16) {
		if !json.Valid([]byte(value)) {
			text, _ := json.Marshal(value)
			value = string(text)
		}
		p := stream.NewPacker(twin.Dataset{Name: one, Extractor: two, Revision: size}, int(size))
		var want, got []twin.Change
		for i := range 12 {
			pick := func(bit int) bool { return bits.RotateLeft8(choices, i)&(1<<bit) != 0 }
			c := twin.Change{Dataset: one, Extractor: two, Revision: size, Component: one, Metric: metric, Value: value, Unit: unit, Index: uint32(i)}
			c.EventTime = twin.MinMillis + twin.Millis(uint64(ms)%uint64(twin.MaxMillis-twin.MinMillis))
			if pick(0) {
				c.Component = two
			}
			if pick(1) {
				c.EventTime, c.Metric = 0, value
			}
			if pick(2) {
				c.ReceivedAt, c.Position = 1, twin.Position{Stream: one, Sequence: strings.ReplaceAll(sequence, "/", "")}
			}
			if pick(3) {
				c.Unit = ""
			}
			if err := pack(p, &c, i); err != nil {
				t.Fatal(err)
			}
			want = append(want, c)
		}
		for _, r := range p.Records() {
			var bad []*stream.BadLine
			if got, bad = stream.Decode(r.Data, got); len(bad) > 0 {
				t.Fatalf("%v in %s", bad[0], r.Data)
			}
		}
		slices.SortStableFunc(got, func(a, b twin.Change) int { return cmp.Compare(a.Index, b.Index) })
		if !slices.Equal(got, want) {
			t.Fatalf("got %+v, want %+v", got, want)
		}
	})
}
