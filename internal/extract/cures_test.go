package extract

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/extract/diag"
	"github.com/railtwin/digitaltwin/internal/extract/sqlcase"
)

const cureColumns = "s STRING, t STRING, i INT, b BIGINT, d DOUBLE, o BOOLEAN, c DECIMAL(5, 2), l TIMESTAMP_LTZ(3), " +
	"ts TIMESTAMP(3), dt DATE, a ARRAY<INT>, m MAP<STRING, INT>, r ROW<f INT>"

// Ensure that a cure that a diagnostic proposes compiles, taken word for word.
func TestCures(t *testing.T) {
	text, err := os.ReadFile("testdata/cures.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		wrong, names, _ := strings.Cut(line, " | ")
		t.Run(wrong, func(t *testing.T) { followCure(t, wrong, names) })
	}
}

// followCure takes the first cure of a wrong expression.
func followCure(t *testing.T, wrong, names string) {
	sql := sqlcase.Case{Columns: cureColumns, Expr: wrong}.Extractor()
	_, err := Compile("cure.sql", []byte(sql))
	list, _ := errors.AsType[diag.List](err)
	for _, d := range list {
		cure, ok := cureOf(d.Hint)
		if !ok {
			continue
		}
		lines := strings.Split(sql, "\n")
		line := []rune(lines[d.Line-1])
		from, to := d.Column-1, d.Column-1+d.Width
		underlined := string(line[from:to])
		if whole := strings.Index(lines[d.Line-1], wrong); strings.Contains(names, "whole") {
			from, to = whole, whole+len(wrong)
		} else if _, at, ok := strings.Cut(names, "@="); ok {
			at, _, _ = strings.Cut(at, "; ")
			from = strings.Index(lines[d.Line-1], wrong) + strings.LastIndex(wrong, at)
			to = from + len(at)
		}
		if !strings.Contains(names, "x=") {
			names += "; x=" + underlined
		}
		lines[d.Line-1] = string(line[:from]) + instantiate(cure, names) + string(line[to:])
		mended := strings.Join(lines, "\n")
		if _, err := Compile("cure.sql", []byte(mended)); err != nil {
			t.Errorf("%s\n%s\nfollowed:\n%v", wrong, d, err)
		}
		return
	}
	t.Errorf("no cure is proposed:\n%v", err)
}

// cureOf returns the code that a hint proposes first.
func cureOf(hint string) (string, bool) {
	for _, before := range []string{"both engines run ", "write "} {
		_, code, ok := strings.Cut(hint, before)
		if !ok {
			continue
		}
		for _, after := range []string{", or ", " or ", " for ", ", with ", ": ", "; ", ", unless ", ", the ", ", which ",
			" to deliver "} {
			code, _, _ = strings.Cut(code, after)
		}
		return code, true
	}
	return "", false
}

// instantiate puts the values of names, as x=speed; y=2, into code, all at once.
func instantiate(code, names string) string {
	values := map[string]string{}
	for pair := range strings.SplitSeq(names, "; ") {
		if name, value, ok := strings.Cut(pair, "="); ok {
			values[name] = value
		}
	}
	var out strings.Builder
	for code != "" {
		n := 1
		switch c := code[0]; {
		case c == '\'':
			n = 2 + max(strings.IndexByte(code[1:], '\''), 0)
		case c == '.' && strings.HasPrefix(code, ".."):
			n = 2
		case c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z':
			for n < len(code) && strings.IndexByte(" ,()[]<>=+-*/'.|", code[n]) < 0 {
				n++
			}
		}
		if value, ok := values[code[:n]]; ok {
			out.WriteString(value)
		} else {
			out.WriteString(code[:n])
		}
		code = code[n:]
	}
	return out.String()
}

// Ensure that what an event time may be written as instead says how it is read, and that the cure compiles.
func TestCures_Delivery(t *testing.T) {
	for from, want := range map[string]string{
		"'c', 'm', '1', '1', b":  "TO_TIMESTAMP_LTZ(x, 0)",
		"'c', 'm', '1', '1', s":  "TO_TIMESTAMP_LTZ(x, 'yyyy-MM-dd''T''HH:mm:ss', 'UTC')",
		"'c', 'm', '1', '1', dt": "CAST(x AS TIMESTAMP(3))",
		"i, 'm', '1', '1', l":    "CAST(x AS STRING)",
		"'c', 'm', d, '1', l":    "JSON_STRING(x)",
		"'c', 'm', '1', o, l":    "CAST(x AS STRING)",
	} {
		sql := func(row string) []byte {
			return fmt.Appendf(nil, "CREATE TABLE r (%s) "+
				"WITH ('format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601', 'json.ignore-parse-errors' = 'true');\n"+
				"INSERT INTO digitaltwin\nSELECT %s FROM r;", cureColumns, row)
		}
		_, err := Compile("cure.sql", sql(from))
		list, ok := errors.AsType[diag.List](err)
		if !ok {
			t.Fatalf("%s: %v", from, err)
		}
		cure, _ := cureOf(list[0].Hint)
		if cure != want {
			t.Errorf("%s: the cure is %q of %q, want %s", from, cure, list[0].Hint, want)
		}
		start := list[0].Column - 1 - len("SELECT ")
		x := from[start : start+list[0].Width]
		mended := from[:start] + instantiate(cure, "x="+x) + from[start+list[0].Width:]
		if _, err := Compile("cure.sql", sql(mended)); err != nil {
			t.Errorf("%s: %v", mended, err)
		}
	}
}

