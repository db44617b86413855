package function

import (
	"math/big"
	"strconv"

	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// castDecimal converts whole numbers, texts and decimals to a DECIMAL, and a DECIMAL to whole numbers.
// What has too many digits is NULL. A DOUBLE is refused: NaN would throw, with TRY_CAST too.
func castDecimal(from, to *types.Type) (func(code.Code) code.Code, error) {
	switch {
	case from.Kind == types.Double:
		return nil, &Problem{0, "a DOUBLE may be NaN, for which CAST and TRY_CAST to DECIMAL throw in Flink", "deliver the DOUBLE, or declare the column as " + to.String()}
	case to.Kind != types.Decimal:
		return decimalToWhole(to), nil
	case from.Kind == types.Int || from.Kind == types.BigInt:
		return func(x code.Code) code.Code {
			return decimalOf(to, func(f *code.Frame) ([]byte, bool) {
				v, ok := x.Int(f)
				if !ok {
					return nil, false
				}
				n := len(f.Buf)
				f.Buf = strconv.AppendInt(f.Buf, v, 10)
				return f.Since(n), true
			})
		}, nil
	case from.Kind == types.Decimal || from.Kind == types.String:
		return func(x code.Code) code.Code { return decimalOf(to, x.Text) }, nil
	}
	return nil, notCast(from, to)
}

// decimalOf rounds what text gives, half up, to the scale of to.
func decimalOf(to *types.Type, text func(*code.Frame) ([]byte, bool)) code.Code {
	return code.Code{Type: to, Text: func(f *code.Frame) ([]byte, bool) {
		t, ok := text(f)
		if !ok {
			return nil, false
		}
		unscaled, scale, ok := parseDecimal(trimBlanks(t))
		if !ok {
			return nil, false
		}
		return appendDecimal(f, unscaled, scale, to)
	}}
}

// parseDecimal reads [sign] digits [. digits] [e exponent] as unscaled * 10^-scale.
func parseDecimal(t []byte) (*big.Int, int, bool) {
	digits := make([]byte, 0, len(t))
	scale, point, seen := 0, false, false
	for i, c := range t {
		switch {
		case i == 0 && (c == '-' || c == '+'):
			digits = append(digits, c)
		case c >= '0' && c <= '9':
			digits, seen = append(digits, c), true
			if point {
				scale++
			}
		case c == '.' && !point:
			point = true
		case c|0x20 == 'e' && seen:
			exponent, err := strconv.Atoi(string(t[i+1:]))
			if err != nil || exponent > 1000 || exponent < -1000 {
				return nil, 0, false
			}
			v, ok := new(big.Int).SetString(string(digits), 10)
			return v, scale - exponent, ok
		default:
			return nil, 0, false
		}
	}
	if !seen || len(digits) > 2000 {
		return nil, 0, false
	}
	v, ok := new(big.Int).SetString(string(digits), 10)
	return v, scale, ok
}

var ten = big.NewInt(10)

func power10(n int) *big.Int { return new(big.Int).Exp(ten, big.NewInt(int64(n)), nil) }

// appendDecimal writes unscaled * 10^-scale as a decimal of type to; NULL if it has too many digits.
func appendDecimal(f *code.Frame, unscaled *big.Int, scale int, to *types.Type) ([]byte, bool) {
	v := unscaled
	switch d := to.Scale - scale; {
	case d > 0:
		v = new(big.Int).Mul(v, power10(d))
	case d < 0:
		unit := power10(-d)
		half := new(big.Int).Quo(unit, big.NewInt(2))
		if v.Sign() < 0 {
			half.Neg(half)
		}
		v = new(big.Int).Quo(new(big.Int).Add(v, half), unit)
	}
	digits := new(big.Int).Abs(v).String()
	if len(digits) > to.Precision && v.Sign() != 0 {
		return nil, false
	}
	for len(digits) <= to.Scale {
		digits = "0" + digits
	}
	n := len(f.Buf)
	if v.Sign() < 0 {
		f.Buf = append(f.Buf, '-')
	}
	f.Buf = append(f.Buf, digits[:len(digits)-to.Scale]...)
	if to.Scale > 0 {
		f.Buf = append(append(f.Buf, '.'), digits[len(digits)-to.Scale:]...)
	}
	return f.Since(n), true
}

// decimalToWhole cuts the digits behind the point; what does not fit wraps, as in Flink.
func decimalToWhole(to *types.Type) func(code.Code) code.Code {
	return func(x code.Code) code.Code {
		return code.Code{Type: to, Int: func(f *code.Frame) (int64, bool) {
			t, ok := x.Text(f)
			if !ok {
				return 0, false
			}
			v, scale, _ := parseDecimal(t)
			v = new(big.Int).Quo(v, power10(scale))
			low := new(big.Int).And(v, new(big.Int).SetUint64(1<<64-1)).Uint64()
			if to.Kind == types.Int {
				return int64(int32(low)), true
			}
			return int64(low), true
		}}
	}
}

// DecimalType is the type of x op y, for + - and *.
func DecimalType(op string, x, y *types.Type) *types.Type {
	scale := max(x.Scale, y.Scale)
	t := &types.Type{Kind: types.Decimal, Scale: scale, Precision: max(x.Precision-x.Scale, y.Precision-y.Scale) + scale + 1}
	if op == "*" {
		t.Precision, t.Scale = x.Precision+y.Precision, x.Scale+y.Scale
		if t.Precision > 38 { // keep the whole part, and at least six digits behind the point
			t.Scale = max(t.Scale-(t.Precision-38), min(t.Scale, 6))
		}
	}
	t.Precision = min(t.Precision, 38)
	return t
}

// DecimalArithmetic is x op y of type t, for + - and *; too many digits give NULL.
func DecimalArithmetic(op string, t *types.Type, x, y code.Code) code.Code {
	return code.Code{Type: t, Text: func(f *code.Frame) ([]byte, bool) {
		a, ok := x.Text(f)
		b, ok2 := y.Text(f)
		if !ok || !ok2 {
			return nil, false
		}
		v, vs, _ := parseDecimal(a)
		w, ws, _ := parseDecimal(b)
		if op == "*" {
			return appendDecimal(f, v.Mul(v, w), vs+ws, t)
		}
		if vs < ws {
			v, vs = v.Mul(v, power10(ws-vs)), ws
		} else {
			w = w.Mul(w, power10(vs-ws))
		}
		if op == "+" {
			return appendDecimal(f, v.Add(v, w), vs, t)
		}
		return appendDecimal(f, v.Sub(v, w), vs, t)
	}}
}
