package extract

import (
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// metrics lists what the emits declare: the names of metrics with their units, and which of them come together.
func metrics(emits []*ir.Emit) []twin.Metric {
	d := declarations{}
	groups := groups(emits)
	for i, e := range emits {
		for _, name := range patterns(e.Metric) {
			d.add(name, groups[i], patterns(e.Unit)...)
		}
	}
	return d.sorted()
}

// lines returns the line of a text on which each of these metrics is delivered first.
func lines(emits []*ir.Emit, text string) map[string]int {
	at := make(map[string]int)
	for _, e := range emits {
		line := 1 + strings.Count(text[:min(e.Pos, len(text))], "\n")
		for _, name := range patterns(e.Metric) {
			if known, ok := at[name]; !ok || line < known {
				at[name] = line
			}
		}
	}
	return at
}

// declarations are metrics by name, as they are found.
type declarations map[string]*twin.Metric

// add adds units to a metric. Its group is the first that it is found in.
func (d declarations) add(name string, group uint16, units ...string) {
	if d[name] == nil {
		d[name] = &twin.Metric{Name: name, Group: group}
	}
	d[name].Units = append(d[name].Units, units...)
}

// sorted lists the metrics by name.
func (d declarations) sorted() []twin.Metric {
	out := make([]twin.Metric, 0, len(d))
	for _, m := range d {
		slices.Sort(m.Units)
		m.Units = slices.Compact(m.Units)
		out = append(out, *m)
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
