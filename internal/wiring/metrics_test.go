package wiring

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Ensure that every name of a metric has one row, and every row a name.
func TestMetricsHaveRows(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "metrics.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var names, rows []string
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.ValueSpec); ok && strings.HasPrefix(s.Names[0].Name, "Metric") && len(s.Values) == 1 {
			if literal, ok := s.Values[0].(*ast.BasicLit); ok {
				name, err := strconv.Unquote(literal.Value)
				if err != nil {
					t.Fatal(err)
				}
				names = append(names, name)
			}
		}
		return true
	})
	for _, m := range Metrics {
		rows = append(rows, m.Name)
		if found, ok := MetricNamed(m.Name); !ok || found != m {
			t.Errorf("%s is not found by its name: %+v", m.Name, found)
		}
	}
	if !slices.Equal(names, rows) || len(rows) == 0 {
		t.Errorf("names %v\nrows  %v", names, rows)
	}
}

// Ensure that docs/operate.md has the table as it stands here.
func TestMetricsAreDocumented(t *testing.T) {
	var want strings.Builder
	want.WriteString("| metric | unit | dimensions | written by | what it counts |\n|---|---|---|---|---|\n")
	for _, m := range Metrics {
		dimensions := "`" + strings.Join(m.Dimensions(), "`, `") + "`"
		if m.ByReason {
			dimensions += "; with `" + DimensionReason + "` too"
		}
		want.WriteString("| `" + m.Name + "` | " + string(m.Unit) + " | " + dimensions + " | `" + string(m.Emitter) + "` | " +
			m.Counts + " |\n")
	}
	docs, err := os.ReadFile("../../docs/operate.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(docs), want.String()) {
		t.Errorf("docs/operate.md has another table of metrics; want\n%s", want.String())
	}
}
