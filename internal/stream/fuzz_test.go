package stream_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// oracle decodes a line by encoding/json: nil where it is no change.
func oracle(line string) *twin.Change {
	fields := map[string]json.RawMessage{}
	if json.Unmarshal([]byte(line), &fields) != nil || strings.HasPrefix(strings.Trim(line, " \t\r"), "null") {
		return nil
	}
	text := func(key string) (s string, null bool) {
		raw, ok := fields[key]
		if !ok || string(raw) == "null" {
			return "", true
		}
		if json.Unmarshal(raw, &s) != nil {
			fields[""] = nil // marks a bad type
		}
		return s, false
	}
	delete(fields, "")
	var c twin.Change
	var missing [5]bool
	var eventTime, received string
	c.Dataset, missing[0] = text("dataset")
	c.Component, missing[1] = text("component")
	c.Metric, missing[2] = text("metric")
	c.Value, missing[3] = text("value")
	eventTime, missing[4] = text("event_time")
	c.Extractor, _ = text("extractor")
	c.Unit, _ = text("unit")
	received, _ = text("received_at")
	if _, bad := fields[""]; bad || missing != [5]bool{} {
		return nil
	}
	var err error
	if c.EventTime, err = twin.ParseMillis(eventTime); err != nil {
		return nil
	}
	if received != "" {
		if c.ReceivedAt, err = twin.ParseMillis(received); err != nil {
			return nil
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
	f.Add([]byte(`{"dataset":"d","component":"c","metric":"m","value":"\ud83d\ude00","event_time":"2026-11-23T11:15:30.1+01:00","x":[{"a":"}"}]}`))
	f.Add([]byte(`{"dataset":null,"revision":65535,"position":"a//","unit":"\u00"}`))
	f.Fuzz(func(t *testing.T, record []byte) {
		changes, bad := stream.Decode(record, nil)
		lines := 0
		for line := range strings.SplitSeq(string(record), "\n") {
			if strings.Trim(line, " \t\r") != "" {
				lines++
			}
		}
		if len(changes)+len(bad) != lines {
			t.Fatalf("%d changes and %d bad lines of %d", len(changes), len(bad), lines)
		}
		if len(changes) == 1 && lines == 1 && utf8.Valid(record) {
			want := oracle(strings.Trim(string(record), "\n"))
			if want == nil {
				t.Fatalf("encoding/json reads no change from %s", record)
			}
			got := changes[0]
			got.Revision, got.Index, got.Position = 0, 0, twin.Position{}
			if got != *want {
				t.Fatalf("got %+v, want %+v", got, *want)
			}
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
	f.Add("d", "e", uint16(1), "c", "m", "1", "u", int64(0), int64(1), "s", "h", "q", uint16(2))
	f.Add("\xff", "\"\\", uint16(65535), "\n", "\x00", "", "", int64(-1), int64(0), "a/b", "", "", uint16(0))
	f.Fuzz(func(t *testing.T, dataset, extractor string, revision uint16, component, metric, value, unit string, eventTime, receivedAt int64, stream1, shard, sequence string, index uint16) {
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
