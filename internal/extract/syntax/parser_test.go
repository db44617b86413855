package syntax

import (
	"fmt"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/extract/diag"
)

// Ensure that operators bind as in Calcite.
func TestPrecedence(t *testing.T) {
	for in, want := range map[string]string{
		"a + b * c":               "(a + (b * c))",
		"a - b - c":               "((a - b) - c)",
		"-a * b":                  "((-a) * b)",
		"a || b = c":              "((a || b) = c)",
		"a = b AND c OR NOT d":    "(((a = b) AND c) OR (NOT d))",
		"NOT a = b":               "(NOT (a = b))",
		"a < b IS TRUE":           "((a < b) IS TRUE)",
		"a BETWEEN b AND c AND d": "((a BETWEEN b AND c) AND d)",
		"a + 1 IN (b, c) OR d":    "(((a + 1) IN b, c) OR d)",
		"a LIKE 'x' AND b":        "((a LIKE 'x') AND b)",
		"a[1].b.c":                "((a[1]).b).c",
		"a % b / c":               "((a % b) / c)",
		"NOT NOT a":               "(NOT (NOT a))",
	} {
		p := &parser{src: diag.Source{Name: "t", Text: in}}
		p.tokens = lex(in, p.report)
		if got := show(p.expression()); got != want || !p.at(eof) {
			t.Errorf("%s parses as %s, want %s", in, got, want)
		}
	}
}

func show(e Expr) string {
	switch x := e.(type) {
	case *Name:
		var parts []string
		for _, p := range x.Parts {
			parts = append(parts, p.Name)
		}
		return strings.Join(parts, ".")
	case *Literal:
		if x.Kind == StringLiteral {
			return "'" + x.Text + "'"
		}
		return x.Text
	case *Unary:
		if x.Op == "NOT" {
			return "(NOT " + show(x.X) + ")"
		}
		return "(" + x.Op + show(x.X) + ")"
	case *Binary:
		return "(" + show(x.X) + " " + x.Op + " " + show(x.Y) + ")"
	case *Is:
		return "(" + show(x.X) + " IS " + x.What + ")"
	case *Between:
		return "(" + show(x.X) + " BETWEEN " + show(x.Low) + " AND " + show(x.High) + ")"
	case *In:
		var list []string
		for _, y := range x.List {
			list = append(list, show(y))
		}
		return "(" + show(x.X) + " IN " + strings.Join(list, ", ") + ")"
	case *Like:
		return "(" + show(x.X) + " LIKE " + show(x.Pattern) + ")"
	case *Index:
		return "(" + show(x.X) + "[" + show(x.Index) + "])"
	case *Field:
		if _, ok := x.X.(*Field); ok {
			return "(" + show(x.X) + ")." + x.Name.Name
		}
		return show(x.X) + "." + x.Name.Name
	}
	return fmt.Sprintf("%T", e)
}

// Ensure that no nesting exhausts the stack: it is a diagnostic.
func TestDepth(t *testing.T) {
	for _, in := range []string{
		"INSERT INTO digitaltwin SELECT " + strings.Repeat("(", 100_000),
		"INSERT INTO digitaltwin SELECT " + strings.Repeat("NOT ", 100_000),
		"CREATE TABLE t (a " + strings.Repeat("ARRAY<", 100_000),
		"INSERT INTO digitaltwin " + strings.Repeat("(", 100_000),
	} {
		_, list := Parse(diag.Source{Name: "t", Text: in})
		if len(list) != 1 || !strings.Contains(list[0].Message, "nested deeper") {
			t.Errorf("%.60s..: %v", in, list)
		}
	}
}
