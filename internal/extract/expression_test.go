package extract

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/extract/diag"
	"github.com/railtwin/digitaltwin/internal/extract/sqlcase"
)

// expressionCases reads all cases of testdata/expressions.
func expressionCases(t testing.TB) []sqlcase.Case {
	t.Helper()
	files, err := filepath.Glob("testdata/expressions/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no case files: %v", err)
	}
	var out []sqlcase.Case
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		cases, err := sqlcase.Parse(filepath.Base(f), string(text))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, cases...)
	}
	return out
}

// Ensure that every expression gives the value that its case file states, or is refused as it says.
func TestExpressions(t *testing.T) {
	for _, c := range expressionCases(t) {
		t.Run(c.String(), func(t *testing.T) { checkCase(t, c) })
	}
}

func checkCase(t *testing.T, c sqlcase.Case) {
	t.Helper()
	if c.Refused != "" {
		want := diag.Rejected
		if c.Verdict == sqlcase.NeedsFlink {
			want = diag.NeedsFlink
		}
		if verdict, list := judge(t, c.Extractor()); verdict != want || !strings.Contains(list.Error(), c.Refused) {
			t.Errorf("%s: %s: want %s with %q, got %s:\n%v", c, c.Expr, want, c.Refused, verdict, list)
		}
		return
	}
	p, err := Compile("case.sql", []byte(c.Extractor()))
	if err != nil {
		t.Errorf("%s: %s:\n%v", c, c.Expr, err)
		return
	}
	if got := evaluate(t, p, c.Record); !sameJSON(t, got, c.Want) {
		t.Errorf("%s: %s = %s, want %s", c, c.Expr, got, c.Want)
	}
}

// evaluate runs a record through an extractor of one row and returns its value, or NULL.
func evaluate(t *testing.T, p *Program, record string) string {
	t.Helper()
	out := p.NewOutput()
	p.Run([]byte(record), out)
	switch {
	case len(out.Rows) == 1:
		return string(out.Rows[0].Value)
	case len(out.Rows) == 0 && out.Dropped.Value == 1:
		return "NULL"
	case len(out.Rows) == 0 && len(out.Problems) == 1:
		return "REJECT " + string(out.Problems[0].Reason)
	}
	t.Fatalf("%d rows, %+v dropped, problems %v", len(out.Rows), out.Dropped, out.Problems)
	return ""
}

func sameJSON(t *testing.T, got, want string) bool {
	t.Helper()
	if got == want {
		return true
	}
	var g, w any
	if json.Unmarshal([]byte(got), &g) != nil || json.Unmarshal([]byte(want), &w) != nil {
		return false
	}
	return reflect.DeepEqual(g, w)
}
