package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// Ensure that source records, those that gave nothing, changes, dropped rows and rejects are counted apart, a reject
// once whatever is wrong with its record; and each once its record is finished, so that a batch that is repeated does
// not count twice.
func TestCounts(t *testing.T) {
	const nothing, dropped = `{"motion":{}}`, `{"wagon":{"id":"7"}}`
	f := newFixture(t, wiring.Lines)
	refuse := true
	f.Stream.Fail = func(r stream.Record) bool { return refuse && bytes.Contains(r.Data, []byte("wagon:3")) }
	records := []string{
		nothing + "\n" + nothing + "\nbad\n" + dropped, // four source records
		wagon("3", 1) + "\n" + `{"wagon":{"id":"4"},"motion":{"speedKmh":"x","heading":"y"},"header":{"measuredAt":7}}` +
			"\n" + nothing,
	}
	if got := f.invoke(t, t.Context(), event(records...)); got != "1" {
		t.Fatalf("unfinished from %q, want 1", got)
	}
	count := func(want string) {
		t.Helper()
		if line, _, _ := strings.Cut(f.Metrics.String(), `,"_aws"`); !strings.Contains(line, want) {
			t.Errorf("the metrics are %s, want %s", line, want)
		}
		f.Metrics.Reset()
	}
	count(`"GaveNothing":3,"Records":4,"Rejects":1`)
	refuse = false
	if got := f.invoke(t, t.Context(), event(records[1])); got != "" {
		t.Fatalf("unfinished from %q", got)
	}
	count(`"GaveNothing":1,"Records":3,"Rejects":1`)
	f.Kept.Err = errors.New("AccessDenied")
	f.invoke(t, t.Context(), event(wagon("5", 1), "bad"))
	count(`"GaveNothing":0,"Records":1,"_aws"`[:len(`"GaveNothing":0,"Records":1`)])
}

// Ensure that a value that not every client could read, and a name that looks like another, are problems of their
// source record, beside the changes that can be used of it, and nothing of them gets into the stream.
func TestValuesThatNotEveryClientReads(t *testing.T) {
	f := &fixture{}
	const sql = `CREATE TABLE t (c STRING, m STRING, v STRING, u STRING, ts TIMESTAMP_LTZ(3)) WITH ('format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601', 'json.ignore-parse-errors' = 'true');
INSERT INTO digitaltwin (component, metric, ` + "`value`" + `, unit, event_time) SELECT c, m, v, u, ts FROM t WHERE v IS JSON;
INSERT INTO digitaltwin (component, metric, ` + "`value`" + `, unit, event_time) SELECT c, 'ok', '1', 'K', ts FROM t;`
	f.extractor = newExtractor(f.Open(t, extractors.Extractor{Name: "t", SQL: []byte(sql)}, wiring.Plain,
		map[string]string{"t": "arn"}))
	const deep = 65
	for _, c := range []struct {
		component, metric, value, unit string // as they stand in JSON
		reason                         twin.Reason
		ok                             bool // whether the other change is fine
	}{
		{"c", "m", `1e400`, "K", twin.NotIJSON, true},
		{"c", "m", `{\"a\":1,\"a\":2}`, "K", twin.NotIJSON, true},
		{"c", "m", `\"\\ud800\"`, "K", twin.NotIJSON, true},
		{"c", "m", strings.Repeat("[", deep) + strings.Repeat("]", deep), "K", twin.NotIJSON, true},
		{"c", "m", `9007199254740993`, "K", "", true},
		{"c", "m\\u0000", `1`, "K", twin.BadName, true},
		{"c", "m", `1`, "K\\u0085", twin.BadName, true},
		{"c\\u007f", "m", `1`, "K", twin.BadName, false},
	} {
		f.Stream.Records, f.Kept.Rejects = nil, nil
		record := `{"c":"` + c.component + `","m":"` + c.metric + `","v":"` + c.value + `","u":"` + c.unit +
			`","ts":"2026-11-23T10:15:30Z"}`
		f.invoke(t, t.Context(), event(record))
		if ok := len(f.Stream.Values(t, "ok")) == 1; ok != c.ok {
			t.Errorf("%s: the other change is there: %v", record, ok)
		}
		if c.reason == "" {
			if got := f.Stream.Values(t, "m"); len(got) != 1 || got[0] != "c="+c.value || len(f.Kept.Rejects) != 0 {
				t.Errorf("%s: %v, rejects %+v", record, got, f.Kept.Rejects)
			}
			continue
		}
		if len(f.Kept.Rejects) != 1 || f.Kept.Rejects[0].Reason() != c.reason ||
			string(f.Kept.Rejects[0].Payload) != record || f.Kept.Rejects[0].Kind != twin.KindRecord {
			t.Errorf("%s: rejects %+v, want %s", record, f.Kept.Rejects, c.reason)
		}
		if got := f.Stream.Changes(t); len(got) > 1 {
			t.Errorf("%s: %+v", record, got)
		}
	}
}
