package check

import (
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
			c.needsFlink(x, "the Go engine has no NULL of type "+t.String(), "")
			return nil
		}
		return c.null(t)
	}
	if e.Type.Kind == types.Boolean && e.Scope == nil && t.Numeric() {
		c.reject(x, "Flink's planner breaks down on a constant BOOLEAN that becomes a number", "write 0 or 1")
		return nil
	}
	if _, err := function.Cast(e.Type, t, x.Try); err != nil {
		c.problemAt(x, err)
		return nil
	}
	if e.Type.Kind == types.String && t.Kind == types.Decimal && t.Precision <= 18 {
		c.warn(x, "Flink reads a text that is no number as 0 here, and 12x as 12",
			"write TRY_CAST(x AS DOUBLE), or a DECIMAL of more than 18 digits")
	}
	out := c.convert(e, t, x.Try)
	if t.Kind == types.Decimal && out.Scope == nil {
		if _, ok := code.Fold(out.Constant()).Text(nil); !ok {
			c.reject(x, "this constant does not fit into "+t.String(), "")
			return nil
		}
	}
	if !c.exactInFlink(x, e, out) {
		return nil
	}
	return out
}

// convert makes e one of type t, by a cast that is there.
func (c *checker) convert(e *ir.Expr, t *types.Type, try bool) *ir.Expr {
	if e.Type.Equal(t) {
		return e
	}
	return c.g.Call(function.Convert{Try: try}, t, e)
}
