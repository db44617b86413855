package function

import (
	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/number"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

func decimalType(t *types.Type) number.DecimalType {
	switch t.Kind {
	case types.Int:
		return number.DecimalType{Precision: 10}
	case types.BigInt:
		return number.DecimalType{Precision: 19}
	}
	return number.DecimalType{Precision: t.Precision, Scale: t.Scale}
}

func typeOf(d number.DecimalType) *types.Type {
	return &types.Type{Kind: types.Decimal, Precision: d.Precision, Scale: d.Scale}
}

// decimal makes a DECIMAL of what compute gives, brought into the type; too many digits are NULL.
func decimal(to *types.Type, compute func(*code.Frame) (number.Decimal, bool)) code.Code {
	fit := decimalType(to)
	return code.Code{Type: to, Text: func(f *code.Frame) ([]byte, bool) {
		d, ok := compute(f)
		if !ok {
			return nil, false
		}
		if d, ok = d.Fit(fit); !ok {
			return nil, false
		}
		n := len(f.Buf)
		f.Buf = d.Append(f.Buf)
		return f.Since(n), true
	}}
}

// decimalOf reads a DECIMAL.
func decimalOf(x code.Code) func(*code.Frame) (number.Decimal, bool) {
	return func(f *code.Frame) (number.Decimal, bool) {
		t, ok := x.Text(f)
		if !ok {
			return number.Decimal{}, false
		}
		return number.ParseDecimal(t), true
	}
}

// castDecimal converts whole numbers, texts and decimals to a DECIMAL, and a DECIMAL to a whole number
// or a DOUBLE. A DOUBLE is refused: NaN would throw, with TRY_CAST too.
func castDecimal(from, to *types.Type, try bool) (func(code.Code) code.Code, error) {
	switch {
	case from.Kind == types.Double:
		return nil, &Problem{0, "a DOUBLE may be NaN, for which CAST and TRY_CAST to DECIMAL throw in Flink",
			"deliver the DOUBLE, or declare the column as " + to.String()}
	case to.Kind == types.Double:
		return func(x code.Code) code.Code {
			read := decimalOf(x)
			return code.Code{Type: to, Double: func(f *code.Frame) (float64, bool) {
				d, ok := read(f)
				if !ok {
					return 0, false
				}
				return d.Double(from.Precision), true
			}}
		}, nil
	case to.Kind == types.Int || to.Kind == types.BigInt:
		return func(x code.Code) code.Code {
			read := decimalOf(x)
			return code.Code{Type: to, Int: func(f *code.Frame) (int64, bool) {
				d, ok := read(f)
				if !ok {
					return 0, false
				}
				v := d.BigInt()
				if to.Kind == types.Int {
					v = int64(int32(v))
				}
				return v, true
			}}
		}, nil
	case from.Kind == types.Int || from.Kind == types.BigInt:
		return func(x code.Code) code.Code {
			return decimal(to, func(f *code.Frame) (number.Decimal, bool) {
				v, ok := x.Int(f)
				return number.FromInt(v), ok
			})
		}, nil
	case from.Kind == types.Decimal:
		return func(x code.Code) code.Code { return decimal(to, decimalOf(x)) }, nil
	case from.Kind == types.String:
		fit := decimalType(to)
		return func(x code.Code) code.Code {
			return decimal(to, func(f *code.Frame) (number.Decimal, bool) {
				t, ok := x.Text(f)
				if !ok {
					return number.Decimal{}, false
				}
				return number.CastDecimal(t, fit)
			})
		}, nil
	}
	return nil, notCast(from, to, try)
}

// DecimalType is the type of x op y, for + - and *, of DECIMAL and whole numbers.
func DecimalType(op code.Operator, x, y *types.Type) *types.Type {
	if op == code.Multiply {
		return typeOf(decimalType(x).Product(decimalType(y)))
	}
	return typeOf(decimalType(x).Sum(decimalType(y)))
}

// CommonDecimal is the type that holds the values of both.
func CommonDecimal(x, y *types.Type) *types.Type {
	return typeOf(decimalType(x).Common(decimalType(y)))
}

// DecimalArithmetic is x + y, x - y and x * y of DECIMAL.
type DecimalArithmetic struct{ By code.Operator }

// Build implements [ir.Op].
func (o DecimalArithmetic) Build(e *ir.Expr, args []code.Code) code.Code {
	a, b := decimalOf(args[0]), decimalOf(args[1])
	return decimal(e.Type, func(f *code.Frame) (number.Decimal, bool) {
		v, ok := a(f)
		w, ok2 := b(f)
		if !ok || !ok2 {
			return number.Decimal{}, false
		}
		switch o.By {
		case code.Add:
			return v.Add(w), true
		case code.Subtract:
			return v.Sub(w), true
		}
		return v.Mul(w), true
	})
}
