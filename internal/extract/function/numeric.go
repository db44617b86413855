package function

import (
	"math"

	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// realFunction is a function of one DOUBLE.
func realFunction(name, doc, example, gives string, apply func(float64) float64) *Function {
	return &Function{
		Name: name, Doc: doc, Params: []Param{{"x", Real}}, Type: types.Double,
		Bind: plain(func(t *types.Type, a []code.Code) code.Code {
			return code.Code{Type: t, Double: func(f *code.Frame) (float64, bool) { v, ok := a[0].Double(f); return apply(v), ok }}
		}),
		Example: example, Gives: gives,
	}
}

var numeric = []*Function{
	realFunction("SQRT", "The square root; NaN of a negative number.", "SQRT(16)", "4.0", math.Sqrt),
}
