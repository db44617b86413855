package workbench_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/capture"
	"github.com/railtwin/digitaltwin/internal/extract/diag"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/workbench"
)

// boxSQL delivers two metrics of a record {"id":…,"t":…,"v":…,"at":…}, and one more for a door.
const boxSQL = `CREATE TABLE boxes (id STRING, t DOUBLE, opened BOOLEAN, at_time TIMESTAMP_LTZ(3)) WITH (
  'format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601', 'json.ignore-parse-errors' = 'true');
INSERT INTO digitaltwin (component, metric, ` + "`value`" + `, unit, event_time)
SELECT CONCAT('box:', id), 'temperature', JSON_STRING(t), 'Cel', at_time FROM boxes
UNION ALL
SELECT CONCAT('box:', id), 'open', JSON_STRING(opened), CAST(NULL AS STRING), at_time FROM boxes;
`

// file writes a file into a new folder and returns its path.
func file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t *testing.T, sql string) *workbench.Extractor {
	t.Helper()
	e, err := workbench.Open(file(t, "boxes.sql", sql))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// Ensure that records are cut from files as their framing says, and named so that one finds them again.
func TestInputs_Each(t *testing.T) {
	long := strings.Repeat("x", 200_000)
	for _, tc := range []struct {
		name, file, content string
		framing             capture.Framing
		want                []string // place and data
	}{
		{name: "lines", file: "a.ndjson", content: "{}\n\r\n  \n[1]\r\nlast", want: []string{":1 {}", ":4 [1]", ":5 last"}},
		{name: "a file", file: "a.JSON", content: "{\n}\n", want: []string{" {\n}\n"}},
		{name: "lines of a .json file", file: "a.json", framing: capture.Lines, content: "1\n2", want: []string{":1 1", ":2 2"}},
		{name: "a text file as one record", file: "a.txt", framing: capture.File, content: "1\n2", want: []string{" 1\n2"}},
		{name: "a line longer than any buffer", file: "a.csv", content: long + "\n1", want: []string{":1 " + long, ":2 1"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			path := file(t, tc.file, tc.content)
			var got []string
			err := workbench.Inputs{Paths: []string{path}, Framing: tc.framing}.Each(t.Context(), func(r workbench.Record) error {
				got = append(got, strings.TrimPrefix(r.Name, path)+" "+string(r.Data))
				return nil
			})
			if err != nil || fmt.Sprintf("%q", got) != fmt.Sprintf("%q", tc.want) {
				t.Errorf("got %.300q, %v; want %.300q", got, err, tc.want)
			}
		})
	}
}

// Ensure that files packed by gzip are unpacked, and framed as the name inside says.
func TestInputs_Gzip(t *testing.T) {
	for name, want := range map[string]int{"a.ndjson.gz": 2, "a.json.gz": 1, "packed.ndjson": 2} {
		var packed strings.Builder
		w := gzip.NewWriter(&packed)
		io.WriteString(w, "{\"a\":1}\n{\"a\":2}\n")
		w.Close()
		n := 0
		in := workbench.Inputs{Paths: []string{file(t, name, packed.String())}}
		if err := in.Each(t.Context(), func(workbench.Record) error { n++; return nil }); err != nil || n != want {
			t.Errorf("%s: %d records, %v; want %d", name, n, err, want)
		}
		in.Paths[0] = file(t, name, packed.String()[:20])
		if err := in.Each(t.Context(), func(workbench.Record) error { return nil }); err == nil {
			t.Errorf("%s: nothing said of a file that is cut off", name)
		}
	}
}

// Ensure that standard input is read as lines, and has a name of its own.
func TestInputs_Stdin(t *testing.T) {
	in := workbench.Inputs{Paths: []string{"-"}, Stdin: strings.NewReader("1\n2\n")}
	var got []string
	if err := in.Each(t.Context(), func(r workbench.Record) error { got = append(got, r.Name); return nil }); err != nil {
		t.Fatal(err)
	}
	if want := "standard input:1 standard input:2"; strings.Join(got, " ") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Ensure that what cannot hold records is refused with the reason, and that a visitor can stop the reading.
func TestInputs_Errors(t *testing.T) {
	stop := errors.New("enough")
	for _, tc := range []struct{ name, path, want string }{
		{"missing", filepath.Join(t.TempDir(), "none.json"), "there is no such file"},
		{"folder", t.TempDir(), "is a directory"},
		{"empty", file(t, "a.json", " \n"), "is empty"},
		{"no lines", file(t, "a.txt", "\n\n"), "is empty"},
		{"stopped", file(t, "b.txt", "1"), "enough"},
	} {
		err := workbench.Inputs{Paths: []string{tc.path}}.Each(t.Context(), func(workbench.Record) error { return stop })
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want %q", tc.name, err, tc.want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	in := workbench.Inputs{Paths: []string{file(t, "c.txt", "1")}}
	if err := in.Each(ctx, func(workbench.Record) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that has ended: got %v", err)
	}
}

// Ensure that a diagnostic names the path as it was given, so that an editor can jump to it.
func TestOpen_Diagnostics(t *testing.T) {
	path := file(t, "boxes.sql", "SELEKT 1;")
	_, err := workbench.Open(path)
	list, ok := errors.AsType[diag.List](err)
	if !ok || list[0].File != path || list[0].Line != 1 {
		t.Errorf("got %v", err)
	}
}

// Ensure that one line says what a file declares.
func TestExtractor_String(t *testing.T) {
	for interval, want := range map[string]string{"10 s": "every 10s", "2 min": "every 2m,", "1 h": "every 1h,", "90 s": "every 1m30s"} {
		s := open(t, "SET 'twin.interval' = '"+interval+"';\n"+boxSQL).String()
		if !strings.Contains(s, "dataset boxes") || !strings.Contains(s, "table boxes (json)") || !strings.Contains(s, want) || !strings.Contains(s, "2 metrics") {
			t.Errorf("%s: got %s", interval, s)
		}
	}
}

// Ensure that a file that is called after a table is read by that table only, and any other file by all.
func TestExtractor_Run_Tables(t *testing.T) {
	sql := boxSQL + strings.ReplaceAll(boxSQL, "boxes", "crates")
	extractor := open(t, sql)
	for name, want := range map[string]int{"boxes.json": 1, "crates.ndjson": 1, "other.json": 2} {
		totals, err := extractor.Run(t.Context(), workbench.Inputs{Paths: []string{file(t, name, `{"id":"1","t":4.5,"at_time":"1999-12-31T00:00:00Z"}`)}})
		if err != nil || totals.Changes != want {
			t.Errorf("%s: %+v, %v; want %d changes", name, totals, err, want)
		}
	}
}

// Ensure that every change and reject of a record is reported and counted, with what was dropped for NULL.
func TestExtractor_Run(t *testing.T) {
	e := open(t, boxSQL)
	records := file(t, "r.ndjson", `{"id":"1","t":4.5,"opened":true,"at_time":"2026-01-01T00:00:00Z"}
{"id":"2","t":"warm","at_time":"2026-01-01T00:00:00Z"}
{"id":
{"id":"3","t":1,"opened":false,"at_time":"9998-01-01T00:00:00Z"}
`)
	var b strings.Builder
	totals, err := e.Run(t.Context(), workbench.Inputs{Paths: []string{records}}, workbench.NewJSON(&b))
	if err != nil {
		t.Fatal(err)
	}
	if want := "4 records: 2 changes, 4 rejects (2 future, 2 unreadable), 2 rows dropped for NULL (2 value)"; totals.String() != want {
		t.Errorf("got  %s\nwant %s", totals, want)
	}
	var changes, rejects int
	for line := range strings.Lines(b.String()) {
		var o struct{ Change, Reject json.RawMessage }
		if err := json.Unmarshal([]byte(line), &o); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if o.Change != nil {
			changes++
		}
		if o.Reject != nil {
			rejects++
		}
	}
	if changes != 2 || rejects != 4 {
		t.Errorf("got %d changes and %d rejects in\n%s", changes, rejects, &b)
	}
}

// Ensure that old records are not refused by twin.expire-after, which is for live ones.
func TestExtractor_Run_Old(t *testing.T) {
	e := open(t, "SET 'twin.expire-after' = '1 h';\n"+boxSQL)
	records := file(t, "r.ndjson", `{"id":"1","t":4.5,"opened":true,"at_time":"2020-01-01T00:00:00Z"}`)
	totals, err := e.Run(t.Context(), workbench.Inputs{Paths: []string{records}})
	if err != nil || totals.Changes != 2 {
		t.Errorf("got %s, %v", totals, err)
	}
}

// Ensure that the error of a report ends the run: a full disk must not go unnoticed.
func TestExtractor_Run_ReportFails(t *testing.T) {
	e := open(t, boxSQL)
	records := file(t, "r.ndjson", `{"id":"1","t":4.5,"at_time":"2020-01-01T00:00:00Z"}`+"\n{")
	for _, full := range []brokenWriter{0, 1} {
		if _, err := e.Run(t.Context(), workbench.Inputs{Paths: []string{records}}, workbench.NewJSON(&full)); !errors.Is(err, errFull) {
			t.Errorf("got %v", err)
		}
	}
}

var errFull = errors.New("the disk is full")

// brokenWriter takes so many writes and no more.
type brokenWriter int

func (b *brokenWriter) Write(p []byte) (int, error) {
	if *b == 0 {
		return 0, errFull
	}
	*b--
	return len(p), nil
}

// changesOf feeds a report with changes of metrics m0, m1, … of one component, so many a record.
func changesOf(report workbench.Report, records, metrics, perRecord int, value string) {
	for r := range records {
		for k := range perRecord {
			report.Change(workbench.Record{Name: fmt.Sprint(r)}, &twin.Change{
				Component: "box:1", Metric: fmt.Sprintf("m%d", (r*perRecord+k)%metrics), Value: value})
		}
	}
}

// Ensure that the advice follows what DynamoDB charges: few of many metrics at once are cheaper apart,
// many together.
func TestStatistics_Layout(t *testing.T) {
	for _, tc := range []struct {
		name               string
		metrics, perRecord int
		best               twin.Layout
		wide, narrow       float64
	}{
		{"all five at once", 5, 5, twin.Wide, 1, 5},
		{"one of five", 5, 1, twin.Wide, 1, 1},
		{"one of a hundred", 100, 1, twin.Narrow, 8, 1},
		{"twenty of a hundred", 100, 20, twin.Wide, 8, 20},
	} {
		s := workbench.NewStatistics()
		changesOf(s, 1000, tc.metrics, tc.perRecord, "4.5")
		l, ok := s.Layout()
		if !ok || l.Best != tc.best || l.Wide != tc.wide || l.Narrow != tc.narrow || l.K != float64(tc.perRecord) || l.N != float64(tc.metrics) {
			t.Errorf("%s: got %+v", tc.name, l)
		}
		if advice := l.Advice(twin.Wide); strings.Contains(advice, "SET 'twin.layout' = 'narrow'") != (tc.best == twin.Narrow) {
			t.Errorf("%s: %s", tc.name, advice)
		}
	}
	if _, ok := workbench.NewStatistics().Layout(); ok {
		t.Error("there is advice on nothing")
	}
}

// Ensure that two versions are compared by the readings that would be served, not by every change.
func TestCompare(t *testing.T) {
	before := open(t, boxSQL)
	after := open(t, strings.NewReplacer("'Cel'", "'K'", "'open'", "'door.open'").Replace(boxSQL))
	records := file(t, "r.ndjson", `{"id":"1","t":4.5,"opened":true,"at_time":"2026-01-01T00:00:01Z"}
{"id":"1","t":9,"opened":false,"at_time":"2026-01-01T00:00:00Z"}`)
	differences, was, is, err := workbench.Compare(t.Context(), before, after, workbench.Inputs{Paths: []string{records}})
	if err != nil || was.Changes != 4 || is.Changes != 4 {
		t.Fatalf("%v, %s, %s", err, was, is)
	}
	var b strings.Builder
	if err := workbench.WriteDifferences(&b, differences); err != nil {
		t.Fatal(err)
	}
	want := `COMPONENT  METRIC       OLD      NEW
box:1      door.open    -        true
box:1      open         true     -
box:1      temperature  4.5 Cel  4.5 K
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &b, want)
	}
	if same, _, _, err := workbench.Compare(t.Context(), before, before, workbench.Inputs{Paths: []string{records}}); err != nil || len(same) != 0 {
		t.Errorf("a version differs from itself: %v, %v", same, err)
	}
}
