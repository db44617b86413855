package code

import (
	"slices"

	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// Bool, Int, Double, Text and Time constants; Null is the NULL of a type.

// BoolConst is TRUE, FALSE or UNKNOWN.
func BoolConst(v Tri) Code {
	return Code{Type: &types.Type{Kind: types.Boolean}, Const: true, Bool: func(*Frame) Tri { return v }}
}

// IntConst is a constant of a type that Int holds.
func IntConst(t *types.Type, v int64) Code {
	return Code{Type: t, Const: true, Int: func(*Frame) (int64, bool) { return v, true }}
}

// DoubleConst is a DOUBLE.
func DoubleConst(v float64) Code {
	return Code{Type: &types.Type{Kind: types.Double}, Const: true,
		Double: func(*Frame) (float64, bool) { return v, true }}
}

// TextConst is a constant of a type that Text holds.
func TextConst(t *types.Type, v []byte) Code {
	v = slices.Clone(v)
	return Code{Type: t, Const: true, Text: func(*Frame) ([]byte, bool) { return v, true }}
}

// TimeConst is a TIMESTAMP or TIMESTAMP_LTZ.
func TimeConst(t *types.Type, v Instant) Code {
	return Code{Type: t, Const: true, Time: func(*Frame) (Instant, bool) { return v, true }}
}

// Null is the NULL of a scalar type.
func Null(t *types.Type) Code {
	c := Code{Type: t, Const: true}
	switch t.Kind {
	case types.Boolean:
		c.Bool = func(*Frame) Tri { return Unknown }
	case types.Int, types.BigInt, types.Date, types.Time, types.Interval:
		c.Int = func(*Frame) (int64, bool) { return 0, false }
	case types.Double:
		c.Double = func(*Frame) (float64, bool) { return 0, false }
	case types.String, types.Bytes, types.Decimal, types.Null:
		c.Text = func(*Frame) ([]byte, bool) { return nil, false }
	case types.Timestamp, types.TimestampLTZ:
		c.Time = func(*Frame) (Instant, bool) { return Instant{}, false }
	}
	return c
}

// Fold evaluates an expression without columns once. Arrays stay as they are.
func Fold(c Code) Code {
	f := &Frame{}
	switch {
	case c.Bool != nil:
		return BoolConst(c.Bool(f))
	case c.Int != nil:
		if v, ok := c.Int(f); ok {
			return IntConst(c.Type, v)
		}
	case c.Double != nil:
		if v, ok := c.Double(f); ok {
			return DoubleConst(v)
		}
	case c.Text != nil:
		if v, ok := c.Text(f); ok {
			return TextConst(c.Type, v)
		}
	case c.Time != nil:
		if v, ok := c.Time(f); ok {
			return TimeConst(c.Type, v)
		}
	default:
		c.Const = true
		return c
	}
	return Null(c.Type)
}
