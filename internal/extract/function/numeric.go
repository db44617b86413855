package function

import (
	"math"
	"math/big"

	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/datetime"
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
	{
		Name: "ABS", Doc: "The absolute value; of the least whole number that number itself.",
		Params: []Param{{"x", Number}}, Result: sameAs(0),
		Bind: plain(func(_ *types.Type, a []code.Code) code.Code {
			return perNumber(a[0], math.Abs, func(v int64) int64 {
				if v < 0 {
					return -v
				}
				return v
			}, (*big.Int).Abs)
		}),
		Example: "ABS(-7)", Gives: "7",
	},
	{
		Name: "SIGN", Doc: "-1, 0 or 1, in the type of x.",
		Params: []Param{{"x", Number}}, Result: sameAs(0), Bind: bindSign,
		Example: "SIGN(-2.5e0)", Gives: "-1.0",
	},
	rounding("FLOOR", "The greatest whole number that is not above x; or FLOOR(time TO unit), the beginning of a unit.", "FLOOR(2.7e0)", "2.0", math.Floor, datetime.Unit.Floor),
	rounding("CEIL", "The least whole number that is not below x; or CEIL(time TO unit), the end of a unit.", "CEIL(2.2e0)", "3.0", math.Ceil, datetime.Unit.Ceil),
	{
		Name: "MOD", Doc: "The remainder of x / y with the sign of x; y is a number other than 0, or NULLIF(y, 0).",
		Params: []Param{{"x", Whole}, {"y", Whole}}, Result: sameAs(1), Bind: bindMod,
		Example: "MOD(-7, 2)", Gives: "-1",
	},
	{
		Name: "POWER", Doc: "x to the power of y, as DOUBLE.",
		Params: []Param{{"x", Real}, {"y", Real}}, Type: types.Double,
		Bind: plain(func(t *types.Type, a []code.Code) code.Code {
			return code.Code{Type: t, Double: func(f *code.Frame) (float64, bool) {
				x, ok := a[0].Double(f)
				y, ok2 := a[1].Double(f)
				return power(x, y), ok && ok2
			}}
		}),
		Example: "POWER(2, 10)", Gives: "1024.0",
	},
	realFunction("SQRT", "The square root; NaN of a negative number.", "SQRT(16)", "4.0", math.Sqrt),
	realFunction("LN", "The natural logarithm; within one unit in the last place of Flink's.", "LN(1)", "0.0", math.Log),
	realFunction("LOG10", "The logarithm to base 10; within one unit in the last place of Flink's.", "LOG10(1000)", "3.0", math.Log10),
	realFunction("EXP", "e to the power of x; within one unit in the last place of Flink's.", "EXP(0)", "1.0", math.Exp),
}

// power differs from math.Pow where Java's does: 1 to the power of NaN or Infinity, and -1 to Infinity, are NaN.
func power(x, y float64) float64 {
	if math.IsNaN(y) || math.Abs(x) == 1 && math.IsInf(y, 0) {
		return math.NaN()
	}
	return math.Pow(x, y)
}

// perNumber applies the form of a function for the type of x, which it keeps.
func perNumber(x code.Code, real func(float64) float64, whole func(int64) int64, exact func(z, x *big.Int) *big.Int) code.Code {
	t := x.Type
	switch {
	case x.Double != nil:
		return code.Code{Type: t, Double: func(f *code.Frame) (float64, bool) { v, ok := x.Double(f); return real(v), ok }}
	case x.Int != nil:
		return code.Code{Type: t, Int: func(f *code.Frame) (int64, bool) {
			v, ok := x.Int(f)
			if v = whole(v); t.Kind == types.Int {
				v = int64(int32(v))
			}
			return v, ok
		}}
	}
	return code.Code{Type: t, Text: func(f *code.Frame) ([]byte, bool) {
		s, ok := x.Text(f)
		if !ok {
			return nil, false
		}
		v, scale, _ := parseDecimal(s)
		return appendDecimal(f, exact(v, v), scale, t)
	}}
}

