package runner_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/flink"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/test/flink/generate"
)

// unread returns how many of the records the Go engine cannot read, wholly or in part. Flink does not look at what
// stands behind the first value of a record, so that is not counted.
func unread(p *extract.Program, records [][]byte) (n int64) {
	out := p.NewOutput()
	for _, r := range records {
		p.Run(r, out)
		if slices.ContainsFunc(out.Problems, func(p extract.Problem) bool {
			return p.Reason == twin.Unreadable && !strings.Contains(p.Detail, "only the first JSON value")
		}) {
			n++
		}
	}
	return n
}

// Ensure that Flink counts as unreadable what the Go engine rejects as such, over real records of several
// shapes that were spoilt, and that what is delivered beside them is the same on both engines.
func TestUnreadable(t *testing.T) {
	for i, name := range []string{"wagon_telemetry", "digitraffic_live_trains"} {
		t.Run(name, func(t *testing.T) {
			e, p := compiled(t, name)
			var base, records [][]byte
			for _, r := range extractors.Records(name) {
				base = append(base, generate.Trim(r, 3))
			}
			g := generate.New(uint64(i))
			for k := range 600 {
				if r := g.Mutate(base[k%len(base)]); comparable(p, r) {
					records = append(records, r)
				}
			}
			want, nulls := onGo(p, records)
			bad := unread(p, records)
			if bad < 100 || bad > 550 {
				t.Fatalf("%d of %d records are spoilt", bad, len(records))
			}
			d, counts := run(t, flink.Job{Dataset: name, SQL: e.SQL,
				Sources: map[string]*flink.Stream{p.Tables()[0].Name: source(records...)}})
			check(t, d, want)
			if want := (flink.Counts{Unreadable: bad, DroppedNull: nulls}); counts != want {
				t.Errorf("counted %+v, want %+v", counts, want)
			}
		})
	}
}

// comparable leaves out records that Flink never comes to an end with, and those with a NaN, which the Go
// engine does not count among dropped rows.
func comparable(p *extract.Program, record []byte) bool {
	out := p.NewOutput()
	p.Run(record, out)
	return !slices.ContainsFunc(out.Problems, func(p extract.Problem) bool {
		return p.Reason == twin.BadValue || strings.Contains(p.Detail, "for ever")
	})
}

// tickets fails on what is no number, which the Go engine would not accept; and it takes no record of the
// third kind.
const tickets = `CREATE TABLE tickets (id STRING, n STRING, kind INT, ts STRING) WITH (FORMAT);
INSERT INTO digitaltwin SELECT CONCAT('ticket:', id), 'n', JSON_STRING(CAST(n AS INT)), CAST(NULL AS STRING), TO_TIMESTAMP_LTZ(ts, 'yyyy-MM-dd HH:mm:ss', 'UTC')
  FROM tickets WHERE kind IS NULL OR kind <> 3;
`

// Ensure that what a format ignores is counted, and what the query fails on is counted by itself; but not
// a record of which the query wants nothing.
func TestLosses(t *testing.T) {
	for _, tc := range []struct {
		format, records, delivered string
		counts                     flink.Counts
	}{
		{
			"'format' = 'json', 'json.ignore-parse-errors' = 'true'", `
{"id":"a","n":"1","kind":1,"ts":"2026-11-23 10:00:00"}
{"id":"b","n":"2","kind":3,"ts":"2026-11-23 10:00:00"}
{"id":"c","n":"three","kind":1,"ts":"2026-11-23 10:00:00"}
{"id":"d","n":"4","kind":"four","ts":"2026-11-23 10:00:00"}
{"id":"e","n":"5","kind":1,"ts":"2026-11-23
[{"id":"f","n":"6","ts":"2026-11-23 10:00:00"},{"id":"g","n":"seven","ts":"2026-11-23 10:00:00"},{"id":"h","n":"8","ts":"2026-11-23 10:00:00"}]
[{"id":"i","n":"9","ts":"2026-11-23 10:00:00"},10,{"id":"k","n":"11","ts":"2026-11-23 10:00:00"}]
"no object"

[]
{"id":"l","n":"12","kind":1}
{"id":"m","n":"13","ts":"2026-11-23 10:00:00"}`,
			"a d f i m", flink.Counts{Unreadable: 4, QueryFailed: 2, DroppedNull: 1},
		},
		{
			"'format' = 'csv', 'csv.ignore-parse-errors' = 'true'", `
a,1,1,2026-11-23 10:00:00
b,2,3,2026-11-23 10:00:00
c,3,three,2026-11-23 10:00:00
d,4
e,5,1,2026-11-23 10:00:00,more
"f,6,1,2026-11-23 10:00:00
g,7,1,2026-11-23 10:00:00`,
			"a c g", flink.Counts{Unreadable: 4, DroppedNull: 1},
		},
	} {
		t.Run(tc.format, func(t *testing.T) {
			records := bytes.Split([]byte(tc.records), []byte("\n"))[1:]
			d, counts := run(t, flink.Job{Dataset: "tickets", SQL: []byte(strings.Replace(tickets, "FORMAT", tc.format, 1)),
				Sources: map[string]*flink.Stream{"tickets": source(records...)}})
			var got []string
			for _, c := range d.all(t) {
				got = append(got, strings.TrimPrefix(c.Component, "ticket:"))
			}
			slices.Sort(got)
			if strings.Join(got, " ") != tc.delivered || counts != tc.counts {
				t.Errorf("delivered %q, counted %+v\nwant      %q, counted %+v", got, counts, tc.delivered, tc.counts)
			}
		})
	}
}
