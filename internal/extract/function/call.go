package function

import (
	"fmt"

	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// Call is a call of a function as its form sees it: all that the expression is interned by.
type Call struct {
	Type *types.Type // of the result
	Args []*ir.Expr
	Word string // the word of a syntax of its own: the unit of EXTRACT, the side of TRIM
	From bool   // TRIM(.. FROM ..)
}

// Applied is the call of a function as an operation.
type Applied struct {
	*Function
	Word string
	From bool
}

var _ ir.Op = Applied{}

// Build implements [ir.Op]. What could not be bound was refused by package check.
func (a Applied) Build(e *ir.Expr, args []code.Code) code.Code {
	build, err := a.Bind(Call{e.Type, e.Args, a.Word, a.From})
	if err != nil {
		panic(fmt.Sprintf("BUG: %s: %v", a.Name, err))
	}
	return build(args)
}

// Facts gives the layout of an array, and what is known of a function that chooses among its arguments.
func (a Applied) Facts(_ *types.Type, args []*ir.Expr) ir.Facts {
	f := ir.Facts{Node: a.Node, ByteOrder: a.ByteOrder}
	if a.Unify {
		f.JSON, f.ByteOrder = ir.Joint(args), ir.AnyByteOrder(args)
	}
	return f
}

// literalText returns the text of a literal argument.
func literalText(c Call, i int) (string, error) {
	l, ok := c.Args[i].Literal()
	if !ok || l.Null {
		why := "the Go engine takes a literal text here, so that it is checked and compiled once"
		return "", Missing{&Problem{i, why, ""}}
	}
	return l.Text, nil
}

// literalInt returns the number that a literal argument of type INT is.
func literalInt(c Call, i int) (int64, bool) {
	l, ok := c.Args[i].Literal()
	return l.Int, ok && !l.Null && c.Args[i].Type.Kind == types.Int
}
