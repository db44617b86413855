package check

import (
	"fmt"

	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

func (c *checker) unary(x *syntax.Unary, env *environment) *ir.Expr {
	e := c.expr(x.X, env)
	if e == nil {
		return nil
	}
	if x.Op == "NOT" {
		if e = c.condition(x.X, e, "NOT", env); e == nil || c.deniesInVain(x.X, env) {
			return nil
		}
		return c.g.Call(ir.Not{}, boolType, e)
	}
	if c.untyped(x.X, e) {
		return nil
	}
	if !e.Type.Numeric() && e.Type.Kind != types.Interval {
		c.reject(x.X, x.Op+" takes a number, not "+e.Type.String(), "")
		return nil
	}
	if x.Op == "+" {
		return e
	}
	if l, ok := e.Literal(); ok && !l.Null && e.Type.Kind <= types.BigInt {
		return c.whole(-l.Int)
	}
	if _, twice := e.Op.(ir.Negate); twice {
		if _, ordinal := e.Args[0].Op.(ir.Ordinal); ordinal {
			c.reject(x, "Flink's planner drops a minus of a minus and breaks down on the number of an element",
				"write the number")
			return nil
		}
	}
	return c.g.Call(ir.Negate{}, e.Type, e)
}

func (c *checker) binary(x *syntax.Binary, env *environment) *ir.Expr {
	a, b := c.expr(x.X, env), c.expr(x.Y, env)
	if a == nil || b == nil {
		return nil
	}
	switch x.Op {
	case "AND", "OR":
		a, b = c.condition(x.X, a, x.Op, env), c.condition(x.Y, b, x.Op, env)
		if a == nil || b == nil {
			return nil
		}
		if x.Op == "AND" {
			return c.g.Call(ir.And{}, boolType, a, b)
		}
		return c.g.Call(ir.Or{}, boolType, a, b)
	case "=", "<>", "<", "<=", ">", ">=":
		if a.Type.Kind == types.Null || b.Type.Kind == types.Null {
			c.warn(x, "a comparison with NULL is never TRUE", "write x IS NULL, or x IS NOT NULL")
		}
		if a == b && oneColumn(x.X, x.Y, env) {
			c.rejectItself(x)
			return nil
		}
		return c.compare(x, comparisons[x.Op], a, b)
	case "||":
		if c.untyped(x.X, a) || c.untyped(x.Y, b) {
			return nil
		}
		if a.Type.Kind != types.String || b.Type.Kind != types.String {
			hint := "write CAST(x AS STRING)"
			if a.Type.Kind == types.Double || b.Type.Kind == types.Double {
				hint = "write JSON_STRING(x) for a DOUBLE"
			}
			c.reject(x, fmt.Sprintf("|| joins STRINGs, not %s and %s", a.Type, b.Type), hint)
			return nil
		}
		return c.g.Call(ir.Concat{Operator: true}, stringType, a, b)
	}
	return c.arithmetic(x, a, b)
}

// comparisons are the operators that compare, as they are written.
var comparisons = map[string]code.Comparison{
	"=": code.Equal, "<>": code.NotEqual, "<": code.Less, "<=": code.LessOrEqual, ">": code.Greater,
	">=": code.GreaterOrEqual,
}

func (c *checker) not(e *ir.Expr, negated bool) *ir.Expr {
	if e == nil || !negated {
		return e
	}
	return c.g.Call(ir.Not{}, boolType, e)
}

// compare makes a op b after widening both to one type.
func (c *checker) compare(n syntax.Node, op code.Comparison, a, b *ir.Expr) *ir.Expr {
	ordered := op != code.Equal && op != code.NotEqual
	total := ordered && totally(a, b)
	a, b, ok := c.comparable(n, op.String(), a, b)
	if !ok {
		return nil
	}
	return c.g.Call(ir.Compare{By: op, Total: total}, boolType, a, b)
}

// totally reports whether Flink takes the total order of DOUBLEs, which it does for a DOUBLE and a DECIMAL only.
func totally(a, b *ir.Expr) bool {
	return a.Type.Kind == types.Double && b.Type.Kind == types.Decimal ||
		a.Type.Kind == types.Decimal && b.Type.Kind == types.Double
}

// comparable widens both sides to one type that has an order.
func (c *checker) comparable(n syntax.Node, op string, a, b *ir.Expr) (*ir.Expr, *ir.Expr, bool) {
	if a.Type.Kind == types.Null && b.Type.Kind == types.Null {
		return c.coerce(a, boolType), c.coerce(b, boolType), true
	}
	if a2, b2, ok := c.timeLiterals(n, a, b); !ok {
		return nil, nil, false
	} else {
		a, b = a2, b2
	}
	t := common(a.Type, b.Type)
	if t == nil {
		hint := "CAST one to the type of the other"
		if a.Type.Kind == types.String || b.Type.Kind == types.String {
			hint = "write TRY_CAST(x AS INT) for a text, or quote the other side as a text"
		}
		c.reject(n, fmt.Sprintf("%s compares two of one type, not %s with %s", op, a.Type, b.Type), hint)
		return nil, nil, false
	}
	if t.Kind == types.Bytes || t.Kind >= types.Array && op != "<" && op != "<=" && op != ">" && op != ">=" {
		c.needsFlink(n, "the Go engine has no "+op+" of "+t.String(), "compare its elements or fields")
		return nil, nil, false
	}
	if t.Kind >= types.Array {
		c.reject(n, op+" is not defined for "+t.String(), "compare its elements or fields")
		return nil, nil, false
	}
	if a == b && a.Scope != nil {
		c.rejectItself(n)
		return nil, nil, false
	}
	return c.coerce(a, t), c.coerce(b, t), true
}

func (c *checker) rejectItself(n syntax.Node) {
	c.reject(n, "an expression is compared with itself, which Flink decides without looking at NULL and NaN",
		"write x IS NOT NULL, or compare with another column")
}

// oneColumn reports whether both name the same column, which may hold a constant.
func oneColumn(x, y syntax.Expr, env *environment) bool {
	a, ok := x.(*syntax.Name)
	b, ok2 := y.(*syntax.Name)
	return ok && ok2 && env.column(a) != nil && env.column(a) == env.column(b)
}

func (c *checker) is(x *syntax.Is, env *environment) *ir.Expr {
	e := c.expr(x.X, env)
	if e == nil {
		return nil
	}
	switch x.What {
	case "NULL":
		if !x.Not && c.asksInVain(x, env) {
			return nil
		}
		return c.g.Call(ir.IsNull{Not: x.Not}, boolType, c.typed(e))
	case "TRUE", "FALSE", "UNKNOWN":
		if e = c.condition(x.X, e, "IS "+x.What, env); e == nil {
			return nil
		}
		if !x.Not && c.asksInVain(x, env) {
			return nil
		}
		what := map[string]code.Tri{"TRUE": code.True, "FALSE": code.False, "UNKNOWN": code.Unknown}[x.What]
		return c.g.Call(ir.IsTruth{What: what, Not: x.Not}, boolType, e)
	case "DISTINCT":
		y := c.expr(x.Y, env)
		if y == nil {
			return nil
		}
		a, b, ok := c.comparable(x, "IS DISTINCT FROM", e, y)
		if !ok {
			return nil
		}
		return c.g.Call(ir.Distinct{Not: x.Not, Total: totally(e, y)}, boolType, a, b)
	}
	return c.isJSON(x, e)
}

// typed gives a bare NULL a type where none matters.
func (c *checker) typed(e *ir.Expr) *ir.Expr {
	if e.Type.Kind == types.Null {
		return c.null(stringType)
	}
	return e
}

func (c *checker) between(x *syntax.Between, env *environment) *ir.Expr {
	e, low, high := c.expr(x.X, env), c.expr(x.Low, env), c.expr(x.High, env)
	if x.Symmetric {
		c.needsFlink(x, "the Go engine has no BETWEEN SYMMETRIC", "write x BETWEEN LEAST(a, b) AND GREATEST(a, b)")
		return nil
	}
	if e == nil || low == nil || high == nil {
		return nil
	}
	if e == low && oneColumn(x.X, x.Low, env) || e == high && oneColumn(x.X, x.High, env) {
		c.rejectItself(x)
		return nil
	}
	from, to, both := code.GreaterOrEqual, code.LessOrEqual, ir.Op(ir.And{})
	if x.Not { // not the opposite where the value is NaN
		from, to, both = code.Less, code.Greater, ir.Or{}
	}
	a := c.compare(x.Low, from, e, low)
	b := c.compare(x.High, to, e, high)
	if a == nil || b == nil {
		return nil
	}
	return c.g.Call(both, boolType, a, b)
}

func (c *checker) in(x *syntax.In, env *environment) *ir.Expr {
	if x.Query != nil {
		c.reject(x, "a subquery cannot stand here", "it can stand in WHERE: x IN (SELECT ..)")
		return nil
	}
	e := c.expr(x.X, env)
	list, ok := c.exprs(x.List, env)
	if e == nil || !ok {
		return nil
	}
	var out *ir.Expr
	for i, y := range list {
		if e == y && oneColumn(x.X, x.List[i], env) {
			c.rejectItself(x.List[i])
			return nil
		}
		eq := c.compare(x.List[i], code.Equal, e, y)
		if eq == nil {
			return nil
		}
		if out == nil {
			out = eq
		} else {
			out = c.g.Call(ir.Or{}, boolType, out, eq)
		}
	}
	return c.not(out, x.Not)
}
