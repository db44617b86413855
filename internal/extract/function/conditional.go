package function

import (
	"slices"

	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

var conditional = []*Function{
	fn("COALESCE(value, ..)", choice(ir.Coalesce{}, sameAs(0), 1),
		"The first argument that is not NULL.", "COALESCE(missing, 'a')", "a"),
	fn("IFNULL(value, otherwise)", alike(choice(ir.Coalesce{}, sameAs(0), 2)),
		"The first argument, or the second where it is NULL.", "IFNULL(missing, '-')", "-"),
	fn("NULLIF(value, other)", choice(ir.NullIf{}, sameAs(2), 2),
		"NULL where both are equal, else the first; the way to divide safely: a / NULLIF(b, 0).", "NULLIF(dash, '-')",
		"NULL"),
	fn("GREATEST(value, ..)", alike(extreme(code.Greater)),
		"The greatest argument; NULL if one is NULL.", "GREATEST(1, 3, 2)", "3"),
	fn("LEAST(value, ..)", alike(extreme(code.Less)),
		"The least argument; NULL if one is NULL.", "LEAST(1, 3, 2)", "1"),
}

// choice is the form of an operation that chooses between values.
func choice(op ir.Op, result Result, params int) Form {
	kinds := make([]ParamKind, params)
	for i := range kinds {
		kinds[i] = AnyValue
	}
	return Form{Kinds: kinds, Result: result, Op: op, Unify: true, TakesNull: true}
}

// alike is the form for a function that fails in Flink where it must widen a DECIMAL.
func alike(f Form) Form {
	f.Alike = true
	return f
}

// extreme keeps the argument that compares best; a NULL among them makes the comparison unknown. Numbers
// with a fraction compare as in Java's compareTo: NaN is the greatest, and -0.0 is less than 0.0.
func extreme(by code.Comparison) Form {
	f := form(sameAs(0), func(_ *types.Type, a []code.Code) code.Code {
		best := a[0]
		if best.Double != nil {
			return extremeDouble(by == code.Greater, a)
		}
		byteOrder := slices.ContainsFunc(a, func(x code.Code) bool { return x.ByteOrder })
		best.ByteOrder = byteOrder
		for _, x := range a[1:] {
			null := code.Or(code.IsNullCode(best, false), code.IsNullCode(x, false))
			better := code.Compare(by, x, best)
			best = code.Case([]code.Code{null, better}, []code.Code{code.Null(x.Type), x}, best)
			best.ByteOrder = byteOrder
		}
		return best
	}, AnyValue)
	f.Unify = true
	return f
}

func extremeDouble(greatest bool, a []code.Code) code.Code {
	return code.Code{Type: a[0].Type, Double: func(f *code.Frame) (float64, bool) {
		best, ok := a[0].Double(f)
		for _, x := range a[1:] {
			v, there := x.Double(f)
			if ok = ok && there; !ok {
				return 0, false
			}
			if o := code.OrderDoubles(v, best); greatest && o > 0 || !greatest && o < 0 {
				best = v
			}
		}
		return best, ok
	}}
}
