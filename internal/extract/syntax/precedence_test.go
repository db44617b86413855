package syntax

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/extract/diag"
)

// operands writes an operator with its operands; left is the whole text before it, "" where there is none.
type operands struct{ left, right bool }

// form is how an operator of docs/sql.md is written around x on its left and y on its right.
func form(operator, x, y string) string {
	switch operator {
	case "-x":
		return "-" + y
	case "NOT":
		return "NOT " + y
	case "IS":
		return x + " IS NULL"
	case "IN":
		return x + " IN (b, c)"
	case "BETWEEN":
		return x + " BETWEEN b AND c"
	}
	return x + " " + operator + " " + y
}

// takes says on which sides of an operator another can stand without parentheses.
func takes(operator string) operands {
	switch operator {
	case "-x", "NOT":
		return operands{right: true}
	case "IS", "IN", "BETWEEN", "LIKE":
		return operands{left: true}
	}
	return operands{true, true}
}

// Ensure that operators bind as tightly as docs/sql.md says: each pair of them is read as if it had the parentheses.
func TestDocumentedPrecedence(t *testing.T) {
	text, err := os.ReadFile("../../../docs/sql.md")
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`Operators, from tight to loose: (.*)\.\n`).FindSubmatch(text)
	if m == nil {
		t.Fatal("docs/sql.md lists no operators")
	}
	var groups [][]string
	count := 0
	for _, group := range strings.Split(string(m[1]), "; ") {
		groups = append(groups, strings.Fields(strings.Trim(group, "`")))
		count += len(groups[len(groups)-1])
	}
	if len(groups) < 9 || count < 20 {
		t.Fatalf("docs/sql.md lists %d groups of %d operators", len(groups), count)
	}
	same := func(bare, parenthesized string) {
		t.Helper()
		if got, want := tree(t, bare), tree(t, parenthesized); got != want {
			t.Errorf("%s is not read as %s", bare, parenthesized)
		}
	}
	for i, tight := range groups {
		for _, a := range tight {
			for _, loose := range groups[i+1:] {
				for _, b := range loose {
					inner := form(a, "x", "y")
					if takes(b).left {
						same(form(b, inner, "z"), form(b, "("+inner+")", "z"))
					}
					if takes(b).right {
						same(form(b, "z", inner), form(b, "z", "("+inner+")"))
					}
					if takes(a).right && takes(b).left { // the tight one ends before the loose one begins
						same(form(b, form(a, "x", "y"), "z"), form(b, "("+form(a, "x", "y")+")", "z"))
					}
				}
			}
			for _, b := range tight { // from left to right
				if takes(a) == (operands{true, true}) && takes(b) == takes(a) {
					same(form(b, form(a, "x", "y"), "z"), form(b, "("+form(a, "x", "y")+")", "z"))
				}
			}
		}
	}
}

// tree writes the syntax tree of an expression, without the places in the text.
func tree(t *testing.T, expression string) string {
	t.Helper()
	file, errs := Parse(diag.Source{Name: "x.sql", Text: "INSERT INTO digitaltwin SELECT " + expression + " FROM t"})
	if len(errs) > 0 {
		t.Fatalf("%s: %v", expression, errs)
	}
	var b strings.Builder
	write(&b, reflect.ValueOf(file))
	return b.String()
}

func write(b *strings.Builder, v reflect.Value) {
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			b.WriteString("nil")
			return
		}
		write(b, v.Elem())
	case reflect.Slice:
		for i := range v.Len() {
			write(b, v.Index(i))
		}
	case reflect.Struct:
		fmt.Fprintf(b, "%s{", v.Type().Name())
		for i := range v.NumField() {
			if v.Type().Field(i).Type != reflect.TypeFor[Span]() {
				write(b, v.Field(i))
			}
		}
		b.WriteString("}")
	default:
		fmt.Fprintf(b, "%v ", v)
	}
}
