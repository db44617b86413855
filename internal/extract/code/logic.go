package code

import "github.com/railtwin/digitaltwin/internal/extract/types"

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
