package function

import (
	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/jsonfunc"
)

// IsJSON is x IS [NOT] JSON [VALUE | OBJECT | ARRAY | SCALAR]; NULL is not JSON.
func IsJSON(x code.Code, what string, not bool) code.Code {
	want := map[string]byte{"OBJECT": 'o', "ARRAY": 'a', "SCALAR": 's'}[what]
	return code.Code{Bool: func(f *code.Frame) code.Tri {
		t, ok := x.Text(f)
		kind := byte(0)
		if ok {
			kind = jsonfunc.Kind(t)
		}
		return code.TriOf((kind != 0 && (want == 0 || kind == want)) != not)
	}}
}
