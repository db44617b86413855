package function

import (
	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

var collections = []*Function{
	{
		Name: "CARDINALITY", Doc: "How many elements an ARRAY or MAP has; NULL for NULL.",
		Params: []Param{{"collection", List}}, Type: types.Int,
		Bind:    plain(func(_ *types.Type, a []code.Code) code.Code { return code.Cardinality(a[0]) }),
		Example: "CARDINALITY(SPLIT('a,b', ','))", Gives: "2",
	},
}
