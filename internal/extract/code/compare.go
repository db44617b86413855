package code

import (
	"bytes"
	"cmp"
	"math"

	"github.com/railtwin/digitaltwin/internal/extract/scalar/java"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// Comparison is a comparison operator.
type Comparison uint8

// The comparisons.
const (
	Equal Comparison = iota
	NotEqual
	Less
	LessOrEqual
	Greater
	GreaterOrEqual
)

func (c Comparison) String() string { return [...]string{"=", "<>", "<", "<=", ">", ">="}[c] }

// test tells of the order of two values, as [order] gives it, whether the comparison holds.
func (c Comparison) test() func(order int) bool {
	switch c {
	case Equal:
		return func(o int) bool { return o == 0 }
	case NotEqual:
		return func(o int) bool { return o != 0 }
	case Less:
		return func(o int) bool { return o < 0 }
	case LessOrEqual:
		return func(o int) bool { return o <= 0 }
	case Greater:
		return func(o int) bool { return o > 0 }
	}
	return func(o int) bool { return o >= 0 }
}

// Compare is x op y for operands of one type. NULL gives UNKNOWN.
func Compare(op Comparison, x, y Code) Code {
	test := op.test()
	switch {
	case x.Double != nil:
		return compareDoubles(op, x.Double, y.Double)
	case x.Int != nil:
		return boolCode(func(f *Frame) Tri {
			a, ok := x.Int(f)
			b, ok2 := y.Int(f)
			if !ok || !ok2 {
				return Unknown
			}
			return TriOf(test(order(a, b)))
		})
	case x.Text != nil && x.Type.Kind == types.Decimal:
		return boolCode(func(f *Frame) Tri {
			a, ok := x.Text(f)
			b, ok2 := y.Text(f)
			if !ok || !ok2 {
				return Unknown
			}
			return TriOf(test(CompareDecimals(a, b)))
		})
	case x.Text != nil && op == Equal:
		return boolCode(func(f *Frame) Tri {
			a, ok := x.Text(f)
			b, ok2 := y.Text(f)
			if !ok || !ok2 {
				return Unknown
			}
			return TriOf(string(a) == string(b))
		})
	case x.Text != nil:
		compare := java.Compare
		if x.ByteOrder || y.ByteOrder {
			compare = bytes.Compare
		}
		return boolCode(func(f *Frame) Tri {
			a, ok := x.Text(f)
			b, ok2 := y.Text(f)
			if !ok || !ok2 {
				return Unknown
			}
			return TriOf(test(compare(a, b)))
		})
	case x.Time != nil:
		return boolCode(func(f *Frame) Tri {
			a, ok := x.Time(f)
			b, ok2 := y.Time(f)
			if !ok || !ok2 {
				return Unknown
			}
			return TriOf(test(a.Compare(b)))
		})
	}
	return boolCode(func(f *Frame) Tri {
		a, b := x.Bool(f), y.Bool(f)
		if a == Unknown || b == Unknown {
			return Unknown
		}
		return TriOf(test(int(a) - int(b)))
	})
}

// compareDoubles follows Java: every comparison with NaN is false but <>.
func compareDoubles(op Comparison, x, y func(*Frame) (float64, bool)) Code {
	var test func(a, b float64) bool
	switch op {
	case Equal:
		test = func(a, b float64) bool { return a == b }
	case NotEqual:
		test = func(a, b float64) bool { return a != b }
	case Less:
		test = func(a, b float64) bool { return a < b }
	case LessOrEqual:
		test = func(a, b float64) bool { return a <= b }
	case Greater:
		test = func(a, b float64) bool { return a > b }
	case GreaterOrEqual:
		test = func(a, b float64) bool { return a >= b }
	}
	return boolCode(func(f *Frame) Tri {
		a, ok := x(f)
		b, ok2 := y(f)
		if !ok || !ok2 {
			return Unknown
		}
		return TriOf(test(a, b))
	})
}

// CompareTotal is x op y for DOUBLEs in the order of [OrderDoubles].
func CompareTotal(op Comparison, x, y Code) Code {
	test := op.test()
	return boolCode(func(f *Frame) Tri {
		a, ok := x.Double(f)
		b, ok2 := y.Double(f)
		if !ok || !ok2 {
			return Unknown
		}
		return TriOf(test(OrderDoubles(a, b)))
	})
}

// OrderDoubles orders as Double.compare of Java does: NaN is the greatest and equals itself, and -0.0 is less than 0.0.
func OrderDoubles(a, b float64) int {
	switch {
	case math.IsNaN(a) || math.IsNaN(b):
		return rank(math.IsNaN(a)) - rank(math.IsNaN(b))
	case a == b:
		return rank(math.Signbit(b)) - rank(math.Signbit(a))
	}
	return cmp.Compare(a, b)
}

// rank is 1 if it is so, else 0.
func rank(is bool) int {
	if is {
		return 1
	}
	return 0
}

// Distinct is x IS DISTINCT FROM y, or with not IS NOT DISTINCT FROM: never UNKNOWN. differ is x <> y.
func Distinct(x, y, differ Code, not bool) Code {
	xNull, yNull := IsNull(x), IsNull(y)
	return boolCode(func(f *Frame) Tri {
		a, b := xNull(f), yNull(f)
		if a || b {
			return TriOf((a != b) != not)
		}
		return TriOf((differ.Bool(f) == True) != not)
	})
}

// CompareDecimals orders two decimals in plain notation with the same number of digits after the point.
func CompareDecimals(a, b []byte) int {
	negative := len(a) > 0 && a[0] == '-'
	switch other := len(b) > 0 && b[0] == '-'; {
	case negative && other:
		a, b = b[1:], a[1:]
	case negative:
		return -1
	case other:
		return 1
	}
	if len(a) != len(b) {
		return order(int64(len(a)), int64(len(b)))
	}
	return bytes.Compare(a, b)
}
