package check

import (
	"fmt"
	"strings"

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
	for i, a := range args {
		if c.untyped(x.Args[i], a) {
			return nil
		}
		if function.HoldsBytes(a.Type) {
			c.needsFlink(x.Args[i], fmt.Sprintf("the Go engine has no JSON text of %s", a.Type), "declare STRING")
			return nil
		}
		if why := function.NotJSON(a.Type); why != "" {
			c.reject(x.Args[i], fmt.Sprintf("%s cannot hold %s", x.Name.Name, a.Type), why)
			return nil
		}
	}
	if x.Name.Name == "JSON_ARRAY" {
		return c.g.Call(function.JSONArray{Absent: x.JSON.OnNull != "NULL"}, stringType, args...)
	}
	var entries []*ir.Expr
	seen := map[string]bool{}
	for i, k := range x.JSON.Keys {
		if seen[k.Value] {
			c.reject(x.Args[i], "the key '"+k.Value+"' stands twice in this object", "give every member a name of its own")
			return nil
		}
		seen[k.Value] = true
		entries = append(entries, c.text(k.Value), args[i])
	}
	return c.g.Call(function.JSONObject{Absent: x.JSON.OnNull == "ABSENT"}, stringType, entries...)
}

// isJSON types x IS JSON.
func (c *checker) isJSON(x *syntax.Is, e *ir.Expr) *ir.Expr {
	if c.untyped(x.X, e) {
		return nil
	}
	if e.Type.Kind != types.String {
		c.reject(x.X, "IS JSON takes STRING, not "+e.Type.String(), "")
		return nil
	}
	what := strings.TrimPrefix(strings.TrimPrefix(x.What, "JSON"), " ")
	return c.g.Call(function.IsJSON{What: what, Not: x.Not}, boolType, e)
}
