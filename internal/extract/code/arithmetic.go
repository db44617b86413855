package code

import (
	"math"

	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// narrow wraps a result of INT arithmetic into 32 bits, as Java does.
func narrow(t *types.Type, v int64) int64 {
	if t.Kind == types.Int {
		return int64(int32(v))
	}
	return v
}

// Operator is an arithmetic operator.
type Operator uint8

// The operators.
const (
	Add Operator = iota
	Subtract
	Multiply
	Divide
	Remainder
)

func (o Operator) String() string { return [...]string{"+", "-", "*", "/", "%"}[o] }

// Arithmetic is x op y of type t, to which both operands have been widened, of whole numbers (an INTERVAL
// is one, of ms) and DOUBLE. A whole number that is divided by 0 is NULL.
func Arithmetic(op Operator, t *types.Type, x, y Code) Code {
	if t.Kind == types.Double {
		return doubleArithmetic(op, t, x.Double, y.Double)
	}
	var apply func(a, b int64) (int64, bool)
	switch op {
	case Add:
		apply = func(a, b int64) (int64, bool) { return a + b, true }
	case Subtract:
		apply = func(a, b int64) (int64, bool) { return a - b, true }
	case Multiply:
		apply = func(a, b int64) (int64, bool) { return a * b, true }
	case Divide:
		apply = func(a, b int64) (int64, bool) {
			if b == 0 {
				return 0, false
			}
			return a / b, true
		}
	case Remainder:
		apply = func(a, b int64) (int64, bool) {
			if b == 0 {
				return 0, false
			}
			return a % b, true
		}
	}
	return Code{Type: t, Int: func(f *Frame) (int64, bool) {
		a, ok := x.Int(f)
		b, ok2 := y.Int(f)
		if !ok || !ok2 {
			return 0, false
		}
		v, ok := apply(a, b)
		return narrow(t, v), ok
	}}
}

func doubleArithmetic(op Operator, t *types.Type, x, y func(*Frame) (float64, bool)) Code {
	var apply func(a, b float64) float64
	switch op {
	case Add:
		apply = func(a, b float64) float64 { return a + b }
	case Subtract:
		apply = func(a, b float64) float64 { return a - b }
	case Multiply:
		apply = func(a, b float64) float64 { return a * b }
	case Divide:
		apply = func(a, b float64) float64 { return a / b }
	case Remainder:
		apply = math.Mod
	}
	return Code{Type: t, Double: func(f *Frame) (float64, bool) {
		a, ok := x(f)
		b, ok2 := y(f)
		if !ok || !ok2 {
			return 0, false
		}
		return apply(a, b), true
	}}
}

// Negate is -x.
func Negate(args []Code) Code {
	x := args[0]
	switch {
	case x.Double != nil:
		return Code{Type: x.Type, Double: func(f *Frame) (float64, bool) { v, ok := x.Double(f); return -v, ok }}
	case x.Int != nil:
		return Code{Type: x.Type, Int: func(f *Frame) (int64, bool) { v, ok := x.Int(f); return narrow(x.Type, -v), ok }}
	}
	return Code{Type: x.Type, Text: func(f *Frame) ([]byte, bool) {
		v, ok := x.Text(f)
		if !ok {
			return nil, false
		}
		if v[0] == '-' {
			return v[1:], true
		}
		for _, c := range v {
			if c != '0' && c != '.' {
				n := len(f.Buf)
				f.Buf = append(append(f.Buf, '-'), v...)
				return f.Since(n), true
			}
		}
		return v, true // there is no -0
	}}
}

// Concat joins texts; a NULL makes it NULL.
func Concat(xs []Code) Code {
	if len(xs) == 1 {
		return xs[0]
	}
	parts := make([]func(*Frame) ([]byte, bool), len(xs))
	for i := range xs {
		parts[i] = xs[i].Text
	}
	return Code{Type: xs[0].Type, Text: func(f *Frame) ([]byte, bool) {
		var room [8][]byte // what a part makes lies in the buffer too, so the parts come first
		texts := room[:0]
		for _, p := range parts {
			t, ok := p(f)
			if !ok {
				return nil, false
			}
			texts = append(texts, t)
		}
		n := len(f.Buf)
		for _, t := range texts {
			f.Buf = append(f.Buf, t...)
		}
		return f.Since(n), true
	}}
}

// Move is time + interval or, back, time - interval.
func Move(x, interval Code, back bool) Code {
	sign := int64(1)
	if back {
		sign = -1
	}
	return Code{Type: x.Type, Time: func(f *Frame) (Instant, bool) {
		t, ok := x.Time(f)
		d, ok2 := interval.Int(f)
		t.Ms += sign * d
		return t, ok && ok2
	}}
}