// Ensure that every cure that is code, of a literal text in the engine, is followed here: in cures.txt, or in the cases
// of statements.
func TestCures_All(t *testing.T) {
	seen := cureHints(t)
	for _, hint := range hintsOfCode(t) {
		if !strings.Contains(seen, hint) && !slices.Contains(followedElsewhere, hint) {
			t.Errorf("no case of cures.txt follows %q", hint)
		}
	}
}

// followedElsewhere are proposed for queries and for what is delivered, or by a warning.
var followedElsewhere = []string{
	// TestCures_Delivery
	"write TO_TIMESTAMP_LTZ(x, 'yyyy-MM-dd''T''HH:mm:ss', 'UTC'), with the pattern and the zone that the text has",
	"write CAST(x AS TIMESTAMP(3)): midnight in UTC",                   // TestCures_Delivery
	"write JSON_STRING(..), unless it holds JSON text",                 // TestStatements/warnings_value
	"write TRY_CAST(x AS DOUBLE), or a DECIMAL of more than 18 digits", // TestStatements/warnings
	"write UNNEST(..) AS x (",          // TestCures_Unnest
	"write CAST(.. AS %s) around each", // TestCures_Unnest
}

// cureHints are the diagnostics of all cases.
func cureHints(t *testing.T) string {
	var b strings.Builder
	text, err := os.ReadFile("testdata/cures.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		wrong, _, _ := strings.Cut(strings.TrimSpace(line), " | ")
		if _, err := Compile("cure.sql", []byte(sqlcase.Case{Columns: cureColumns, Expr: wrong}.Extractor())); err != nil {
			b.WriteString(err.Error())
		}
	}
	return b.String()
}

var codeHint = regexp.MustCompile(`(?:write|both engines run) [A-Z][A-Z_]+\(.*`)

// hintsOfCode are the hints in the source of the engine that propose a call.
func hintsOfCode(t *testing.T) (hints []string) {
	for _, folder := range []string{"check", "function", "syntax"} {
		files, err := filepath.Glob(folder + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(parsed, func(n ast.Node) bool {
				if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING && !strings.HasSuffix(file, "_test.go") {
					if text, err := strconv.Unquote(l.Value); err == nil && codeHint.MatchString(text) {
						hints = append(hints, codeHint.FindString(text))
					}
				}
				return true
			})
		}
	}
	return hints
}

// Ensure that the cures for an UNNEST compile.
func TestCures_Unnest(t *testing.T) {
	for from, mended := range map[string]string{
		"UNNEST(a)": "UNNEST(a) AS x (v)",
		"UNNEST(ARRAY[ROW(c), ROW(CAST(c AS DECIMAL(7, 3)))]) AS x (v)": "UNNEST(ARRAY[ROW(CAST(c AS DECIMAL(7, 3))), " +
			"ROW(CAST(CAST(c AS DECIMAL(7, 3)) AS DECIMAL(7, 3)))]) AS x (v)",
	} {
		sql := func(unnest string) []byte {
			return fmt.Appendf(nil, "CREATE TABLE r (%s) WITH ('format' = 'json', 'json.timestamp-format.standard' = "+
				"'ISO-8601', "+
				"'json.ignore-parse-errors' = 'true');\nINSERT INTO digitaltwin SELECT 'c', 'm', '1', '1', l FROM r CROSS JOIN %s;",
				cureColumns, unnest)
		}
		_, err := Compile("cure.sql", sql(from))
		if err == nil {
			t.Errorf("%s compiles", from)
			continue
		}
		cure, _ := cureOf(err.(diag.List)[0].Hint)
		if !strings.Contains(cure, "AS x (v)") && !strings.Contains(cure, "CAST(.. AS DECIMAL(7, 3)) around each") {
			t.Errorf("%s: the cure is %q", from, cure)
		}
		if _, err := Compile("cure.sql", sql(mended)); err != nil {
			t.Errorf("%s: %v", mended, err)
		}
	}
}
