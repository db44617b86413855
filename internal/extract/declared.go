package extract

import (
	"math"
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract/syntax"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// declared lists the metrics of INSERTs that the Go engine does not run, as far as their texts say them. Those of one
// INSERT are taken to come together.
func declared(inserts []*syntax.Insert) []twin.Metric {
	d := declarations{}
	for i, s := range inserts {
		metric, unit := position(s, "metric", 1), position(s, "unit", 3)
		for _, q := range selects(s.Query) {
			of := []string{""} // no unit where the INSERT names none
			if unit >= 0 {
				of = itemTexts(q, unit)
			}
			for _, name := range itemTexts(q, metric) {
				d.add(name, uint16(min(i, math.MaxUint16)), of...)
			}
		}
	}
	return d.sorted()
}

// position returns where an INSERT takes a column of the sink from, -1 for nowhere.
func position(s *syntax.Insert, column string, usual int) int {
	if len(s.Columns) == 0 {
		return usual
	}
	for i, c := range s.Columns {
		if c.Name == column {
			return i
		}
	}
	return -1
}

// selects returns the branches of a query.
func selects(q syntax.Query) []*syntax.Select {
	switch q := q.(type) {
	case *syntax.With:
		return selects(q.Body)
	case *syntax.Ordered:
		return selects(q.Body)
	case *syntax.Union:
		var out []*syntax.Select
		for _, b := range q.Branches {
			out = append(out, selects(b)...)
		}
		return out
	case *syntax.Select:
		return []*syntax.Select{q}
	}
	return nil
}

// itemTexts returns the texts that item i of a SELECT can be, with * for what is not known.
func itemTexts(q *syntax.Select, i int) []string {
	if i < 0 || i >= len(q.Items) {
		return []string{"*"}
	}
	for _, item := range q.Items[:i+1] {
		if item.Star {
			return []string{"*"}
		}
	}
	return texts(q.Items[i].Expr)
}

// texts is what [patterns] is, for an expression that was not checked.
func texts(e syntax.Expr) []string {
	var out []string
	switch e := e.(type) {
	case *syntax.Literal:
		if e.Kind == syntax.StringLiteral || e.Kind == syntax.NullLiteral {
			return []string{e.Text}
		}
	case *syntax.Cast:
		if l, ok := e.X.(*syntax.Literal); ok && l.Kind == syntax.NullLiteral {
			return []string{""}
		}
	case *syntax.Binary:
		if e.Op == "||" {
			out = joined([][]string{texts(e.X), texts(e.Y)})
		}
	case *syntax.Call:
		var args [][]string
		for _, a := range e.Args {
			args = append(args, texts(a))
		}
		if strings.EqualFold(e.Name.Name, "CONCAT") {
			out = joined(args)
		}
	case *syntax.Case:
		for _, w := range e.Whens {
			if l, ok := w.Then.(*syntax.Literal); !ok || l.Kind != syntax.NullLiteral {
				out = append(out, texts(w.Then)...)
			}
		}
		if e.Else != nil {
			out = append(out, texts(e.Else)...)
		}
	}
	return bounded(out)
}
