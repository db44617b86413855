package check

import (
	"slices"

	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
)

// Flink knows of some values by their type that they are never NULL. It decides a question after a NULL there
// at planning, and where that leaves an UNNEST without rows it finds no plan at all.

// asksInVain refuses x IS NULL and x IS UNKNOWN of what is never NULL.
func (c *checker) asksInVain(x *syntax.Is, env *environment) bool {
	if x.What != "NULL" && x.What != "UNKNOWN" || !neverNull(x.X, env) || !syntax.ReadsColumn(x.X) {
		return false
	}
	c.reject(x, "this is never NULL, and Flink's planner breaks down on a row that never comes", "leave the condition out")
	return true
}

// deniesInVain refuses NOT (x IS NOT NULL) of what is never NULL.
func (c *checker) deniesInVain(x syntax.Expr, env *environment) bool {
	switch x := x.(type) {
	case *syntax.Is:
		return x.Not && c.asksInVain(x, env)
	case *syntax.Unary:
		return c.deniesInVain(x.X, env)
	case *syntax.Binary:
		return c.deniesInVain(x.X, env) || c.deniesInVain(x.Y, env)
	}
	return false
}

// neverNull reports whether Flink may take x for a value that is there in every row.
func neverNull(x syntax.Expr, env *environment) bool {
	all := func(xs ...syntax.Expr) bool {
		return !slices.ContainsFunc(xs, func(x syntax.Expr) bool { return x != nil && !neverNull(x, env) })
	}
	switch x := x.(type) {
	case *syntax.Literal:
		return x.Kind != syntax.NullLiteral && x.Text != "UNKNOWN"
	case *syntax.Name:
		col := env.column(x)
		return col != nil && col.notNull
	case *syntax.Unary:
		return all(x.X)
	case *syntax.Binary:
		return all(x.X, x.Y)
	case *syntax.Is:
		return true
	case *syntax.Between:
		return all(x.X, x.Low, x.High)
	case *syntax.In:
		return all(x.X) && all(x.List...)
	case *syntax.Like:
		return all(x.X)
	case *syntax.Case:
		for _, w := range x.Whens {
			if !all(w.Then) {
				return false
			}
		}
		return x.Else != nil && all(x.Else)
	case *syntax.Cast:
		return !x.Try && all(x.X)
	case *syntax.Call:
		switch x.Name.Name {
		case "JSON_OBJECT", "JSON_ARRAY":
			return true
		case "COALESCE", "IFNULL":
			return slices.ContainsFunc(x.Args, func(a syntax.Expr) bool { return neverNull(a, env) })
		case "IF":
			return len(x.Args) == 3 && all(x.Args[1:]...)
		case "NULLIF":
			return false
		}
		return all(x.Args...)
	}
	return false
}

// column finds the column that a name without fields is, or nil.
func (env *environment) column(n *syntax.Name) *column {
	for _, s := range env.sources {
		name := n.Parts[0].Name
		switch {
		case len(n.Parts) == 2 && s.alias == name:
			name = n.Parts[1].Name
		case len(n.Parts) > 1:
			continue
		}
		if i := s.find(name); i >= 0 {
			return &s.columns[i]
		}
	}
	return nil
}

// isThere reports whether e is a constant that is not NULL.
func isThere(e *ir.Expr) bool { return e.Scope == nil && !code.IsNull(e.Constant())(&code.Frame{}) }
