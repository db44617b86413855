package stream_test

import (
	"bytes"
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
// leave out. It does not look at revision, index and position, nor at lines of several changes but for those that stand
// for themselves. What it returns for a line that is no change has no meaning.
func oracle(line string, before map[string]json.RawMessage) (all []twin.Change) {
	fields := maps.Clone(before)
	if json.Unmarshal([]byte(line), &fields) != nil {
		clear(before)
		return nil
	}
	for _, key := range shared {
		if raw, ok := fields[key]; ok {
			before[key] = raw
		}
	}
	list := [][]json.RawMessage{{fields["metric"], fields["value"], fields["unit"]}}
	if raw, ok := fields["changes"]; ok && json.Unmarshal(raw, &list) != nil {
		return nil
	}
	for _, own := range list {
		if n := len(own); n > 2 && own[n-1] != nil && own[n-1][0] >= '0' && own[n-1][0] <= '9' {
			own = own[:n-1] // the index
		}
		own = append(own, nil, nil, nil, nil)
		at := own[3]
		if at == nil {
			at = fields["event_time"]
		}
		time := func(raw json.RawMessage) twin.Millis { t, _ := twin.ParseMillis(text(raw)); return t }
		all = append(all, twin.Change{
			Dataset: text(fields["dataset"]), Component: text(fields["component"]), Metric: text(own[0]), Value: text(own[1]),
			Unit:      text(own[2]),
			Extractor: text(fields["extractor"]), EventTime: time(at), ReceivedAt: time(fields["received_at"]),
		})
	}
	return all
}

// text is a JSON string, or "" for null and what is not there.
func text(raw json.RawMessage) (s string) {
	_ = json.Unmarshal(raw, &s)
	return s
}

// FuzzDecode ensures that no record makes the decoder fail, that of each line every change is one or bad, or the line
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
	f.Add([]byte(`{"dataset":"d","component":"c","event_time":"2026-11-23T11:15:30Z","index":4,"changes":[["m","1"],["n","2","K","2026-11-23T11:15:31Z",9],["o","3",7],["p",4],["q","5",null]]}
{"metric":"m","value":"1"}`))
	p := stream.NewPacker(dataset(c), 0)
	for i := range 20 {
		if i%3 == 0 {
			c.EventTime++
		}
		if i%7 == 0 {
			c.Component = sameKey(c.Component)
		}
		_ = pack(p, &c, i/5)
	}
	f.Add(p.Records()[0].Data)
	f.Fuzz(func(t *testing.T, record []byte) {
		changes, bad := stream.Decode(record, nil)
		before := map[string]json.RawMessage{}
		refused := map[int]int{} // changes or whole lines
		for _, b := range bad {
			refused[b.Line]++
		}
		rest := changes
		for i, line := range strings.Split(string(record), "\n") {
			want := oracle(line, before)
			switch {
			case strings.Trim(line, " \t\r") == "", refused[i+1] == 1 && !strings.Contains(line, "ch"):
				continue
			case refused[i+1] > 0 || !utf8.Valid(record): // which of several changes are refused the oracle does not know
				return
			case len(rest) < len(want):
				t.Fatalf("line %d is neither read nor bad", i+1)
			}
			for _, w := range want {
				got := rest[0]
				rest = rest[1:]
				if got.Revision, got.Index, got.Position = 0, 0, (twin.Position{}); got != w {
					t.Fatalf("line %d: got %+v, want %+v", i+1, got, w)
				}
			}
		}
		if len(rest) > 0 {
			t.Fatalf("%d changes are of no line", len(rest))
		}
		for i := range changes {
			if !changes[i].EventTime.InRange() {
				continue // an offset carried it out of the years that can be written; Admit refuses it
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
	f.Fuzz(func(t *testing.T, dataset, extractor string, revision uint16, component, metric, value, unit string, eventTime,
		receivedAt int64, stream1, shard, sequence string, index uint32) {
		span := int64(twin.MaxMillis-twin.MinMillis) + 1
		wrap := func(n int64) twin.Millis { return twin.MinMillis + twin.Millis((n%span+span)%span) }
		c := twin.Change{
			Dataset: dataset, Extractor: extractor, Revision: revision, Component: component, Metric: metric, Value: value,
			Unit:      unit,
			EventTime: wrap(eventTime), ReceivedAt: wrap(receivedAt), Index: index,
			Position: twin.Position{Stream: stream1, Shard: strings.ReplaceAll(shard, "/", ""),
				Sequence: strings.ReplaceAll(sequence, "/", "")},
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

// FuzzPacker ensures that every row is either packed, and comes back in its order, or refused, as [twin.Admit] would
// refuse it; of two components that may be one and of sources that may be alike.
func FuzzPacker(f *testing.F) {
	f.Add("wagon:1", "wagon:2", "speed", "82.4", "km/h", int64(0), "s", uint8(0b1011), uint16(300))
	f.Add("\xff", "\n", "", "\"", "\\", int64(-1), "", uint8(0xff), uint16(0))
	f.Add("ä", "\u0080", "m\"", `{"a":1,"a":2}`, "µ", int64(-1), "", uint8(0xaa), uint16(0))
	f.Fuzz(func(t *testing.T, one, two, metric, value, unit string, ms int64, sequence string, choices uint8,
		size uint16) {
		p := stream.NewPacker(twin.Dataset{Name: "d", Extractor: two, Revision: size}, int(size))
		var want, got []twin.Change
		for i := range 12 {
			pick := func(bit int) bool { return bits.RotateLeft8(choices, i)&(1<<bit) != 0 }
			c := twin.Change{Dataset: "d", Extractor: two, Revision: size, Component: one, Metric: metric, Value: value,
				Unit: unit, Index: uint32(i)}
			c.EventTime = twin.Millis(ms)
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
			if pick(4) {
				c.Value = "1"
			}
			problem := pack(p, &c, i/2)
			reason, detail, ok := twin.Admit(&c, nil, twin.MaxMillis)
			if ok != (problem == nil) {
				t.Fatalf("%+v: the packer says %v, Admit %s %s", c, problem, reason, detail)
			}
			if ok {
				want = append(want, c)
			}
		}
		for _, r := range p.Records() {
			var bad []*stream.BadLine
			if got, bad = stream.Decode(r.Data, got); len(bad) > 0 {
				t.Fatalf("%v in %s", bad[0], r.Data)
			}
			for _, line := range bytes.Split(r.Data, []byte("\n")) {
				if !json.Valid(line) && utf8.ValidString(one+two+sequence) {
					t.Fatalf("not JSON: %s", line)
				}
			}
		}
		slices.SortStableFunc(got, func(a, b twin.Change) int { return cmp.Compare(a.Index, b.Index) })
		if !slices.Equal(got, want) {
			t.Fatalf("got %+v, want %+v", got, want)
		}
	})
}
