package check

import (
	"fmt"

	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/function"
	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// arithmetic types x op y: + - * / %.
func (c *checker) arithmetic(x *syntax.Binary, a, b *ir.Expr) *ir.Expr {
	if c.untyped(x.X, a) || c.untyped(x.Y, b) {
		return nil
	}
	if temporal(a.Type) || temporal(b.Type) {
		return c.timeArithmetic(x, a, b)
	}
	t := common(a.Type, b.Type)
	if t == nil || !t.Numeric() {
		hint := "write TRY_CAST(x AS DOUBLE) for a text"
		if x.Op == "+" && (a.Type.Kind == types.String || b.Type.Kind == types.String) {
			hint = "write TRY_CAST(x AS DOUBLE) for a text; || joins texts"
		}
		c.reject(x, fmt.Sprintf("%s takes numbers, not %s and %s", x.Op, a.Type, b.Type), hint)
		return nil
	}
	if t.Kind == types.Decimal {
		return c.decimalArithmetic(x, a, b)
	}
	if _, ok := b.Literal(); x.Op == "/" && a.Scope == nil && b.Scope == nil && !(ok && b.NonZero) {
		c.reject(x, "this division does not depend on the record, and Flink's planner breaks down on it",
			"write the quotient")
		return nil
	}
	if (x.Op == "/" || x.Op == "%") && t.Kind != types.Double && !b.NonZero {
		c.reject(x.Y, "the divisor of a whole number may be 0, which would throw in Flink and lose the record",
			"write a "+x.Op+" NULLIF(b, 0): it gives NULL")
		return nil
	}
	if x.Op == "%" && t.Kind == types.Double {
		c.reject(x, "Flink has no % of DOUBLE", "CAST both to BIGINT")
		return nil
	}
	if x.Op == "/" && t.Kind == types.Double && !b.NonZero {
		c.warn(x.Y, "a division by 0 gives Infinity or NaN, which JSON cannot hold: such a row is a reject",
			"write a / NULLIF(b, 0)")
	}
	if x.Op == "%" && t.Kind == types.BigInt { // MOD takes the type of its divisor
		t = b.Type
		a = c.coerce(a, bigintType)
	} else {
		a = c.coerce(a, t)
	}
	return c.g.Call(ir.Arithmetic{By: operators[x.Op]}, t, a, c.coerce(b, common(a.Type, b.Type)))
}

// operators are those of arithmetic, as they are written.
var operators = map[string]code.Operator{
	"+": code.Add, "-": code.Subtract, "*": code.Multiply, "/": code.Divide, "%": code.Remainder,
}

// decimalArithmetic types + - * of DECIMAL with DECIMAL or whole numbers.
func (c *checker) decimalArithmetic(x *syntax.Binary, a, b *ir.Expr) *ir.Expr {
	if x.Op == "/" || x.Op == "%" {
		hint := "CAST both to DOUBLE, or write the number with an exponent: 3.6e0"
		if b.NonZero {
			c.needsFlink(x, "the Go engine has no "+x.Op+" of DECIMAL", hint)
		} else {
			c.reject(x.Y, "the divisor of a DECIMAL may be 0, which would throw in Flink and lose the record", hint)
		}
		return nil
	}
	a, b = c.coerce(a, asDecimal(a.Type)), c.coerce(b, asDecimal(b.Type))
	op := operators[x.Op]
	return c.g.Call(function.DecimalArithmetic{By: op}, function.DecimalType(op, a.Type, b.Type), a, b)
}
