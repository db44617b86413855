package main

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/bolt"
	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// boxes reads the speed as a number; mended it reads it as text too.
const boxes = `CREATE TABLE boxes (id STRING, speed %s, ts TIMESTAMP_LTZ(3)) WITH ('format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601', 'json.ignore-parse-errors' = 'true');
INSERT INTO digitaltwin (component, metric, ` + "`value`" + `, unit, event_time) SELECT id, 'speed', JSON_STRING(%s), 'km/h', ts FROM boxes;`

// Ensure that a reject keeps what a replay of it needs to end where it would have ended: a provider sends a speed that
// cannot be read, and a moment later, in the same body, another one and its correction, all measured at the same time.
// A day later the SQL is mended and the reject replayed: it must lose to what came after it, and win over what came
// before.
func TestReplayedRejectLosesToItsCorrection(t *testing.T) {
	program := func(kind, value string) []byte { return fmt.Appendf(nil, boxes, kind, value) }
	mended, err := extract.Compile("boxes.sql", program("STRING", "TRY_CAST(REPLACE(speed, '~', '') AS DOUBLE)"))
	if err != nil {
		t.Fatal(err)
	}
	for _, framing := range []wiring.Framing{wiring.Plain, wiring.Lines} {
		s, err := bolt.Open(filepath.Join(t.TempDir(), "twin.db"), &bolt.Options{NoSync: true})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = s.Close() }()
		apply := func(changes []twin.Change) {
			if _, err := store.NewApplier(s, func() time.Time { return time.UnixMilli(1763962300000) }).Apply(t.Context(),
				changes); err != nil {
				t.Fatal(err)
			}
		}
		f := &fixture{}
		f.extractor = newExtractor(f.Open(t, extractors.Extractor{Name: "boxes", SQL: program("DOUBLE", "speed")}, framing,
			map[string]string{"boxes": "arn"}))
		box := func(id, speed string) string {
			return `{"id":"` + id + `","speed":` + speed + `,"ts":"2025-11-24T05:30:00Z"}`
		}
		earlier, wrong, corrected := box("box:1", "1"), box("box:1", `"~2"`), box("box:1", "3")
		records := []string{earlier, box("box:2", `"~2"`), wrong, corrected, box("box:2", `7`)}
		records[1], records[4] = records[4], records[1] // box 2: the reject comes last
		if framing == wiring.Lines {
			records = []string{records[0] + "\n" + records[1] + "\n" + records[2] + "\n" + records[3] + "\n" + records[4]}
		}
		f.invoke(t, t.Context(), event(records...))
		apply(f.Stream.Changes(t))
		if len(f.Kept.Rejects) != 2 {
			t.Fatalf("rejects %+v", f.Kept.Rejects)
		}
		p := stream.NewPacker(mended.Dataset(), 0)
		out := mended.NewOutput()
		for i, r := range f.Kept.Rejects {
			p.From(i, r.ReceivedAt, r.Position)
			mended.Run(r.Payload, out)
			out.NumberFrom(r.Index)
			for j := range out.Rows {
				if problem := p.Add((*stream.Row)(&out.Rows[j])); problem != nil {
					t.Fatal(problem)
				}
			}
		}
		var replayed []twin.Change
		for _, r := range p.Records() {
			replayed, _ = stream.Decode(r.Data, replayed)
		}
		apply(replayed)
		readings, err := s.Readings(t.Context(), store.ReadingQuery{Components: []string{"box:1", "box:2"},
			Datasets: []string{"boxes"}})
		if err != nil || len(readings) != 2 || readings[0].Value != "3.0" || readings[1].Value != "2.0" {
			t.Errorf("%s: %+v, %v", framing, readings, err)
		}
	}
}
