package code

import (
	"bytes"

	"github.com/railtwin/digitaltwin/internal/extract/types"
)

var boolean = &types.Type{Kind: types.Boolean}

func boolCode(f func(*Frame) Tri) Code { return Code{Type: boolean, Bool: f} }

// And stops at the first operand that is FALSE.
func And(xs ...Code) Code {
	return boolCode(func(f *Frame) Tri {
		out := True
		for i := range xs {
			switch xs[i].Bool(f) {
			case False:
				return False
			case Unknown:
				out = Unknown
			}
		}
		return out
	})
}

// Or stops at the first operand that is TRUE.
func Or(x, y Code) Code {
	return boolCode(func(f *Frame) Tri {
		a := x.Bool(f)
		if a == True {
			return True
		}
		b := y.Bool(f)
		if b == True {
			return True
		}
		if a == Unknown || b == Unknown {
			return Unknown
		}
		return False
	})
}

// Not is SQL's NOT.
func Not(x Code) Code { return boolCode(func(f *Frame) Tri { return x.Bool(f).Not() }) }

// IsNullCode is x IS NULL, or with not IS NOT NULL.
func IsNullCode(x Code, not bool) Code {
	is := IsNull(x)
	return boolCode(func(f *Frame) Tri { return TriOf(is(f) != not) })
}

// IsTruth is x IS TRUE, FALSE or UNKNOWN, or with not its opposite.
func IsTruth(x Code, what Tri, not bool) Code {
	return boolCode(func(f *Frame) Tri { return TriOf((x.Bool(f) == what) != not) })
}

// Compare is x op y for operands of one type: = <> < <= > >=. NULL gives UNKNOWN.
func Compare(op string, x, y Code) Code {
	var test func(c int) bool
	switch op {
	case "=":
		test = func(c int) bool { return c == 0 }
	case "<>":
		test = func(c int) bool { return c != 0 }
	case "<":
		test = func(c int) bool { return c < 0 }
	case "<=":
		test = func(c int) bool { return c <= 0 }
	case ">":
		test = func(c int) bool { return c > 0 }
	case ">=":
		test = func(c int) bool { return c >= 0 }
	}
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
	case x.Text != nil && op == "=":
		return boolCode(func(f *Frame) Tri {
			a, ok := x.Text(f)
			b, ok2 := y.Text(f)
			if !ok || !ok2 {
				return Unknown
			}
			return TriOf(string(a) == string(b))
		})
	case x.Text != nil:
		return boolCode(func(f *Frame) Tri {
			a, ok := x.Text(f)
			b, ok2 := y.Text(f)
			if !ok || !ok2 {
				return Unknown
			}
			return TriOf(test(bytes.Compare(a, b)))
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
func compareDoubles(op string, x, y func(*Frame) (float64, bool)) Code {
	var test func(a, b float64) bool
	switch op {
	case "=":
		test = func(a, b float64) bool { return a == b }
	case "<>":
		test = func(a, b float64) bool { return a != b }
	case "<":
		test = func(a, b float64) bool { return a < b }
	case "<=":
		test = func(a, b float64) bool { return a <= b }
	case ">":
		test = func(a, b float64) bool { return a > b }
	default:
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

// Distinct is x IS DISTINCT FROM y, or with not IS NOT DISTINCT FROM: never UNKNOWN.
func Distinct(x, y Code, not bool) Code {
	xNull, yNull, differ := IsNull(x), IsNull(y), Compare("<>", x, y)
	return boolCode(func(f *Frame) Tri {
		a, b := xNull(f), yNull(f)
		if a || b {
			return TriOf((a != b) != not)
		}
		return TriOf((differ.Bool(f) == True) != not)
	})
}

// CompareDecimals orders two decimals in plain notation with the same number of digits behind the point.
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
