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
	return sorted(units)
}

// sorted lists metrics by name, each with its units.
func sorted(units map[string][]string) []twin.Metric {
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
	out := []string{"*"}
	switch op := e.Op.(type) {
	case ir.Literal:
		return []string{op.Text}
	case ir.Concat:
		var parts [][]string
		for _, a := range e.Args {
			parts = append(parts, patterns(a))
		}
		out = joined(parts)
	case ir.Case:
		out = nil
		for _, a := range e.Args[len(e.Args)/2:] {
			if l, _ := a.Literal(); !l.Null {
				out = append(out, patterns(a)...)
			}
		}
	case ir.Coalesce:
		out = nil
		for _, a := range e.Args {
			out = append(out, patterns(a)...)
		}
	}
	return bounded(out)
}

// joined returns the texts that the parts can make one after the other.
func joined(parts [][]string) []string {
	out := []string{""}
	for _, p := range parts {
		var next []string
		for _, head := range out {
			for _, tail := range p {
				next = append(next, strings.ReplaceAll(head+tail, "**", "*"))
			}
		}
		if out = next; len(out) > maxPatterns {
			break
		}
	}
	return out
}

// bounded returns patterns, or * alone where there are none or too many.
func bounded(patterns []string) []string {
	if len(patterns) == 0 || len(patterns) > maxPatterns {
		return []string{"*"}
	}
	return patterns
}
