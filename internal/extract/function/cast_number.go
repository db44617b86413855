package function

import (
	"math"
	"strconv"

	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// castToNumber is CAST and TRY_CAST to INT, BIGINT, DOUBLE and DECIMAL.
func castToNumber(from, to *types.Type, try bool) (func(code.Code) code.Code, error) {
	switch {
	case from.Kind == types.String && !try:
		return nil, mayThrow(to)
	case to.Kind == types.Decimal || from.Kind == types.Decimal && to.Kind != types.Double:
		return castDecimal(from, to)
	case from.Kind == types.String && to.Kind == types.Double:
		return func(x code.Code) code.Code { return doubleOf(x, parseDouble) }, nil
	case from.Kind == types.String:
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
				return parseWhole(t, bits)
			}}
		}, nil
	case from.Kind == types.Decimal:
		return func(x code.Code) code.Code { return doubleOf(x, parseDouble) }, nil
	case from.Kind == types.Boolean:
		return boolToNumber(to), nil
	case from.Kind == types.Double:
		return doubleToWhole(to), nil
	case from.Kind == types.Int || from.Kind == types.BigInt:
		return widen(to), nil
	}
	return nil, notCast(from, to)
}

func doubleOf(x code.Code, parse func([]byte) (float64, bool)) code.Code {
	return code.Code{Type: &types.Type{Kind: types.Double}, Double: func(f *code.Frame) (float64, bool) {
		t, ok := x.Text(f)
		if !ok {
			return 0, false
		}
		return parse(t)
	}}
}

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

// doubleToWhole truncates towards 0 and saturates; NaN is 0, as in Java.
func doubleToWhole(to *types.Type) func(code.Code) code.Code {
	low, high := int64(math.MinInt64), int64(math.MaxInt64)
	if to.Kind == types.Int {
		low, high = math.MinInt32, math.MaxInt32
	}
	return func(x code.Code) code.Code {
		return code.Code{Type: to, Int: func(f *code.Frame) (int64, bool) {
			v, ok := x.Double(f)
			switch {
			case !ok || v != v:
				return 0, ok
			case v >= float64(high):
				return high, true
			case v <= float64(low):
				return low, true
			}
			return int64(v), true
		}}
	}
}

// parseWhole reads a text as TRY_CAST to INT or BIGINT does: blanks around it, a sign, and digits
// behind a point, which are cut off.
func parseWhole(t []byte, bits int) (int64, bool) {
	t = trimBlanks(t)
	for i, c := range t {
		if c != '.' {
			continue
		}
		for _, d := range t[i+1:] {
			if d < '0' || d > '9' {
				return 0, false
			}
		}
		t = t[:i]
		break
	}
	if len(t) == 0 || len(t) > 40 {
		return 0, false
	}
	v, err := strconv.ParseInt(string(t), 10, bits)
	return v, err == nil
}

// parseDouble reads a text as Java's parseDouble does.
func parseDouble(t []byte) (float64, bool) {
	t = trimBlanks(t)
	if len(t) == 0 {
		return 0, false
	}
	unsigned := t
	if t[0] == '-' || t[0] == '+' {
		unsigned = t[1:]
	}
	switch string(unsigned) {
	case "NaN":
		return math.NaN(), true
	case "Infinity":
		if t[0] == '-' {
			return math.Inf(-1), true
		}
		return math.Inf(1), true
	}
	hex := len(unsigned) > 1 && unsigned[0] == '0' && unsigned[1]|0x20 == 'x'
	for _, c := range unsigned {
		if c == '_' || !hex && (c|0x20 > 'f' || c|0x20 >= 'a' && c|0x20 <= 'c') {
			return 0, false
		}
	}
	if last := t[len(t)-1] | 0x20; len(unsigned) > 1 && (last == 'd' || last == 'f') && (!hex || containsP(unsigned)) {
		t = t[:len(t)-1]
	}
	v, err := strconv.ParseFloat(string(t), 64)
	if err != nil && !math.IsInf(v, 0) {
		return 0, false
	}
	return v, true
}

func containsP(t []byte) bool {
	for _, c := range t {
		if c|0x20 == 'p' {
			return true
		}
	}
	return false
}

// trimBlanks cuts what Java's String.trim cuts.
func trimBlanks(t []byte) []byte {
	for len(t) > 0 && t[0] <= ' ' {
		t = t[1:]
	}
	for len(t) > 0 && t[len(t)-1] <= ' ' {
		t = t[:len(t)-1]
	}
	return t
}
