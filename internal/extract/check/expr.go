package check

import (
	"fmt"

	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// expr resolves an expression; nil after a diagnostic.
func (c *checker) expr(x syntax.Expr, env *environment) *ir.Expr {
	e := c.resolve(x, env)
	if e != nil && !c.literalInFlink(x, e) {
		return nil
	}
	return e
}

func (c *checker) resolve(x syntax.Expr, env *environment) *ir.Expr {
	switch x := x.(type) {
	case *syntax.Name:
		return c.name(x, env)
	case *syntax.Field:
		if e := c.expr(x.X, env); e != nil {
			return c.field(e, x.Name)
		}
		return nil
	case *syntax.Index:
		return c.index(x, env)
	case *syntax.Literal:
		return c.literal(x)
	case *syntax.Unary:
		return c.unary(x, env)
	case *syntax.Binary:
		return c.binary(x, env)
	case *syntax.Is:
		return c.is(x, env)
	case *syntax.Between:
		return c.between(x, env)
	case *syntax.In:
		return c.in(x, env)
	case *syntax.Like:
		return c.like(x, env)
	case *syntax.Case:
		return c.caseExpr(x, env)
	case *syntax.Cast:
		return c.cast(x, env)
	case *syntax.Call:
		return c.call(x, env)
	case *syntax.Row:
		c.constructed(x, x.Items, env, "the Go engine takes a ROW in UNNEST(ARRAY[ROW(..)]) only",
			"use its columns one by one, or JSON_OBJECT('name' VALUE x)")
		return nil
	case *syntax.Array:
		c.constructed(x, x.Items, env, "the Go engine takes ARRAY[..] in UNNEST(ARRAY[..]) only",
			"use JSON_ARRAY(..) to deliver an array")
		return nil
	case *syntax.Map:
		c.constructed(x, x.Items, env, "the Go engine has no MAP[..]",
			"use JSON_OBJECT('name' VALUE x) to deliver an object")
		return nil
	case *syntax.Subquery:
		c.reject(x, "a subquery cannot stand here", "it can stand in WHERE: IN (SELECT ..) or EXISTS (SELECT ..)")
		return nil
	case *syntax.Unreadable:
		return nil
	}
	panic(fmt.Sprintf("BUG: expression %T", x))
}

// constructed reports a value that the Go engine does not make, and looks for mistakes within it.
func (c *checker) constructed(x syntax.Expr, items []syntax.Expr, env *environment, message, hint string) {
	c.exprs(items, env)
	c.needsFlink(x, message, hint)
}

// exprs resolves all of them; ok is false if one is broken, after the diagnostics of all.
func (c *checker) exprs(xs []syntax.Expr, env *environment) (out []*ir.Expr, ok bool) {
	ok = true
	for _, x := range xs {
		e := c.expr(x, env)
		ok = ok && e != nil
		out = append(out, e)
	}
	return out, ok
}

// index resolves array[i] and map['key'].
func (c *checker) index(x *syntax.Index, env *environment) *ir.Expr {
	e, i := c.expr(x.X, env), c.expr(x.Index, env)
	if e == nil || i == nil {
		return nil
	}
	switch e.Type.Kind {
	case types.Array:
		if i.Type.Kind != types.Int {
			c.reject(x.Index, "the index of an array is INT, not "+i.Type.String(), "write CAST(i AS INT)")
			return nil
		}
		if l, ok := i.Literal(); ok && l.Int < 1 {
			c.reject(x.Index, "arrays are counted from 1", "the first element is [1]")
			return nil
		}
		return c.g.Call(ir.Item{}, e.Type.Elem, e, i)
	case types.Map:
		if i.Type.Kind != types.String {
			c.reject(x.Index, "the key of a map is STRING, not "+i.Type.String(), "")
			return nil
		}
		return c.g.Call(ir.Lookup{}, e.Type.Elem, e, i)
	}
	c.reject(x.X, "[..] reads from an ARRAY or MAP, not from "+e.Type.String(), "")
	return nil
}

// caseExpr resolves both forms of CASE; CASE x WHEN y is CASE WHEN x = y.
func (c *checker) caseExpr(x *syntax.Case, env *environment) *ir.Expr {
	var operand *ir.Expr
	if x.Operand != nil {
		if operand = c.expr(x.Operand, env); operand == nil {
			return nil
		}
	}
	ok := true
	var conds, thens []*ir.Expr
	nodes := []syntax.Expr{}
	for _, w := range x.Whens {
		cond := c.expr(w.Cond, env)
		switch {
		case cond == nil:
			ok = false
		case operand != nil:
			if cond = c.compare(w.Cond, code.Equal, operand, cond); cond != nil && fixed(x.Operand, operand, env) &&
				fixed(w.Cond, cond, env) {
				c.reject(w.Cond, "this comparison does not depend on the record", "CASE compares a column with values")
				cond = nil
			}
			ok = ok && cond != nil
		default:
			cond = c.condition(w.Cond, cond, "WHEN", env)
			ok = ok && cond != nil
		}
		then := c.expr(w.Then, env)
		ok = ok && then != nil
		conds, thens, nodes = append(conds, cond), append(thens, then), append(nodes, w.Then)
	}
	var otherwise *ir.Expr
	if x.Else != nil {
		otherwise = c.expr(x.Else, env)
		ok = ok && otherwise != nil
		nodes = append(nodes, x.Else)
	} else {
		otherwise = c.null(nullType)
		nodes = append(nodes, x)
	}
	if !ok {
		return nil
	}
	values, t := c.unify("CASE", append(thens, otherwise), nodes)
	if t == nil {
		return nil
	}
	for i := range conds {
		conds[i] = c.coerce(conds[i], boolType)
	}
	return c.g.Call(ir.Case{}, t, append(conds, values...)...)
}

// unify widens all values to one scalar type; nil after a diagnostic.
func (c *checker) unify(of string, values []*ir.Expr, nodes []syntax.Expr) ([]*ir.Expr, *types.Type) {
	t := nullType
	for i, v := range values {
		u := common(t, v.Type)
		if u == nil {
			c.reject(nodes[i], fmt.Sprintf("this value of %s is %s, before it was %s", of, v.Type, t),
				"CAST one to the type of the other")
			return nil, nil
		}
		t = u
	}
	switch t.Kind {
	case types.Null:
		c.reject(nodes[0], "all values of "+of+" are NULL, so it has no type", "write CAST(NULL AS STRING)")
		return nil, nil
	case types.Array, types.Map, types.Row:
		if of == "IF" {
			c.reject(nodes[0], "Flink has no IF of "+t.String(), "write CASE WHEN condition THEN .. ELSE .. END")
			return nil, nil
		}
		c.needsFlink(nodes[0], "the Go engine has no "+of+" of "+t.String(), "choose between scalars")
		return nil, nil
	}
	out := make([]*ir.Expr, len(values))
	for i, v := range values {
		out[i] = c.coerce(v, t)
	}
	return out, t
}
