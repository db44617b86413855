package workbench_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/extract/diag"
	"github.com/railtwin/digitaltwin/internal/workbench"
)

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
	for interval, want := range map[string]string{"10 s": "every 10s", "2 min": "every 2m,", "1 h": "every 1h,",
		"90 s": "every 1m30s"} {
		s := open(t, "SET 'twin.interval' = '"+interval+"';\n"+boxSQL).String()
		if !strings.Contains(s, "dataset boxes") || !strings.Contains(s, "table boxes (json)") ||
			!strings.Contains(s, want) || !strings.Contains(s, "2 metrics") {
			t.Errorf("%s: got %s", interval, s)
		}
	}
}

// Ensure that a file that is called after a table is read by that table only, and any other file by all.
func TestExtractor_Run_Tables(t *testing.T) {
	sql := boxSQL + strings.ReplaceAll(boxSQL, "boxes", "crates")
	extractor := open(t, sql)
	for name, want := range map[string]int{"boxes.json": 1, "crates.ndjson": 1, "other.json": 2} {
		totals, err := extractor.Run(t.Context(), workbench.Inputs{Paths: []string{file(t, name,
			`{"id":"1","t":4.5,"at_time":"1999-12-31T00:00:00Z"}`)}})
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
	want := "4 records: 2 changes, 4 rejects (2 future, 2 unreadable), 2 rows dropped for NULL (2 value)"
	if totals.String() != want {
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
		if _, err := e.Run(t.Context(), workbench.Inputs{Paths: []string{records}}, workbench.NewJSON(&full)); !errors.Is(err,
			errFull) {
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
