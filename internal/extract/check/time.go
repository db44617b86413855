package check

import (
	"fmt"

	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

var intervalType = &types.Type{Kind: types.Interval}

// timeArithmetic types time + interval, time - interval, interval * number and interval + interval.
func (c *checker) timeArithmetic(x *syntax.Binary, a, b *ir.Expr) *ir.Expr {
	whole := func(t *types.Type) bool { return t.Kind == types.Int || t.Kind == types.BigInt }
	interval := func(t *types.Type) bool { return t.Kind == types.Interval }
	if x.Op == "+" && interval(a.Type) || x.Op == "*" && interval(b.Type) {
		a, b = b, a // the interval stands on the right of +, on the left of *
	}
	op := x.Op
	switch {
	case (op == "+" || op == "-") && isTime(a.Type) && interval(b.Type) && a.Scope == nil && b.Scope == nil:
		c.reject(x,
			"this time does not depend on the record, and Flink cuts what is added to it to the digits of the literal",
			"write the time that is meant")
		return nil
	case (op == "+" || op == "-") && isTime(a.Type) && interval(b.Type):
		return c.g.Call(ir.Move{Back: op == "-"}, a.Type, a, b)
	case (op == "+" || op == "-") && interval(a.Type) && interval(b.Type), op == "*" && interval(a.Type) && whole(b.Type):
		return c.g.Call(ir.Arithmetic{By: operators[op]}, intervalType, a, b)
	case (op == "+" || op == "-") && (a.Type.Kind == types.Date || a.Type.Kind == types.Time) && interval(b.Type):
		c.needsFlink(x, fmt.Sprintf("the Go engine moves no %s", a.Type), "CAST a DATE to TIMESTAMP(3)")
		return nil
	case op == "-" && isTime(a.Type) && isTime(b.Type):
		c.reject(x, "the difference of two times has no type of its own here", "write TIMESTAMPDIFF(SECOND, from, to)")
		return nil
	}
	c.reject(x, fmt.Sprintf("%s is not defined for %s and %s", op, a.Type, b.Type),
		"a time is moved by an INTERVAL: x + INTERVAL '90' SECOND")
	return nil
}

// temporal reports whether t is a time, a date or an interval.
func temporal(t *types.Type) bool {
	return isTime(t) || t.Kind == types.Date || t.Kind == types.Time || t.Kind == types.Interval
}
