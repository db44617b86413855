package function

import (
	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// jsonText holds what turns values into JSON text with an ordinary syntax; JSON_OBJECT and the
// functions with a path are typed by package check.
var jsonText = []*Function{
	fn("JSON_STRING(value)", Form{Kinds: []ParamKind{Anything}, Result: always(stringType), Op: JSONString{},
		TakesNull: true},
		"The value as JSON text; NULL for NULL. NaN and Infinity have no JSON text: such a row is a reject.",
		"JSON_STRING(CAST(21 AS DOUBLE))", "21.0"),
}

// JSONString is JSON_STRING(x). What JSON_OBJECT and JSON_ARRAY make, Flink does not quote again; but for the next
// function that takes it, it is a text.
type JSONString struct{}

// Build implements [ir.Op].
func (JSONString) Build(e *ir.Expr, args []code.Code) code.Code {
	if e.Args[0].JSON == ir.RawJSON {
		return args[0]
	}
	return JSONText(args[0])
}

// Facts says that it is JSON text, unless a DOUBLE is none.
func (JSONString) Facts(_ *types.Type, args []*ir.Expr) ir.Facts {
	f := ir.Facts{JSON: ir.IsJSON, Cheap: args[0].JSON == ir.RawJSON}
	if args[0].Type.Kind == types.Double {
		f.JSON = ir.MayNotBeFinite
	}
	return f
}
