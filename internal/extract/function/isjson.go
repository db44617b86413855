package function

import (
	"encoding/json"

	"github.com/railtwin/digitaltwin/internal/extract/code"
)

// IsJSON is x IS [NOT] JSON [VALUE | OBJECT | ARRAY | SCALAR]; NULL is not JSON.
func IsJSON(x code.Code, what string, not bool) code.Code {
	return code.Code{Bool: func(f *code.Frame) code.Tri {
		t, ok := x.Text(f)
		t = trimBlanks(t)
		yes := ok && json.Valid(t)
		if yes {
			switch what {
			case "OBJECT":
				yes = t[0] == '{'
			case "ARRAY":
				yes = t[0] == '['
			case "SCALAR":
				yes = t[0] != '{' && t[0] != '['
			}
		}
		return code.TriOf(yes != not)
	}}
}
