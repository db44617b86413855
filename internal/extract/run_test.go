package extract

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/railtwin/digitaltwin/internal/twin"
)

const wild = `
CREATE TABLE t (id STRING, a ARRAY<INT>, b ARRAY<INT>, ts TIMESTAMP_LTZ(3))
WITH ('format' = 'json', 'json.ignore-parse-errors' = 'true', 'json.timestamp-format.standard' = 'ISO-8601');
INSERT INTO digitaltwin SELECT t.id, CONCAT('m.', CAST(a.x AS STRING)), JSON_STRING(a.x), 'm', t.ts
FROM t CROSS JOIN UNNEST(a) AS a (x) CROSS JOIN UNNEST(b) AS b (x) WHERE b.x > 0;`

func array(n, value int) string {
	return "[" + strings.TrimSuffix(strings.Repeat(fmt.Sprint(value, ","), n), ",") + "]"
}

// Ensure that a record that wants too much is a reject that delivers nothing, and that the next one
// is not affected.
func TestRunaway(t *testing.T) {
	p, err := Compile("wild.sql", []byte(wild))
	if err != nil {
		t.Fatal(err)
	}
	out := p.NewOutput()
	record := func(a, b string) []byte {
		return []byte(`{"id":"x:1","ts":"2026-11-23T10:15:30Z","a":` + a + `,"b":` + b + `}`)
	}
	for name, r := range map[string][]byte{
		"rows":     record(array(200, 1), array(100, 1)),
		"elements": record(array(2000, 1), array(2000, 0)),
	} {
		p.Run(r, out)
		if len(out.Rows) != 0 || len(out.Problems) != 1 || out.Problems[0].Reason != twin.TooLarge {
			t.Errorf("%s: %d rows, problems %+v; want one that is too large", name, len(out.Rows), out.Problems)
		}
	}
	p.Run([]byte(strings.Repeat("[", 1_000_000)), out)
	if len(out.Rows) != 0 || len(out.Problems) == 0 {
		t.Errorf("deep nesting: %d rows, problems %+v; want a problem", len(out.Rows), out.Problems)
	}
	p.Run(record("[1, 2]", "[1]"), out)
	if len(out.Rows) != 2 || len(out.Problems) != 0 {
		t.Errorf("after that: %d rows, problems %+v; want 2 rows", len(out.Rows), out.Problems)
	}
	out.MaxRows = 1
	p.Run(record("[1, 2]", "[1]"), out)
	if len(out.Rows) != 0 || len(out.Problems) != 1 {
		t.Errorf("with a cap of 1: %d rows, problems %+v", len(out.Rows), out.Problems)
	}
}

// Ensure that one Program runs in many goroutines at once.
func TestConcurrent(t *testing.T) {
	p, err := Compile("wild.sql", []byte(wild))
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			out := p.NewOutput()
			for i := range 500 {
				want := (g+i)%5 + 1
				id := fmt.Sprintf("x:%d-%d", g, i)
				p.Run([]byte(`{"id":"`+id+`","ts":"2026-11-23T10:15:30Z","a":`+array(want, i)+`,"b":[1]}`), out)
				if len(out.Rows) != want || string(out.Rows[0].Component) != id {
					t.Errorf("%d rows, want %d of %s", len(out.Rows), want, id)
					return
				}
			}
		})
	}
	wg.Wait()
}

// Ensure that the index of a row counts the rows of its record, across tables and array elements.
func TestIndex(t *testing.T) {
	p, err := Compile("wild.sql", []byte(wild))
	if err != nil {
		t.Fatal(err)
	}
	out := p.NewOutput()
	p.Run([]byte(`[{"id":"x","ts":"2026-11-23T10:15:30Z","a":[1,2],"b":[1]},{"id":"y","ts":"2026-11-23T10:15:30Z","a":[3],"b":[1]}]`), out)
	for i, r := range out.Rows {
		if int(r.Index) != i {
			t.Errorf("row %d has index %d", i, r.Index)
		}
	}
	if len(out.Rows) != 3 {
		t.Errorf("%d rows, want 3", len(out.Rows))
	}
}

// Ensure that the catalogue entry says what the file declares.
func TestDataset(t *testing.T) {
	p, err := Compile("dir/some_data.sql",
		[]byte(`SET 'twin.description' = 'd'; SET 'twin.interval' = '10 s'; SET 'twin.interval.m.1' = 'none';
SET 'twin.max-future' = '1 min'; SET 'twin.expire-after' = '2 d'; SET 'twin.revision' = '3'; SET 'twin.layout' = 'narrow';`+wild))
	if err != nil {
		t.Fatal(err)
	}
	d := p.Dataset()
	got := fmt.Sprintln(d.Name, d.Description, d.Interval, d.IntervalOf("m.1"), d.MaxFuture, d.ExpireAfter, d.Revision,
		d.Metrics, len(d.Extractor))
	want := "some_data d 10s 0s 1m0s 48h0m0s 3 [{m.* [m] 0}] 12\n"
	if got != want {
		t.Errorf("got  %swant %s", got, want)
	}
}

