package function

import (
	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// Convert is CAST(x AS t), TRY_CAST, or a widening that nobody wrote, to the type of the expression.
type Convert struct{ Try bool }

// Build implements [ir.Op].
func (o Convert) Build(e *ir.Expr, args []code.Code) code.Code {
	build, err := Cast(e.Args[0].Type, e.Type, o.Try)
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return build(args[0])
}

// Facts says of a number whether it is still not 0: only a wider type keeps that. A BIGINT that becomes an INT,
// and a number that loses its digits after the point, may be 0 then.
func (o Convert) Facts(t *types.Type, args []*ir.Expr) ir.Facts {
	return ir.Facts{NonZero: args[0].NonZero && widens(args[0].Type, t), ByteOrder: args[0].ByteOrder}
}

// widens reports whether every number of type from keeps its value as one of type to, or nearly so, or is NULL.
func widens(from, to *types.Type) bool {
	switch to.Kind {
	case types.Double:
		return from.Numeric()
	case types.Decimal:
		return from.Kind == types.Int || from.Kind == types.BigInt ||
			from.Kind == types.Decimal && from.Scale <= to.Scale
	case types.BigInt:
		return from.Kind == types.Int || from.Kind == types.BigInt
	}
	return from.Kind == types.Int && to.Kind == types.Int
}

// Cast returns what converts a value of type from into type to, or a *Problem where the two engines
// could not do it alike. A conversion that can fail is taken with try only, and then gives NULL.
func Cast(from, to *types.Type, try bool) (func(code.Code) code.Code, error) {
	if from.Equal(to) {
		return func(x code.Code) code.Code { return x }, nil
	}
	if from.Kind >= types.Array || to.Kind >= types.Array {
		p := &Problem{0, "the Go engine has no CAST from " + from.String() + " to " + to.String(),
			"JSON_STRING(x) gives an ARRAY, MAP or ROW as JSON text"}
		if to.Kind == types.String || to.Kind == from.Kind {
			return nil, Missing{p}
		}
		return nil, p
	}
	switch to.Kind {
	case types.String:
		return castToText(from, try)
	case types.Int, types.BigInt, types.Double, types.Decimal:
		return castToNumber(from, to, try)
	case types.Boolean:
		return castToBoolean(from, try)
	case types.Date, types.Timestamp, types.TimestampLTZ:
		return castToTime(from, to, try)
	}
	return nil, notCast(from, to, try)
}

// notCast says that the Go engine has no CAST, and whether Flink has one that does not throw.
func notCast(from, to *types.Type, try bool) error {
	time := from.Kind == types.Timestamp || from.Kind == types.TimestampLTZ
	inFlink := false
	switch to.Kind {
	case types.Time:
		inFlink = time || from.Kind == types.String && try
	case types.String:
		inFlink = from.Kind == types.Time || from.Kind == types.Bytes
	case types.Bytes:
		inFlink = from.Kind == types.String
	case types.Timestamp, types.TimestampLTZ:
		inFlink = from.Kind == types.Time
	case types.Boolean:
		inFlink = from.Kind == types.Double || from.Kind == types.Decimal
	case types.Decimal:
		inFlink = from.Kind == types.Boolean
	}
	if inFlink {
		return Missing{&Problem{0, "the Go engine has no CAST from " + from.String() + " to " + to.String(), ""}}
	}
	if from.Kind == types.String && to.Kind == types.Time {
		return mayThrow(to)
	}
	return &Problem{0, "there is no CAST from " + from.String() + " to " + to.String(), ""}
}

func mayThrow(to *types.Type) error {
	return &Problem{0, "a text that is not " + article(to) + " would make this CAST throw in Flink and lose the record",
		"write TRY_CAST(x AS " + to.String() + "), which gives NULL"}
}

func article(t *types.Type) string {
	if t.Kind == types.Int || t.Kind == types.Interval {
		return "an " + t.String()
	}
	return "a " + t.String()
}
