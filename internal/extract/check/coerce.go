package check

import (
	"github.com/railtwin/digitaltwin/internal/extract/function"
	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

var (
	boolType   = &types.Type{Kind: types.Boolean}
	intType    = &types.Type{Kind: types.Int}
	bigintType = &types.Type{Kind: types.BigInt}
	doubleType = &types.Type{Kind: types.Double}
	stringType = &types.Type{Kind: types.String}
	nullType   = &types.Type{Kind: types.Null}
)

// common returns the type that both can be widened to without a CAST, or nil.
func common(a, b *types.Type) *types.Type {
	switch {
	case a.Kind == types.Null:
		return b
	case b.Kind == types.Null, a.Equal(b):
		return a
	case a.Numeric() && b.Numeric():
		return commonNumber(a, b)
	case isTime(a) && isTime(b):
		t := *a
		if a.Kind != b.Kind {
			t.Kind = types.TimestampLTZ
		}
		t.Precision = max(a.Precision, b.Precision)
		return &t
	}
	return nil
}

func isTime(t *types.Type) bool { return t.Kind == types.Timestamp || t.Kind == types.TimestampLTZ }

func commonNumber(a, b *types.Type) *types.Type {
	switch {
	case a.Kind == types.Double || b.Kind == types.Double:
		return doubleType
	case a.Kind == types.Decimal || b.Kind == types.Decimal:
		return function.CommonDecimal(a, b)
	}
	return bigintType // INT with BIGINT
}

// asDecimal is the DECIMAL that holds every value of a whole number's type.
func asDecimal(t *types.Type) *types.Type {
	switch t.Kind {
	case types.Int:
		return &types.Type{Kind: types.Decimal, Precision: 10}
	case types.BigInt:
		return &types.Type{Kind: types.Decimal, Precision: 19}
	}
	return t
}

// coerce widens e to t, which common has found.
func (c *checker) coerce(e *ir.Expr, t *types.Type) *ir.Expr {
	if e == nil || t == nil { // broken
		return nil
	}
	if e.Type.Equal(t) {
		return e
	}
	if e.Type.Kind == types.Null {
		return c.null(t)
	}
	return c.convert(e, t, false)
}

// untyped rejects a NULL without a type, which Flink takes in few places.
func (c *checker) untyped(x syntax.Expr, e *ir.Expr) bool {
	if e.Type.Kind != types.Null {
		return false
	}
	c.reject(x, "NULL has no type here, and Flink refuses it", "write CAST(NULL AS STRING), or of another type")
	return true
}

func (c *checker) null(t *types.Type) *ir.Expr { return c.g.Call(ir.Literal{Null: true}, t) }

// whole is the constant v, an INT where it fits.
func (c *checker) whole(v int64) *ir.Expr {
	t := intType
	if int64(int32(v)) != v {
		t = bigintType
	}
	return c.g.Call(ir.Literal{Int: v}, t)
}
