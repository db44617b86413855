package ir

import (
	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// Op is what an expression does with its arguments. Its dynamic type is the operation, its fields are
// the parameters; it is comparable, so that equal operations on equal arguments are one expression.
// Those here need nothing but package code; package function has the others.
type Op interface {
	// Build makes the executable form of e, whose Op it is, of those of e's arguments.
	Build(e *Expr, args []code.Code) code.Code
}

// The operations.
type (
	// Column reads a cell of the current row of a scope.
	Column struct {
		Scope *Scope
		Cell  int
	}
	// Ordinal is the number of the current element of a scope.
	Ordinal struct{ Scope *Scope }
	// Field reads a field of a ROW by its number.
	Field struct{ Index int }
	// Item is array[i].
	Item struct{}
	// Lookup is map[key].
	Lookup struct{}

	// Case has n conditions, n values and the value of ELSE as arguments.
	Case struct{}
	// Coalesce gives the first argument that is not NULL.
	Coalesce struct{}
	// NullIf compares its first two arguments, which have one type, and gives the third, which is the first as it was
	// before it was widened to that type.
	NullIf struct{}

	// Not, And and Or are those of three-valued logic.
	Not struct{}
	And struct{}
	Or  struct{}
	// Compare compares two arguments of one type. Total is that of DOUBLEs (see [code.OrderDoubles]).
	Compare struct {
		By    code.Comparison
		Total bool
	}
	// Distinct is x IS [NOT] DISTINCT FROM y. Total is that of DOUBLEs.
	Distinct struct{ Not, Total bool }
	// IsNull is x IS [NOT] NULL.
	IsNull struct{ Not bool }
	// IsTruth is x IS [NOT] TRUE, FALSE or UNKNOWN.
	IsTruth struct {
		What code.Tri
		Not  bool
	}

	// Concat joins texts: CONCAT(a, b), or with Operator a || b.
	Concat struct{ Operator bool }
	// Arithmetic is that of whole numbers, DOUBLE and INTERVAL.
	Arithmetic struct{ By code.Operator }
	// Negate is -x.
	Negate struct{}
	// Move is time + interval or, back, time - interval.
	Move struct{ Back bool }
)

func (o Column) Build(e *Expr, _ []code.Code) code.Code {
	return code.Column(o.Scope.Index, o.Scope.Table, e.Node)
}
func (o Ordinal) Build(*Expr, []code.Code) code.Code       { return code.Ordinal(o.Scope.Index) }
func (o Field) Build(e *Expr, args []code.Code) code.Code  { return code.Field(args[0], e.Node) }
func (Item) Build(_ *Expr, args []code.Code) code.Code     { return code.Item(args[0], args[1]) }
func (Lookup) Build(_ *Expr, args []code.Code) code.Code   { return code.Lookup(args[0], args[1]) }
func (Coalesce) Build(_ *Expr, args []code.Code) code.Code { return code.Coalesce(args...) }
func (Not) Build(_ *Expr, args []code.Code) code.Code      { return code.Not(args[0]) }
func (And) Build(_ *Expr, args []code.Code) code.Code      { return code.And(args...) }
func (Or) Build(_ *Expr, args []code.Code) code.Code       { return code.Or(args[0], args[1]) }
func (Concat) Build(_ *Expr, args []code.Code) code.Code   { return code.Concat(args) }
func (Negate) Build(_ *Expr, args []code.Code) code.Code   { return code.Negate(args) }

func (Case) Build(_ *Expr, args []code.Code) code.Code {
	n := len(args) / 2
	return code.Case(args[:n], args[n:2*n], args[2*n])
}

func (NullIf) Build(e *Expr, args []code.Code) code.Code {
	same := code.Compare(code.Equal, args[0], args[1])
	return code.Case([]code.Code{same}, []code.Code{code.Null(e.Type)}, args[2])
}

func (o Compare) Build(_ *Expr, args []code.Code) code.Code {
	if o.Total {
		return code.CompareTotal(o.By, args[0], args[1])
	}
	return code.Compare(o.By, args[0], args[1])
}

func (o Distinct) Build(_ *Expr, args []code.Code) code.Code {
	differ := Compare{By: code.NotEqual, Total: o.Total}
	return code.Distinct(args[0], args[1], differ.Build(nil, args), o.Not)
}

func (o IsNull) Build(_ *Expr, args []code.Code) code.Code { return code.IsNullCode(args[0], o.Not) }

func (o IsTruth) Build(_ *Expr, args []code.Code) code.Code {
	return code.IsTruth(args[0], o.What, o.Not)
}

func (o Arithmetic) Build(e *Expr, args []code.Code) code.Code {
	return code.Arithmetic(o.By, e.Type, args[0], args[1])
}

func (o Move) Build(_ *Expr, args []code.Code) code.Code { return code.Move(args[0], args[1], o.Back) }

// Facts gives the layout of the field.
func (o Field) Facts(_ *types.Type, args []*Expr) Facts {
	return Facts{Node: args[0].Node.Fields[o.Index], Cheap: true, ByteOrder: args[0].ByteOrder}
}

// Facts gives the layout of the element.
func (Item) Facts(_ *types.Type, args []*Expr) Facts {
	return Facts{Node: args[0].Node.Elem, Cheap: true, ByteOrder: args[0].ByteOrder}
}

// Facts gives the layout of the value.
func (Lookup) Facts(_ *types.Type, args []*Expr) Facts {
	return Facts{Node: args[0].Node.Elem, Cheap: true, ByteOrder: true}
}

// Facts says that CONCAT makes UTF-8, and || a Java string.
func (o Concat) Facts(*types.Type, []*Expr) Facts { return Facts{ByteOrder: !o.Operator} }

// Facts says of the values together whether they are JSON text, and how they are ordered.
func (Case) Facts(_ *types.Type, args []*Expr) Facts { return choiceOf(args[len(args)/2:]) }

// Facts says of the arguments together whether they are JSON text, and how they are ordered.
func (Coalesce) Facts(_ *types.Type, args []*Expr) Facts { return choiceOf(args) }

// Facts says whether it is 0 that becomes NULL.
func (NullIf) Facts(_ *types.Type, args []*Expr) Facts {
	f := choiceOf(args[2:])
	f.NonZero = isZero(args[1])
	return f
}

// isZero reports whether e is a constant 0.
func isZero(e *Expr) bool {
	if e.Scope != nil || !e.Type.Numeric() {
		return false
	}
	c, f := e.Constant(), &code.Frame{}
	switch {
	case c.Int != nil:
		v, ok := c.Int(f)
		return ok && v == 0
	case c.Double != nil:
		v, ok := c.Double(f)
		return ok && v == 0
	}
	v, ok := c.Text(f)
	return ok && !hasDigit(v)
}

// hasDigit reports whether a DECIMAL has a digit other than 0.
func hasDigit(decimal []byte) bool {
	for _, b := range decimal {
		if b >= '1' && b <= '9' {
			return true
		}
	}
	return false
}
