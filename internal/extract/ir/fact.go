package ir

import (
	"slices"

	"github.com/railtwin/digitaltwin/internal/extract/row"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// Facts are what is known of the value of an expression beside its type.
type Facts struct {
	Node  *row.Node // layout, where the value is a column, an element, a ROW, ARRAY or MAP
	Cheap bool      // reading it again costs no more than remembering it
	// NonZero says of a number that it is never 0, but may be NULL: a literal, or NULLIF(x, 0).
	NonZero bool
	JSON    JSONKind // of a STRING
	// ByteOrder says of a STRING, or of those in an ARRAY, MAP or ROW, that Flink holds it as UTF-8. It orders
	// such a text by its bytes, and two that it holds as Java strings by their UTF-16 units.
	ByteOrder bool
}

// informed is an [Op] that knows something of its value. It sees all that the expression is interned
// by, and nothing more.
type informed interface {
	Facts(t *types.Type, args []*Expr) Facts
}

// JSONKind says what is known of a STRING as JSON text.
type JSONKind uint8

// The kinds. MayNotBeFinite is JSON text unless the number in it is NaN or Infinity.
const (
	NotJSON JSONKind = iota
	IsJSON
	MayNotBeFinite
	RawJSON // what JSON_OBJECT and JSON_ARRAY insert as it is
)

// choiceOf is what is known of a STRING that is one of several.
func choiceOf(values []*Expr) Facts {
	return Facts{JSON: Joint(values), ByteOrder: AnyByteOrder(values)}
}

// AnyByteOrder reports whether a value that is one of several may be ordered by its bytes.
func AnyByteOrder(values []*Expr) bool {
	return slices.ContainsFunc(values, func(v *Expr) bool { return v.ByteOrder })
}

// Joint is what is known as JSON text of a value that is one of several.
func Joint(values []*Expr) JSONKind {
	out := IsJSON
	for _, v := range values {
		switch l, _ := v.Literal(); {
		case l.Null:
		case v.JSON == NotJSON:
			return NotJSON
		case v.JSON == MayNotBeFinite:
			out = MayNotBeFinite
		}
	}
	return out
}
