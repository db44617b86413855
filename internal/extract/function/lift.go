package function

import (
	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// A lift makes the form of an SQL function of a Go function. The types of the parameters and of the result are
// those of the Go function, and the result is NULL where an argument is. lift2 takes a function of two arguments;
// maybe2 one that also says whether there is a result; append2 one that appends it to a text.

// scalar is a Go type that stands for an SQL type: STRING, INT, DOUBLE, BOOLEAN, TIMESTAMP_LTZ or TIMESTAMP.
type scalar interface {
	[]byte | int64 | float64 | bool | code.Instant
}

func lift1[A, R scalar](apply func(A) R) Form {
	return maybe1(func(a A) (R, bool) { return apply(a), true })
}

func maybe1[A, R scalar](apply func(A) (R, bool)) Form {
	return form(always(result[R]()), func(t *types.Type, args []code.Code) code.Code {
		x := reader[A](args[0])
		return writer(t, func(f *code.Frame) (r R, ok bool) {
			a, ok := x(f)
			if !ok {
				return r, false
			}
			return apply(a)
		})
	}, kind[A]())
}

func lift2[A, B, R scalar](apply func(A, B) R) Form {
	return maybe2(func(a A, b B) (R, bool) { return apply(a, b), true })
}

func maybe2[A, B, R scalar](apply func(A, B) (R, bool)) Form {
	return form(always(result[R]()), func(t *types.Type, args []code.Code) code.Code {
		x, y := reader[A](args[0]), reader[B](args[1])
		return writer(t, func(f *code.Frame) (r R, ok bool) {
			a, ok := x(f)
			b, ok2 := y(f)
			if !ok || !ok2 {
				return r, false
			}
			return apply(a, b)
		})
	}, kind[A](), kind[B]())
}

func lift3[A, B, C, R scalar](apply func(A, B, C) R) Form {
	return maybe3(func(a A, b B, c C) (R, bool) { return apply(a, b, c), true })
}

func maybe3[A, B, C, R scalar](apply func(A, B, C) (R, bool)) Form {
	return form(always(result[R]()), func(t *types.Type, args []code.Code) code.Code {
		x, y, z := reader[A](args[0]), reader[B](args[1]), reader[C](args[2])
		return writer(t, func(f *code.Frame) (r R, ok bool) {
			a, ok := x(f)
			b, ok2 := y(f)
			c, ok3 := z(f)
			if !ok || !ok2 || !ok3 {
				return r, false
			}
			return apply(a, b, c)
		})
	}, kind[A](), kind[B](), kind[C]())
}

func append1[A scalar](apply func(dst []byte, a A) []byte) Form {
	return form(always(stringType), func(t *types.Type, args []code.Code) code.Code {
		x := reader[A](args[0])
		return code.Code{Type: t, Text: func(f *code.Frame) ([]byte, bool) {
			a, ok := x(f)
			if !ok {
				return nil, false
			}
			n := len(f.Buf)
			f.Buf = apply(f.Buf, a)
			return f.Since(n), true
		}}
	}, kind[A]())
}

// form is one whose arguments are taken as they come.
func form(result Result, build func(t *types.Type, args []code.Code) code.Code, kinds ...ParamKind) Form {
	return Form{Kinds: kinds, Result: result, Bind: func(c Call) (Build, error) {
		return func(args []code.Code) code.Code { return build(c.Type, args) }, nil
	}}
}

// bound is a form that looks at its arguments before it takes them.
func bound(result Result, bind func(Call) (Build, error), kinds ...ParamKind) Form {
	return Form{Kinds: kinds, Result: result, Bind: bind}
}

// byCount is the form of a function with optional parameters: that of forms with as many parameters as the call
// has arguments. The last has all of them.
func byCount(forms ...Form) Form {
	f := forms[len(forms)-1]
	bind := func(c Call) (Build, error) {
		for _, f := range forms {
			if len(f.Kinds) == len(c.Args) {
				return f.Bind(c)
			}
		}
		return forms[len(forms)-1].Bind(c)
	}
	f.Bind = bind
	return f
}

// takesNull is the form for a function that also takes NULLs without a type.
func (f Form) inBytes() Form {
	f.ByteOrder = true
	return f
}

func (f Form) takesNull() Form {
	f.TakesNull = true
	return f
}

// Result is the type of a call: Fixed, or what the arguments make of it.
type Result struct {
	Fixed *types.Type
	of    func(Call) *types.Type
}

// Of returns the type of a call.
func (r Result) Of(c Call) *types.Type {
	if r.Fixed != nil {
		return r.Fixed
	}
	return r.of(c)
}

func always(t *types.Type) Result { return Result{Fixed: t} }

// kindOf is always for a type without parameters.
func kindOf(k types.Kind) Result { return always(&types.Type{Kind: k}) }

// sameAs is the type of one argument.
func sameAs(i int) Result { return Result{of: func(c Call) *types.Type { return c.Args[i].Type }} }

// kind is the parameter that T stands for.
func kind[T scalar]() ParamKind {
	switch any(*new(T)).(type) {
	case int64:
		return Int
	case float64:
		return Real
	case bool:
		return Truth
	case code.Instant:
		return Moment
	}
	return Text
}

// result is the type that T stands for as a result.
func result[T scalar]() *types.Type {
	switch any(*new(T)).(type) {
	case int64:
		return &types.Type{Kind: types.Int}
	case float64:
		return &types.Type{Kind: types.Double}
	case bool:
		return &types.Type{Kind: types.Boolean}
	case code.Instant:
		return instantType
	}
	return stringType
}

// reader returns the closure of x that gives a T.
func reader[T scalar](x code.Code) func(*code.Frame) (T, bool) {
	var f any
	switch any(*new(T)).(type) {
	case []byte:
		f = x.Text
	case int64:
		f = x.Int
	case float64:
		f = x.Double
	case code.Instant:
		f = x.Time
	case bool:
		f = func(f *code.Frame) (bool, bool) { v := x.Bool(f); return v == code.True, v != code.Unknown }
	}
	return f.(func(*code.Frame) (T, bool))
}

// writer is the code that read gives the value of.
func writer[T scalar](t *types.Type, read func(*code.Frame) (T, bool)) code.Code {
	c := code.Code{Type: t}
	switch read := any(read).(type) {
	case func(*code.Frame) ([]byte, bool):
		c.Text = read
	case func(*code.Frame) (int64, bool):
		c.Int = read
	case func(*code.Frame) (float64, bool):
		c.Double = read
	case func(*code.Frame) (code.Instant, bool):
		c.Time = read
	case func(*code.Frame) (bool, bool):
		c.Bool = func(f *code.Frame) code.Tri {
			v, ok := read(f)
			if !ok {
				return code.Unknown
			}
			return code.TriOf(v)
		}
	}
	return c
}
