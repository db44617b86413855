package function

import (
	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/number"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// castToNumber is CAST and TRY_CAST to INT, BIGINT, DOUBLE and DECIMAL.
func castToNumber(from, to *types.Type, try bool) (func(code.Code) code.Code, error) {
	switch {
	case from.Kind == types.String && !try:
		return nil, mayThrow(to)
	case to.Kind == types.Decimal || from.Kind == types.Decimal:
		return castDecimal(from, to, try)
	case from.Kind == types.String:
		return textToNumber(to), nil
	case from.Kind == types.Boolean:
		return boolToNumber(to), nil
	case from.Kind == types.Double:
		convert := number.ToBigInt
		if to.Kind == types.Int {
			convert = number.ToInt
		}
		return func(x code.Code) code.Code {
			return code.Code{Type: to, Int: func(f *code.Frame) (int64, bool) { v, ok := x.Double(f); return convert(v), ok }}
		}, nil
	case from.Kind == types.Int || from.Kind == types.BigInt:
		return widen(to), nil
	}
	return nil, notCast(from, to, try)
}

func textToNumber(to *types.Type) func(code.Code) code.Code {
	if to.Kind == types.Double {
		return func(x code.Code) code.Code {
			return code.Code{Type: to, Double: func(f *code.Frame) (float64, bool) {
				t, ok := x.Text(f)
				if !ok {
					return 0, false
				}
				return number.ParseDouble(t)
			}}
		}
	}
	bits := 64
	if to.Kind == types.Int {
		bits = 32
	}
	return func(x code.Code) code.Code {
		return code.Code{Type: to, Int: func(f *code.Frame) (int64, bool) {
			t, ok := x.Text(f)
			if !ok {
				return 0, false
			}
			return number.ParseInt(t, bits)
		}}
	}
}

// widen turns a whole number into a BIGINT or DOUBLE, or cuts it to an INT.
func widen(to *types.Type) func(code.Code) code.Code {
	return func(x code.Code) code.Code {
		switch to.Kind {
		case types.Double:
			return code.Code{Type: to, Double: func(f *code.Frame) (float64, bool) { v, ok := x.Int(f); return float64(v), ok }}
		case types.Int:
			return code.Code{Type: to, Int: func(f *code.Frame) (int64, bool) { v, ok := x.Int(f); return int64(int32(v)), ok }}
		}
		return code.Code{Type: to, Int: x.Int, Cell: x.Cell, Node: x.Node}
	}
}

func boolToNumber(to *types.Type) func(code.Code) code.Code {
	return func(x code.Code) code.Code {
		whole := func(f *code.Frame) (int64, bool) {
			v := x.Bool(f)
			if v == code.True {
				return 1, true
			}
			return 0, v == code.False
		}
		if to.Kind == types.Double {
			return code.Code{Type: to, Double: func(f *code.Frame) (float64, bool) { v, ok := whole(f); return float64(v), ok }}
		}
		return code.Code{Type: to, Int: whole}
	}
}