// Ensure that constant metrics and units may be empty texts, and that a constant cast reads through a JSON
// constructor.
func TestConstants(t *testing.T) {
	p, err := Compile("c.sql",
		[]byte(`CREATE TABLE s (c STRING) WITH ('format' = 'json', 'json.ignore-parse-errors' = 'true');
INSERT INTO digitaltwin SELECT 'c', '', JSON_STRING(TRY_CAST(TRY_CAST(JSON_OBJECT('a' VALUE 1.5) AS TIMESTAMP(3)) AS TIMESTAMP_LTZ(3)) IS NULL), REGEXP_REPLACE('a', '(a)', ''), TO_TIMESTAMP_LTZ(0, 0) FROM s;
INSERT INTO digitaltwin SELECT 'c', REGEXP_REPLACE('a', '(a)', ''), '2', 'u', TO_TIMESTAMP_LTZ(0, 0) FROM s;
INSERT INTO digitaltwin SELECT 'c', CAST(NULL AS STRING), '3', 'u', TO_TIMESTAMP_LTZ(0, 0) FROM s;`))
	if err != nil {
		t.Fatal(err)
	}
	out := p.NewOutput()
	p.Run([]byte(`{}`), out)
	got := ""
	for _, r := range out.Rows {
		got += fmt.Sprintf("%q %s %q\n", r.Metric, r.Value, r.Unit)
	}
	if want := "\"\" true \"\"\n\"\" 2 \"u\"\n"; got != want || out.Dropped != (Dropped{Metric: 1}) {
		t.Errorf("got\n%s%+v dropped, want\n%s and one without a metric", got, out.Dropped, want)
	}
}

// Ensure that JSON_STRING leaves the text of a JSON constructor as it is once, and quotes it the second time.
func TestJSONStringOfConstructor(t *testing.T) {
	p, err := Compile("c.sql",
		[]byte(`CREATE TABLE s (c STRING) WITH ('format' = 'json', 'json.ignore-parse-errors' = 'true');
INSERT INTO digitaltwin SELECT 'c', 'once', JSON_STRING(JSON_ARRAY(c)), 'u', TO_TIMESTAMP_LTZ(0, 0) FROM s;
INSERT INTO digitaltwin SELECT 'c', 'twice', JSON_STRING(JSON_STRING(JSON_ARRAY(c))), 'u', TO_TIMESTAMP_LTZ(0, 0) FROM s;`))
	if err != nil {
		t.Fatal(err)
	}
	out := p.NewOutput()
	p.Run([]byte(`{"c":"x"}`), out)
	got := ""
	for _, r := range out.Rows {
		got += string(r.Metric) + " " + string(r.Value) + "\n"
	}
	if want := "once [\"x\"]\ntwice \"[\\\"x\\\"]\"\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// Ensure that the problems of a record are bounded, with the number of the others, that one of another reason is told
// all the same, and that nothing of them is left for the next record.
func TestProblemsAreBounded(t *testing.T) {
	p, err := Compile("wild.sql", []byte(wild))
	if err != nil {
		t.Fatal(err)
	}
	out := p.NewOutput()
	out.MaxRows = 10
	p.Run([]byte(`[`+strings.Repeat(`{"id":"x:1","ts":"never"},`, 1000)+
		`{"id":"x:1","ts":"2026-11-23T10:15:30Z","a":[1,1,1,1],"b":[1,1,1,1]}]`), out)
	if n := len(out.Problems); n != twin.MaxProblems+1 || out.More != 1000-twin.MaxProblems || out.Found() != 1001 {
		t.Errorf("%d problems are kept, and %d more", n, out.More)
	}
	if last := out.Problems[len(out.Problems)-1]; last.Reason != twin.TooLarge {
		t.Errorf("the last problem is %+v", last)
	}
	p.Run([]byte(`{"id":"x:1","ts":"2026-11-23T10:15:30Z","a":[1],"b":[1]}`), out)
	if out.Found() != 0 {
		t.Errorf("the next record has the problems %+v, and %d more", out.Problems, out.More)
	}
}

// Ensure that rows are numbered on from any number, up to the greatest.
func TestNumberFrom(t *testing.T) {
	p, err := Compile("wild.sql", []byte(wild))
	if err != nil {
		t.Fatal(err)
	}
	out := p.NewOutput()
	p.Run([]byte(`{"id":"x:1","ts":"2026-11-23T10:15:30Z","a":[1,2,3],"b":[1]}`), out)
	for first, want := range map[uint32][]uint32{0: {0, 1, 2, 3}, 70_000: {70_000, 70_001, 70_002, 70_003},
		math.MaxUint32 - 1: {math.MaxUint32 - 1, math.MaxUint32, math.MaxUint32, math.MaxUint32}} {
		next := out.NumberFrom(first)
		var got []uint32
		for _, r := range out.Rows {
			got = append(got, r.Index)
		}
		if got = append(got, next); !slices.Equal(got, want) {
			t.Errorf("from %d on: %v, want %v", first, got, want)
		}
	}
	p.Run([]byte(`{}`), out)
	if next := out.NumberFrom(7); len(out.Rows) != 0 || next != 8 {
		t.Errorf("after a record without rows comes %d, want 8", next)
	}
}
