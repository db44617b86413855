package function

import (
	"math"

	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

var conditional = []*Function{
	{
		Name: "COALESCE", Doc: "The first argument that is not NULL.",
		Params: []Param{{"value", AnyValue}}, Repeat: true, Unify: true, Result: sameAs(0),
		Bind:    plain(func(_ *types.Type, a []code.Code) code.Code { return code.Coalesce(a...) }),
		Example: "COALESCE(missing, 'a')", Gives: "a",
	},
	{
		Name: "IFNULL", Doc: "The first argument, or the second where it is NULL.",
		Params: []Param{{"value", AnyValue}, {"otherwise", AnyValue}}, Unify: true, Alike: true, Result: sameAs(0),
		Bind:    plain(func(_ *types.Type, a []code.Code) code.Code { return code.Coalesce(a...) }),
		Example: "IFNULL(missing, '-')", Gives: "-",
	},
	{
		Name: "NULLIF", Doc: "NULL where both are equal, else the first; the way to divide safely: a / NULLIF(b, 0).",
		Params: []Param{{"value", AnyValue}, {"other", AnyValue}}, Unify: true, Result: sameAs(2),
		Bind: plain(func(t *types.Type, a []code.Code) code.Code { // a[2] is the first as it was before the two were widened
			return code.Case([]code.Code{code.Compare("=", a[0], a[1])}, []code.Code{code.Null(t)}, a[2])
		}),
		Example: "NULLIF(dash, '-')", Gives: "NULL",
	},
	{
		Name: "GREATEST", Doc: "The greatest argument; NULL if one is NULL.",
		Params: []Param{{"value", AnyValue}}, Repeat: true, Unify: true, Alike: true, Result: sameAs(0),
		Bind:    plain(func(_ *types.Type, a []code.Code) code.Code { return extreme(">", a) }),
		Example: "GREATEST(1, 3, 2)", Gives: "3",
	},
	{
		Name: "LEAST", Doc: "The least argument; NULL if one is NULL.",
		Params: []Param{{"value", AnyValue}}, Repeat: true, Unify: true, Alike: true, Result: sameAs(0),
		Bind:    plain(func(_ *types.Type, a []code.Code) code.Code { return extreme("<", a) }),
		Example: "LEAST(1, 3, 2)", Gives: "1",
	},
}

// extreme keeps the argument that compares best; a NULL among them makes the comparison unknown. Numbers
// with a fraction compare as in Java's compareTo: NaN is the greatest, and -0.0 is less than 0.0.
func extreme(op string, a []code.Code) code.Code {
	best := a[0]
	if best.Double != nil {
		return extremeDouble(op == ">", a)
	}
	for _, x := range a[1:] {
		null := code.Or(code.IsNullCode(best, false), code.IsNullCode(x, false))
		best = code.Case([]code.Code{null, code.Compare(op, x, best)}, []code.Code{code.Null(x.Type), x}, best)
	}
	return best
}

func extremeDouble(greatest bool, a []code.Code) code.Code {
	better := func(x, y float64) bool {
		return x < y || math.IsNaN(y) && !math.IsNaN(x) || x == y && math.Signbit(x) && !math.Signbit(y)
	}
	return code.Code{Type: a[0].Type, Double: func(f *code.Frame) (float64, bool) {
		best, ok := a[0].Double(f)
		for _, x := range a[1:] {
			v, there := x.Double(f)
			if ok = ok && there; !ok {
				return 0, false
			}
			if greatest && better(best, v) || !greatest && better(v, best) {
				best = v
			}
		}
		return best, ok
	}}
}
