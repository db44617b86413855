package flink_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/railtwin/digitaltwin/internal/extract/sqlcase"
	"github.com/railtwin/digitaltwin/test/flink"
)

// verdictRecords give rows to every case that needs Flink.
var verdictRecords = records(
	`{"id":"a","v":1.5,"i":1,"s":"x","a":[1,2],"ts":"2026-11-23T10:15:30Z"}`,
	`{"id":"a","v":2.5,"i":2,"s":"y","a":[3],"ts":"2026-11-23T10:16:30Z"}`,
	`{"id":"b","v":3.5,"i":3,"s":"z","a":[],"ts":"2026-11-23T10:17:40Z"}`,
)

// Ensure Flink runs what is said to need it, to a row at least, and refuses what is rejected.
func TestVerdicts(t *testing.T) {
	o := flink.Start(t)
	files, err := filepath.Glob(caseFiles + "verdicts/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no case files: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		cases := sqlcase.ParseVerdicts(filepath.Base(file), string(text))
		inParallel(len(cases), func(i int) { checkVerdict(t, o, cases[i]) })
		counted(func() { tally.cases += len(cases) })
	}
}

func checkVerdict(t *testing.T, o *flink.Oracle, v sqlcase.Verdict) {
	if v.Verdict == "rejected" {
		if got, err := o.Plan(v.SQL, nil); err != nil || got.Script == nil {
			t.Errorf("%s: rejected (%s), but Flink plans it: %v", v, v.Message, err)
		}
		return
	}
	got, err := o.RunTogether(v.SQL, verdictRecords)
	if err != nil || got.Failed != "" || len(got.Faults) > 0 {
		t.Errorf("%s: needs Flink (%s), but Flink does not run it: %v %v", v, v.Message, err, got)
		return
	}
	var rows []json.RawMessage
	for _, of := range got.Rows {
		rows = append(rows, of...)
	}
	if len(rows) == 0 {
		t.Errorf("%s: no rows", v)
	}
}