func bindSign(c Call) (func([]code.Code) code.Code, error) {
	real := func(v float64) float64 {
		switch {
		case v > 0:
			return 1
		case v < 0:
			return -1
		}
		return v
	}
	whole := func(v int64) int64 {
		switch {
		case v > 0:
			return 1
		case v < 0:
			return -1
		}
		return 0
	}
	one := power10(c.Type.Scale)
	return func(a []code.Code) code.Code {
		return perNumber(a[0], real, whole, func(_, x *big.Int) *big.Int { return new(big.Int).Mul(one, big.NewInt(int64(x.Sign()))) })
	}, nil
}

// rounding is FLOOR or CEIL: of a number, or of a time TO a unit.
func rounding(name, doc, example, gives string, real func(float64) float64, unit func(datetime.Unit, int64) int64) *Function {
	return &Function{
		Name: name, Doc: doc, Params: []Param{{"x", AnyValue}}, Example: example, Gives: gives,
		Result: func(args []*types.Type) *types.Type {
			if args[0].Kind == types.Decimal {
				return &types.Type{Kind: types.Decimal, Precision: args[0].Precision}
			}
			return args[0]
		},
		Bind: func(c Call) (func([]code.Code) code.Code, error) {
			t := c.Args[0].Type
			switch {
			case len(c.Words) > 0:
				return bindUnit(c, name, unit)
			case t.Kind == types.Int || t.Kind == types.BigInt:
				return func(a []code.Code) code.Code { return code.Code{Type: t, Int: a[0].Int} }, nil
			case t.Kind == types.Double:
				return func(a []code.Code) code.Code { return perNumber(a[0], real, nil, nil) }, nil
			case t.Kind == types.Decimal:
				return func(a []code.Code) code.Code { return roundDecimal(c.Type, a[0], name == "CEIL") }, nil
			case Moment.Accepts(t) || t.Kind == types.Date:
				return nil, &Problem{0, name + " of a time needs a unit", "write " + name + "(x TO HOUR)"}
			}
			return nil, &Problem{0, name + " takes a number or a time, not " + t.String(), ""}
		},
	}
}

func roundDecimal(to *types.Type, x code.Code, up bool) code.Code {
	return code.Code{Type: to, Text: func(f *code.Frame) ([]byte, bool) {
		s, ok := x.Text(f)
		if !ok {
			return nil, false
		}
		v, scale, _ := parseDecimal(s)
		unit := power10(scale)
		q, m := new(big.Int).DivMod(v, unit, new(big.Int)) // rounds down
		if up && m.Sign() != 0 {
			q.Add(q, big.NewInt(1))
		}
		return appendDecimal(f, q, 0, to)
	}}
}

func bindUnit(c Call, name string, round func(datetime.Unit, int64) int64) (func([]code.Code) code.Code, error) {
	u, err := unitOf(c)
	if err != nil {
		return nil, err
	}
	if !Moment.Accepts(c.Args[0].Type) || !u.Rounds(false) {
		return nil, &Problem{0, name + " of " + c.Args[0].Type.String() + " TO " + u.String() + " is not supported", "use a TIMESTAMP or TIMESTAMP_LTZ, and SECOND to YEAR"}
	}
	return func(a []code.Code) code.Code {
		return code.Code{Type: c.Type, Time: func(f *code.Frame) (code.Instant, bool) {
			v, ok := a[0].Time(f)
			return code.Instant{Ms: round(u, v.Ms)}, ok
		}}
	}, nil
}

func bindMod(c Call) (func([]code.Code) code.Code, error) {
	if y := c.Args[1]; !y.NonZero && (y.Literal == nil || y.Literal.Int == 0) {
		return nil, &Problem{1, "the divisor of MOD may be 0, which would throw in Flink and lose the record", "write MOD(x, NULLIF(y, 0)): it gives NULL"}
	}
	return func(a []code.Code) code.Code { return code.Arithmetic("%", c.Type, a[0], a[1]) }, nil
}
