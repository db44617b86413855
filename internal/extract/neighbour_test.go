package extract

import (
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/extract/diag"
	"github.com/railtwin/digitaltwin/internal/extract/sqlcase"
)

// Ensure that an expression gets the verdict and the value that it has alone when its file also holds every other
// expression over the same columns, before it or after it.
func TestNeighbours(t *testing.T) {
	byColumns := map[string][]sqlcase.Case{}
	for _, c := range expressionCases(t) {
		byColumns[c.Columns] = append(byColumns[c.Columns], c)
	}
	for _, cases := range byColumns {
		var others strings.Builder
		for _, c := range cases {
			if c.Refused == "" {
				_, statement, _ := strings.Cut(c.Extractor(), "\n")
				others.WriteString(strings.Replace(statement, "'m'", "'other'", 1))
			}
		}
		for _, c := range cases {
			declaration, statement, _ := strings.Cut(c.Extractor(), "\n")
			for _, body := range []string{others.String() + statement, statement + others.String()} {
				checkBeside(t, c, declaration+"\n"+body)
			}
		}
	}
}

// checkBeside checks case c in a file that also delivers other rows.
func checkBeside(t *testing.T, c sqlcase.Case, sql string) {
	t.Helper()
	verdict, list := judge(t, sql)
	want := map[sqlcase.Kind]diag.Verdict{
		sqlcase.Value: diag.Warning, sqlcase.NeedsFlink: diag.NeedsFlink,
		sqlcase.Rejected: diag.Rejected, sqlcase.Impossible: diag.Rejected,
	}[c.Verdict]
	if verdict != want || !strings.Contains(list.Error(), c.Refused) {
		t.Errorf("%s: %s: want %s with %q, got %s:\n%v", c, c.Expr, want, c.Refused, verdict, list)
		return
	}
	if c.Refused != "" {
		return
	}
	p, err := Compile("case.sql", []byte(sql))
	if err != nil {
		t.Fatal(err)
	}
	out := p.NewOutput()
	p.Run([]byte(c.Record), out)
	got := "NULL"
	for _, r := range out.Rows {
		if string(r.Metric) == "m" {
			got = string(r.Value)
		}
	}
	if !sameJSON(t, got, c.Want) && !strings.HasPrefix(c.Want, "REJECT") {
		t.Errorf("%s: %s = %s, want %s", c, c.Expr, got, c.Want)
	}
}
