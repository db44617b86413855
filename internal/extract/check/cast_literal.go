package check

import (
	"math/big"
	"strconv"
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// Flink's planner makes a literal of another type of a constant number that is cast, and the literal keeps the
// digits that the constant has: a second CAST finds them all again.

// exactInFlink refuses the CAST of e to t where e is a constant number of which a CAST within has cut off digits,
// or of which a DOUBLE does not hold all.
func (c *checker) exactInFlink(x *syntax.Cast, e *ir.Expr, t *types.Type) bool {
	if e.Scope != nil || syntax.ReadsColumn(x) {
		return true
	}
	double, cut := t.Kind == types.Double || e.Type.Kind == types.Double, false
	for within := x.X; within != nil; {
		switch y := within.(type) {
		case *syntax.Cast:
			within = y.X
		case *syntax.Unary:
			within = y.X
		default:
			within = nil
		}
		if within == nil || len(e.Args) != 1 { // a CAST to the type that it has is none, and -1 is a literal
			continue
		}
		before := e.Args[0]
		cut = cut || e.Op != "negate" && numberOf(e) != numberOf(before)
		double = double || before.Type.Kind == types.Double
		e = before
	}
	switch {
	case !e.Type.Numeric():
	case double && len(strings.Trim(strings.Replace(numberOf(e), ".", "", 1), "-0")) > 15:
		c.reject(x, "Flink's planner computes with all digits of this number, of which a DOUBLE holds 15", "write the number that is meant, with an exponent for a DOUBLE: 1.5e0")
		return false
	case cut:
		c.reject(x, "Flink's planner forgets that the CAST within this one cuts off digits", "write the number that is meant")
		return false
	}
	return true
}

// numberOf is the text of a constant number, alike for equal ones of all types; "" is any other expression.
func numberOf(e *ir.Expr) string {
	v, f, text := constant(e), &code.Frame{}, ""
	switch {
	case v.Int != nil:
		n, _ := v.Int(f)
		text = strconv.FormatInt(n, 10)
	case v.Double != nil:
		n, _ := v.Double(f)
		text = strconv.FormatFloat(n, 'g', -1, 64)
	case v.Text != nil:
		t, _ := v.Text(f)
		text = string(t)
	}
	if r, ok := new(big.Rat).SetString(text); ok {
		return strings.TrimSuffix(strings.TrimRight(r.FloatString(40), "0"), ".")
	}
	return ""
}
