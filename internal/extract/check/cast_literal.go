package check

import (
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract/syntax"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// Flink's planner makes a literal of another type of a number that is written and cast, with the digits that are
// written. A second CAST finds them all again.

// exactInFlink refuses the CAST of a written number where digits would come back that a CAST within it has cut
// off, or that a DOUBLE does not hold.
func (c *checker) exactInFlink(x *syntax.Cast, to *types.Type) bool {
	number, casts := written(x.X)
	if number == nil {
		return true
	}
	double := to.Kind == types.Double || strings.ContainsAny(number.Text, "eE")
	for _, t := range casts {
		double = double || t.Name == "DOUBLE"
	}
	digits, _, _ := strings.Cut(strings.ToLower(number.Text), "e")
	whole, fraction, _ := strings.Cut(digits, ".")
	if double && len(strings.Trim(whole+fraction, "0")) > 15 {
		c.reject(x, "Flink's planner computes with all digits of this number, of which a DOUBLE holds 15", "write the number that is meant, with an exponent for a DOUBLE: 1.5e0")
		return false
	}
	for _, t := range casts {
		if len(strings.TrimRight(fraction, "0")) > keptDigits(t) {
			c.reject(x, "Flink's planner forgets that the CAST within this one cuts off digits", "write the number that is meant")
			return false
		}
	}
	return true
}

// written finds the number that stands within signs and casts, and the types of the casts.
func written(x syntax.Expr) (number *syntax.Literal, casts []*syntax.TypeName) {
	switch x := x.(type) {
	case *syntax.Literal:
		if x.Kind == syntax.NumberLiteral {
			number = x
		}
	case *syntax.Cast:
		number, casts = written(x.X)
		casts = append(casts, x.Type)
	case *syntax.Unary:
		return written(x.X)
	}
	return number, casts
}

// keptDigits counts the digits behind the point that a type keeps.
func keptDigits(t *syntax.TypeName) int {
	switch {
	case t.Name == "DOUBLE":
		return 15
	case t.Name == "DECIMAL" && len(t.Parameters) == 2:
		return t.Parameters[1]
	}
	return 0
}
