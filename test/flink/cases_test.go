package flink_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/extract/sqlcase"
	"github.com/railtwin/digitaltwin/test/flink"
)

const caseFiles = "../../internal/extract/testdata/"

// Ensure real Flink gives the values that the case files and the recipes of the documents state of expressions, runs
// those that need it, and refuses those that are said to be refused by it.
func TestExpressionCases(t *testing.T) {
	o := flink.Start(t)
	files, err := filepath.Glob(caseFiles + "expressions/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no case files: %v", err)
	}
	for _, file := range append(files, "../../docs/sql.md") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			parse := sqlcase.Parse
			if filepath.Ext(file) == ".md" { // of the document the recipes, which are in no case file
				parse = sqlcase.ParseDocument
				_, text, _ = bytes.Cut(text, []byte("\n## Recipes\n"))
			}
			cases, err := parse(filepath.Base(file), string(text))
			if err != nil {
				t.Fatal(err)
			}
			for len(cases) > 0 {
				n := 1
				for n < len(cases) && cases[n].Columns == cases[0].Columns && cases[n].Record == cases[0].Record {
					n++
				}
				checkCases(t, o, cases[:n])
				cases = cases[n:]
			}
		})
	}
}

// checkCases evaluates cases over one record.
func checkCases(t *testing.T, o *flink.Oracle, all []sqlcase.Case) {
	t.Helper()
	var cases []sqlcase.Case
	var exprs []string
	for _, c := range all {
		if c.Verdict != sqlcase.Rejected {
			cases = append(cases, c)
			exprs = append(exprs, "JSON_STRING("+c.Expr+")")
		}
	}
	if len(cases) == 0 {
		return
	}
	counted(func() { tally.cases += len(cases) })
	table, _, _ := strings.Cut(cases[0].Extractor(), "INSERT ")
	got, err := o.Eval(table, "t", exprs, [][]byte{[]byte(cases[0].Record)})
	if err != nil {
		t.Errorf("%s: %v", cases[0], err)
		return
	}
	if len(got.Rows[0]) != 1 {
		t.Errorf("%s: the record gives %d rows", cases[0], len(got.Rows[0]))
		return
	}
	for i, c := range cases {
		if refused := got.Refused[i]; refused != nil || c.Verdict == sqlcase.Impossible {
			if refused == nil {
				t.Errorf("%s: %s is not refused by Flink", c, c.Expr)
			} else if c.Verdict != sqlcase.Impossible {
				t.Errorf("%s: %s is refused by Flink: %s", c, c.Expr, *refused)
			}
			continue
		}
		v := got.Rows[0][0][i]
		if v.Error != "" {
			t.Errorf("%s: %s throws on Flink: %s", c, c.Expr, v.Error)
			continue
		}
		if c.Verdict == sqlcase.NeedsFlink {
			continue
		}
		have := "NULL"
		var s *string
		if err := json.Unmarshal(v.JSON, &s); err != nil {
			t.Errorf("%s: %v", c, err)
		} else if s != nil {
			have = *s
		}
		if have == `"NaN"` || have == `"Infinity"` || have == `"-Infinity"` {
			have = "REJECT bad-value" // JSON holds no such number: Flink's runner rejects the row later
		}
		if have != c.Want && (have == "NULL" || c.Want == "NULL" || canonical(have) != canonical(c.Want)) {
			t.Errorf("%s: %s is %s on Flink, the case says %s", c, c.Expr, have, c.Want)
		}
	}
}

// Ensure both engines deliver the same for the case files of whole extractors.
func TestStatementCases(t *testing.T) {
	o := flink.Start(t)
	files, err := filepath.Glob(caseFiles + "statements/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no case files: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var sql, records []byte
			for _, f := range a.Files {
				switch f.Name {
				case "extractor.sql":
					sql = f.Data
				case "in.ndjson":
					records = f.Data
				}
			}
			if _, err := extract.Compile("extractor.sql", sql); err != nil {
				return // the case shows a refusal
			}
			report(t, compare(t, o, "extractor", string(sql),
				bytes.Split(bytes.TrimSuffix(records, []byte("\n")), []byte("\n"))))
			counted(func() { tally.cases++ })
		})
	}
}
