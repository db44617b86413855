package function

import (
	"math"

	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/datetime"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/number"
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
			}, number.Decimal.Abs)
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
		Name: "ROUND", Doc: "A whole number or DECIMAL rounded, half away from 0, to a literal number of digits behind the point (0); negative digits stand before it.",
		Params: []Param{{"x", Number}, {"digits", Whole}}, Optional: 1, Bind: bindRound(number.Round, number.Decimal.Round),
		Result: roundedType, Example: "ROUND(2.675, 2)", Gives: "2.68",
	},
	{
		Name: "TRUNCATE", Doc: "A whole number or DECIMAL cut to a literal number of digits behind the point (0).",
		Params: []Param{{"x", Number}, {"digits", Whole}}, Optional: 1, Bind: bindRound(number.Truncate, number.Decimal.Truncate),
		Result: roundedType, Example: "TRUNCATE(2.678, 2)", Gives: "2.67",
	},
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
				return number.Power(x, y), ok && ok2
			}}
		}),
		Example: "POWER(2, 10)", Gives: "1024.0",
	},
	realFunction("SQRT", "The square root; NaN of a negative number.", "SQRT(16)", "4.0", func(x float64) float64 { return math.Pow(x, 0.5) }), // of -Infinity it is Infinity
	realFunction("LN", "The natural logarithm; within one unit in the last place of Flink's.", "LN(1)", "0.0", number.Ln),
	realFunction("LOG10", "The logarithm to base 10; within one unit in the last place of Flink's.", "LOG10(1000)", "3.0", number.Log10),
	realFunction("EXP", "e to the power of x; within one unit in the last place of Flink's.", "EXP(0)", "1.0", number.Exp),
}

// perNumber applies the form of a function for the type of x, which it keeps.
func perNumber(x code.Code, real func(float64) float64, whole func(int64) int64, exact func(number.Decimal) number.Decimal) code.Code {
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
	read := decimalOf(x)
	return decimal(t, func(f *code.Frame) (number.Decimal, bool) {
		d, ok := read(f)
		if !ok {
			return d, false
		}
		return exact(d), true
	})
}

func bindSign(c Call) (func([]code.Code) code.Code, error) {
	if t := c.Args[0].Type; t.Kind == types.Decimal && t.Precision == t.Scale {
		return nil, &Problem{0, "1 and -1 do not fit into " + t.String() + ", so Flink gives NULL", "CAST x to DOUBLE"}
	}
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
	return func(a []code.Code) code.Code {
		if c.Type.Kind != types.Decimal {
			return perNumber(a[0], real, whole, nil)
		}
		read := decimalOf(a[0])
		return code.Code{Type: c.Type, Text: func(f *code.Frame) ([]byte, bool) {
			d, ok := read(f)
			if !ok {
				return nil, false
			}
			if d, ok = d.Signum(decimalType(c.Type)); !ok { // Flink does not look whether it fits
				return nil, false
			}
			n := len(f.Buf)
			f.Buf = d.Append(f.Buf)
			return f.Since(n), true
		}}
	}, nil
}

// rounding is FLOOR or CEIL: of a number, or of a time TO a unit.
func rounding(name, doc, example, gives string, real func(float64) float64, unit func(datetime.Unit, int64) int64) *Function {
	return &Function{
		Name: name, Doc: doc, Params: []Param{{"x", AnyValue}}, Example: example, Gives: gives,
		Result: func(args []*types.Type) *types.Type {
			if args[0].Kind == types.Decimal {
				return typeOf(decimalType(args[0]).Whole())
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
				exact := number.Decimal.Floor
				if name == "CEIL" {
					exact = number.Decimal.Ceil
				}
				return func(a []code.Code) code.Code {
					a[0].Type = c.Type
					return perNumber(a[0], nil, nil, exact)
				}, nil
			case Moment.Accepts(t) || t.Kind == types.Date:
				return nil, &Problem{0, name + " of a time needs a unit", "write " + name + "(x TO HOUR)"}
			}
			return nil, &Problem{0, name + " takes a number or a time, not " + t.String(), ""}
		},
	}
}

func bindUnit(c Call, name string, round func(datetime.Unit, int64) int64) (func([]code.Code) code.Code, error) {
	u, err := unitOf(c)
	if err != nil {
		return nil, err
	}
	if !Moment.Accepts(c.Args[0].Type) || !u.Rounds() {
		return nil, &Problem{0, name + " of " + c.Args[0].Type.String() + " TO " + u.String() + " is not supported", "use a TIMESTAMP or TIMESTAMP_LTZ, and SECOND to YEAR"}
	}
	// Of all units and types only CEIL(TIMESTAMP TO MILLISECOND) heeds what lies beyond milliseconds.
	nanosCount := name == "CEIL" && u == datetime.Millisecond && c.Args[0].Type.Kind == types.Timestamp
	return func(a []code.Code) code.Code {
		return code.Code{Type: c.Type, Time: func(f *code.Frame) (code.Instant, bool) {
			v, ok := a[0].Time(f)
			if nanosCount && v.Ns > 0 {
				v.Ms++
			}
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

// roundedType is refined by bindRound, which knows the digits.
func roundedType(args []*types.Type) *types.Type {
	t := *args[0]
	return &t
}

// bindRound is ROUND or TRUNCATE. Of a DOUBLE they throw in Flink for NaN.
func bindRound(whole func(int64, int) int64, exact func(number.Decimal, int) number.Decimal) func(Call) (func([]code.Code) code.Code, error) {
	return func(c Call) (func([]code.Code) code.Code, error) {
		digits := 0
		if len(c.Args) == 2 {
			l := c.Args[1].Literal
			if l == nil || l.Null || c.Args[1].Type.Kind != types.Int || l.Int < -1000 || l.Int > 1000 {
				return nil, &Problem{1, "the number of digits must be a literal of at most 1000", ""}
			}
			digits = int(max(min(l.Int, 100), -100))
		}
		switch c.Type.Kind {
		case types.Double:
			return nil, &Problem{0, "a DOUBLE may be NaN, for which this throws in Flink and loses the record", "deliver it as it is, or declare the column as DECIMAL"}
		case types.Decimal:
			*c.Type = *typeOf(decimalType(c.Type).Rounded(digits))
			return func(a []code.Code) code.Code {
				read := decimalOf(a[0])
				return decimal(c.Type, func(f *code.Frame) (number.Decimal, bool) {
					d, ok := read(f)
					return exact(d, digits), ok
				})
			}, nil
		}
		return func(a []code.Code) code.Code {
			return perNumber(a[0], nil, func(v int64) int64 { return whole(v, digits) }, nil)
		}, nil
	}
}
