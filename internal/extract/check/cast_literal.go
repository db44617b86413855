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

// exactInFlink refuses the CAST of a constant number to t that cuts off digits, or that has more digits than a
// DOUBLE holds. Flink's planner makes a literal of type t of it, which keeps the digits of the constant: the next
// CAST, written or not, finds them all again.
func (c *checker) exactInFlink(x *syntax.Cast, e, out *ir.Expr) bool {
	if e.Scope != nil || !e.Type.Numeric() || !out.Type.Numeric() || syntax.ReadsColumn(x) {
		return true
	}
	before := numberOf(e)
	if before == "" { // NULL
		return true
	}
	double := out.Type.Kind == types.Double || e.Type.Kind == types.Double
	if double && len(strings.Trim(strings.Replace(before, ".", "", 1), "-0")) > 15 {
		c.reject(x, "Flink's planner computes with all digits of this number, of which a DOUBLE holds 15",
			"write the number that is meant, with an exponent for a DOUBLE: 1.5e0")
		return false
	}
	if out.Type.Kind != types.Double && before != numberOf(out) {
		c.reject(x, "Flink's planner forgets that this CAST of a constant cuts off digits", "write the number that is meant")
		return false
	}
	return true
}

// numberOf is the text of a constant number, alike for equal ones of all types; "" is NULL.
func numberOf(e *ir.Expr) string {
	v, f, text := e.Constant(), &code.Frame{}, ""
	switch {
	case v.Int != nil:
		if n, ok := v.Int(f); ok {
			text = strconv.FormatInt(n, 10)
		}
	case v.Double != nil:
		if n, ok := v.Double(f); ok {
			text = strconv.FormatFloat(n, 'g', -1, 64)
		}
	case v.Text != nil:
		if t, ok := v.Text(f); ok {
			text = string(t)
		}
	}
	if r, ok := new(big.Rat).SetString(text); ok {
		return strings.TrimSuffix(strings.TrimRight(r.FloatString(40), "0"), ".")
	}
	return ""
}
