package extract

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/extract/diag"
	"github.com/railtwin/digitaltwin/internal/extract/function"
	"github.com/railtwin/digitaltwin/internal/extract/sqlcase"
)

// Ensure that statements which look at many records get the verdict, and the reason, that testdata/verdicts states.
// Real Flink runs the same cases in test/flink.
func TestVerdicts(t *testing.T) {
	for _, v := range verdicts(t) {
		t.Run(v.String(), func(t *testing.T) { checkVerdict(t, v) })
	}
}

// verdicts reads all cases of testdata/verdicts.
func verdicts(tb testing.TB) (out []sqlcase.Verdict) {
	tb.Helper()
	files, err := filepath.Glob("testdata/verdicts/*.sql")
	if err != nil || len(files) == 0 {
		tb.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		out = append(out, sqlcase.ParseVerdicts(filepath.Base(file), string(text))...)
	}
	return out
}

func checkVerdict(t *testing.T, v sqlcase.Verdict) {
	t.Helper()
	worst, list := judge(t, v.SQL)
	found := false
	for _, d := range list {
		found = found || d.Verdict == worst && strings.Contains(d.Message, v.Message)
	}
	if worst.String() != v.Verdict || !found {
		t.Errorf("%s: want %s with %q, got %s:\n%v", v, v.Verdict, v.Message, worst, list)
	}
}

// judge returns the verdict on a file, and all diagnostics.
func judge(t *testing.T, sql string) (diag.Verdict, diag.List) {
	t.Helper()
	a, err := Analyze("case.sql", []byte(sql))
	switch list, _ := err.(diag.List); {
	case err != nil:
		return worst(list), list
	case a.NeedsFlink():
		return diag.NeedsFlink, a.Clauses
	}
	return diag.Warning, a.Warnings
}

// Ensure that every function that Flink has and the Go engine has not needs Flink, under its name, in any SELECT.
func TestForeignFunctions(t *testing.T) {
	for _, f := range function.AllForeign() {
		c := sqlcase.Case{Columns: function.ForeignColumns, Expr: f.Example}
		verdict, list := judge(t, c.Extractor())
		if want := "the Go engine has no function " + f.Name; verdict != diag.NeedsFlink ||
			!strings.Contains(list.Error(), want) {
			t.Errorf("%s: %s\n%v\nwant: %s", f.Example, verdict, list, want)
		}
	}
}
