package function

import (
	"math"

	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/datetime"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/number"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

var numeric = []*Function{
	fn("ABS(x)", form(sameAs(0), abs, Number), "The absolute value; of the least whole number that number itself.",
		"ABS(-7)", "7"),
	fn("SIGN(x)", bound(sameAs(0), bindSign, Number), "-1, 0 or 1, in the type of x.", "SIGN(-2.5e0)", "-1.0"),
	fn("FLOOR(x)", rounding("FLOOR", math.Floor, number.Decimal.Floor, datetime.Unit.Floor),
		"The greatest integer <= x; or FLOOR(time TO unit), the beginning of a unit.", "FLOOR(2.7e0)", "2.0"),
	fn("CEIL(x)", rounding("CEIL", math.Ceil, number.Decimal.Ceil, datetime.Unit.Ceil),
		"The smallest integer >= x; or CEIL(time TO unit), the end of a unit.", "CEIL(2.2e0)", "3.0"),
	fn("ROUND(x, [digits])", digits(number.Round, number.Decimal.Round),
		"A whole number or DECIMAL rounded half away from 0 to a literal number of decimal places (0); negative places "+
			"stand before the point.",
		"ROUND(2.675, 2)", "2.68"),
	fn("TRUNCATE(x, [digits])", digits(number.Truncate, number.Decimal.Truncate),
		"A whole number or DECIMAL cut to a literal number of decimal places (0).", "TRUNCATE(2.678, 2)", "2.67"),
	fn("MOD(x, y)", bound(sameAs(1), bindMod, Number, Number),
		"The remainder of x / y with the sign of x; y is a number other than 0, or NULLIF(y, 0).", "MOD(-7, 2)", "-1"),
	fn("POWER(x, y)", lift2(number.Power), "x to the power of y, as DOUBLE.", "POWER(2, 10)", "1024.0"),
	fn("SQRT(x)", lift1(func(x float64) float64 { return math.Pow(x, 0.5) }), // of -Infinity it is Infinity
		"The square root; NaN of a negative number.", "SQRT(16)", "4.0"),
	fn("LN(x)", lift1(number.Ln), "The natural logarithm; within one unit in the last place of Flink's.", "LN(1)",
		"0.0"),
	fn("LOG10(x)", lift1(number.Log10), "The logarithm to base 10; within one unit in the last place of Flink's.",
		"LOG10(1000)", "3.0"),
	fn("EXP(x)", lift1(number.Exp), "e to the power of x; within one unit in the last place of Flink's.", "EXP(0)",
		"1.0"),
}

func abs(_ *types.Type, a []code.Code) code.Code {
	return perNumber(a[0], math.Abs, func(v int64) int64 {
		if v < 0 {
			return -v
		}
		return v
	}, number.Decimal.Abs)
}

// perNumber applies the form of a function for the type of x, which it keeps.
func perNumber(x code.Code, real func(float64) float64, whole func(int64) int64,
	exact func(number.Decimal) number.Decimal) code.Code {
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

func bindSign(c Call) (Build, error) {
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
func rounding(name string, real func(float64) float64, exact func(number.Decimal) number.Decimal,
	unit func(datetime.Unit, int64) int64) Form {
	result := Result{of: func(c Call) *types.Type {
		if t := c.Args[0].Type; t.Kind == types.Decimal {
			return typeOf(decimalType(t).Whole())
		}
		return c.Args[0].Type
	}}
	return bound(result, func(c Call) (Build, error) {
		t := c.Args[0].Type
		switch {
		case c.Word != "":
			return bindUnit(c, name, unit)
		case t.Kind == types.Int || t.Kind == types.BigInt:
			return func(a []code.Code) code.Code { return code.Code{Type: t, Int: a[0].Int} }, nil
		case t.Kind == types.Double:
			return func(a []code.Code) code.Code { return perNumber(a[0], real, nil, nil) }, nil
		case t.Kind == types.Decimal:
			return func(a []code.Code) code.Code {
				a[0].Type = c.Type
				return perNumber(a[0], nil, nil, exact)
			}, nil
		case Moment.Accepts(t) || t.Kind == types.Date:
			return nil, &Problem{0, name + " of a time needs a unit", "write " + name + "(x TO HOUR)"}
		}
		return nil, &Problem{0, name + " takes a number or a time, not " + t.String(), ""}
	}, AnyValue)
}

func bindUnit(c Call, name string, round func(datetime.Unit, int64) int64) (Build, error) {
	u, err := unitOf(c)
	if err != nil {
		return nil, err
	}
	if t := c.Args[0].Type; u.Rounds() && (t.Kind == types.Date || t.Kind == types.Time && clock[u]) {
		return nil, Missing{&Problem{0, "the Go engine has no " + name + " of " + t.String(),
			"CAST a DATE to TIMESTAMP(3)"}}
	}
	if !Moment.Accepts(c.Args[0].Type) || !u.Rounds() {
		return nil, &Problem{0, name + " of " + c.Args[0].Type.String() + " TO " + u.String() + " is not supported",
			"use a TIMESTAMP or TIMESTAMP_LTZ, and SECOND to YEAR"}
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

func bindMod(c Call) (Build, error) {
	if !c.Args[1].NonZero {
		return nil, &Problem{1, "the divisor of MOD may be 0, which would throw in Flink and lose the record",
			"write MOD(x, NULLIF(y, 0)): it gives NULL"}
	}
	for i, a := range c.Args {
		switch a.Type.Kind {
		case types.Double:
			return nil, &Problem{i, "Flink has no MOD of DOUBLE", "CAST it to BIGINT"}
		case types.Decimal:
			return nil, Missing{&Problem{i, "the Go engine has no MOD of DECIMAL", "CAST it to BIGINT"}}
		}
	}
	return func(a []code.Code) code.Code { return code.Arithmetic(code.Remainder, c.Type, a[0], a[1]) }, nil
}

// digits is ROUND or TRUNCATE. Of a DOUBLE they throw in Flink for NaN.
func digits(whole func(int64, int) int64, exact func(number.Decimal, int) number.Decimal) Form {
	places := func(c Call) (int, bool) {
		if len(c.Args) == 1 {
			return 0, true
		}
		n, ok := literalInt(c, 1)
		return int(max(min(n, 100), -100)), ok && n >= -1000 && n <= 1000
	}
	result := Result{of: func(c Call) *types.Type {
		t := c.Args[0].Type
		if n, ok := places(c); ok && t.Kind == types.Decimal {
			return typeOf(decimalType(t).Rounded(n))
		}
		return t
	}}
	return bound(result, func(c Call) (Build, error) {
		n, ok := places(c)
		if !ok {
			return nil, Missing{&Problem{1, "the Go engine takes a literal of at most 1000 as the number of digits",
				""}}
		}
		switch c.Args[0].Type.Kind {
		case types.Double:
			return nil, &Problem{0, "a DOUBLE may be NaN, for which this throws in Flink and loses the record",
				"deliver it as it is, or declare the column as DECIMAL"}
		case types.Decimal:
			return func(a []code.Code) code.Code {
				read := decimalOf(a[0])
				return decimal(c.Type, func(f *code.Frame) (number.Decimal, bool) {
					d, ok := read(f)
					return exact(d, n), ok
				})
			}, nil
		}
		return func(a []code.Code) code.Code {
			return perNumber(a[0], nil, func(v int64) int64 { return whole(v, n) }, nil)
		}, nil
	}, Number, Whole)
}
