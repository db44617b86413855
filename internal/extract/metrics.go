package extract

import (
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// metrics lists what the emits declare: the names of metrics with their units.
func metrics(emits []*ir.Emit) []twin.Metric {
	units := map[string][]string{}
	for _, e := range emits {
		for _, name := range patterns(e.Metric) {
			units[name] = append(units[name], patterns(e.Unit)...)
		}
	}
	out := make([]twin.Metric, 0, len(units))
	for name, u := range units {
		slices.Sort(u)
		out = append(out, twin.Metric{Name: name, Units: slices.Compact(u)})
	}
	slices.SortFunc(out, func(a, b twin.Metric) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// maxPatterns bounds how many names one expression is taken apart into.
const maxPatterns = 64

// patterns returns the texts that e can be, with * for what the record decides. NULL is "".
func patterns(e *ir.Expr) []string {
	if e.Literal != nil {
		return []string{e.Literal.Text}
	}
	out := []string{"*"}
	switch {
	case e.Op == "concat" || e.Op == "CONCAT":
		out = []string{""}
		for _, a := range e.Args {
			var next []string
			for _, head := range out {
				for _, tail := range patterns(a) {
					next = append(next, strings.ReplaceAll(head+tail, "**", "*"))
				}
			}
			out = next
		}
	case strings.HasPrefix(e.Op, "case "):
		out = nil
		n := (len(e.Args) - 1) / 2
		for _, a := range e.Args[n:] {
			if a.Literal == nil || !a.Literal.Null {
				out = append(out, patterns(a)...)
			}
		}
	case e.Op == "COALESCE":
		out = nil
		for _, a := range e.Args {
			out = append(out, patterns(a)...)
		}
	}
	if len(out) > maxPatterns || len(out) == 0 {
		return []string{"*"}
	}
	return out
}
