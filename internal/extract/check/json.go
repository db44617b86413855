package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/function"
	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// jsonConstructor types JSON_OBJECT and JSON_ARRAY.
func (c *checker) jsonConstructor(x *syntax.Call, env *environment) *ir.Expr {
	args, ok := c.exprs(x.Args, env)
	if !ok {
		return nil
	}
	kind := ir.RawJSON
	raw := make([]bool, len(args))
	for i, a := range args {
		if a.Type.Kind == types.Null {
			args[i] = c.nullConstant(stringType)
			continue
		}
		if why := function.NotJSON(a.Type); why != "" {
			c.reject(x.Args[i], fmt.Sprintf("%s cannot hold %s", x.Name.Name, a.Type), why)
			return nil
		}
		raw[i] = a.JSON == ir.RawJSON
	}
	var keys []string
	for i, k := range x.JSON.Keys {
		if slices.Contains(keys, k.Value) {
			c.reject(x.Args[i], "the key '"+k.Value+"' stands twice in this object", "give every member a name of its own")
			return nil
		}
		keys = append(keys, k.Value)
	}
	key := fmt.Sprintf("%s %q %s %v", x.Name.Name, keys, x.JSON.OnNull, raw)
	e := c.g.Call(key, stringType, args, func(a []code.Code) code.Code {
		if x.Name.Name == "JSON_OBJECT" {
			return function.JSONObject(keys, a, raw, x.JSON.OnNull == "ABSENT")
		}
		return function.JSONArray(a, raw, x.JSON.OnNull == "NULL")
	})
	e.JSON = kind
	return e
}

// isJSON types x IS JSON.
func (c *checker) isJSON(x *syntax.Is, e *ir.Expr) *ir.Expr {
	if e.Type.Kind != types.String && e.Type.Kind != types.Null {
		c.reject(x.X, "IS JSON takes STRING, not "+e.Type.String(), "")
		return nil
	}
	what := strings.TrimPrefix(strings.TrimPrefix(x.What, "JSON"), " ")
	key := fmt.Sprintf("is json %s %t", what, x.Not)
	return c.g.Call(key, boolType, []*ir.Expr{c.coerce(e, stringType)}, func(a []code.Code) code.Code {
		return function.IsJSON(a[0], what, x.Not)
	})
}
