package function

import (
	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/jsonfunc"
)

// IsJSON is x IS [NOT] JSON [VALUE | OBJECT | ARRAY | SCALAR]; NULL is not JSON.
type IsJSON struct {
	What string // "" is any
	Not  bool
}

// Build implements [ir.Op].
func (o IsJSON) Build(_ *ir.Expr, args []code.Code) code.Code {
	want := map[string]byte{"OBJECT": 'o', "ARRAY": 'a', "SCALAR": 's'}[o.What]
	return code.Code{Bool: func(f *code.Frame) code.Tri {
		t, ok := args[0].Text(f)
		kind := byte(0)
		if ok {
			kind = jsonfunc.Kind(t)
		}
		return code.TriOf((kind != 0 && (want == 0 || kind == want)) != o.Not)
	}}
}
