package check

import (
	"errors"
	"fmt"

	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/function"
	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// cast types CAST(x AS t) and TRY_CAST(x AS t).
func (c *checker) cast(x *syntax.Cast, env *environment) *ir.Expr {
	e, t := c.expr(x.X, env), c.typeOf(x.Type)
	if e == nil || t == nil {
		return nil
	}
	if e.Type.Kind == types.Null {
		if t.Kind >= types.Array {
			c.reject(x, "a NULL of type "+t.String()+" is not supported", "")
			return nil
		}
		return c.nullConstant(t)
	}
	if e.Type.Kind == types.Boolean && e.Scope == nil && t.Numeric() {
		c.reject(x, "Flink's planner breaks down on a constant BOOLEAN that becomes a number", "write 0 or 1")
		return nil
	}
	build, err := function.Cast(e.Type, t, x.Try)
	if err != nil {
		hint := ""
		var p *function.Problem
		if errors.As(err, &p) {
			hint = p.Hint
		}
		c.reject(x, err.Error(), hint)
		return nil
	}
	if e.Type.Kind == types.String && t.Kind == types.Decimal && t.Precision <= 18 {
		c.warn(x, "Flink reads a text that is no number as 0 here, and 12x as 12", "write TRY_CAST(x AS DOUBLE), or a DECIMAL of more than 18 digits")
	}
	out := c.castCall(e, t, x.Try, build)
	if t.Kind == types.Decimal && out.Scope == nil {
		if _, ok := code.Fold(constant(out)).Text(nil); !ok {
			c.reject(x, "this constant does not fit into "+t.String(), "")
			return nil
		}
	}
	if !c.exactInFlink(x, e, out) {
		return nil
	}
	return out
}

// constant compiles an expression without columns.
func constant(e *ir.Expr) code.Code {
	args := make([]code.Code, len(e.Args))
	for i, a := range e.Args {
		args[i] = constant(a)
	}
	c := e.Build(args)
	c.Type = e.Type
	return c
}

func (c *checker) castCall(e *ir.Expr, t *types.Type, try bool, build func(code.Code) code.Code) *ir.Expr {
	if e.Type.Equal(t) {
		return e
	}
	key := fmt.Sprintf("cast %t from %s", try, e.Type)
	return c.g.Call(key, t, []*ir.Expr{e}, func(a []code.Code) code.Code {
		out := build(a[0])
		out.Type = t
		return out
	})
}

// convert widens e to t as the engine does by itself; common has found t, so it cannot fail.
func (c *checker) convert(e *ir.Expr, t *types.Type) *ir.Expr {
	build, err := function.Cast(e.Type, t, false)
	if err != nil {
		panic(fmt.Sprintf("BUG: no implicit cast from %s to %s: %v", e.Type, t, err))
	}
	return c.castCall(e, t, false, build)
}
