package function

import (
	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// jsonText holds what turns values into JSON text with an ordinary syntax; JSON_OBJECT and the
// functions with a path are typed by package check.
var jsonText = []*Function{
	{
		Name: "JSON_STRING", Doc: "The value as JSON text; NULL for NULL. NaN and Infinity have no JSON text: such a row is a reject.",
		Params: []Param{{"value", Anything}}, Type: types.String,
		Bind:    plain(func(_ *types.Type, a []code.Code) code.Code { return JSONText(a[0]) }),
		Example: "JSON_STRING(CAST(21 AS DOUBLE))", Gives: "21.0",
	},
}
