package check

import (
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/function"
	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/jsonfunc"
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// jsonPath types JSON_VALUE, JSON_QUERY and JSON_EXISTS.
func (c *checker) jsonPath(x *syntax.Call, env *environment) *ir.Expr {
	e := c.expr(x.Args[0], env)
	if e == nil {
		return nil
	}
	if c.untyped(x.Args[0], e) {
		return nil
	}
	if e.Type.Kind != types.String {
		c.reject(x.Args[0], x.Name.Name+" reads JSON text (STRING), not "+e.Type.String(), "")
		return nil
	}
	l, ok := x.Args[1].(*syntax.Literal)
	if !ok || l.Kind != syntax.StringLiteral {
		switch p := c.expr(x.Args[1], env); {
		case p == nil || c.untyped(x.Args[1], p):
		case x.Name.Name == "JSON_EXISTS":
			c.reject(x.Args[1], "Flink takes a literal text as the path of JSON_EXISTS", "write '$.name'")
		default:
			c.needsFlink(x.Args[1],
				"the Go engine takes a literal text as the path of "+x.Name.Name+", so that it is checked and compiled once",
				"write '$.name'")
		}
		return nil
	}
	compile := jsonfunc.Compile
	if x.Name.Name == "JSON_QUERY" { // which may find several values
		compile = jsonfunc.CompileQuery
	}
	path, err := compile(l.Text)
	if err != nil {
		c.reject(x.Args[1], err.Error(), "")
		return nil
	}
	if x.JSON.OnEmpty == "ERROR" || x.JSON.OnError == "ERROR" {
		c.reject(x, "ERROR ON EMPTY and ERROR ON ERROR throw, which loses the record",
			"write NULL ON ERROR, or DEFAULT 'x' ON ERROR")
		return nil
	}
	if x.JSON.OnEmpty != "" && !path.Lax {
		c.warn(x.Args[1], "a strict path has no empty result, so ON EMPTY never applies",
			"write 'lax "+l.Text+"', or ON ERROR")
	}
	if path.Never {
		c.warn(x.Args[1], "with a blank before the $ Flink finds nothing", "write '"+strings.TrimLeft(l.Text, " \t\r\n")+"'")
	}
	switch x.Name.Name {
	case "JSON_EXISTS":
		onError := map[string]code.Tri{"TRUE": code.True, "UNKNOWN": code.Unknown, "FALSE": code.False,
			"": code.False}[x.JSON.OnError]
		return c.g.Call(function.JSONExists{Path: l.Text, OnError: onError}, boolType, e)
	case "JSON_VALUE":
		return c.jsonValue(x, e, l.Text, env)
	}
	return c.jsonQuery(x, e, l.Text)
}

// jsonValue has two more arguments, the values of DEFAULT, or NULL.
func (c *checker) jsonValue(x *syntax.Call, e *ir.Expr, path string, env *environment) *ir.Expr {
	if r := x.JSON.Returning; r != nil {
		if t := c.typeOf(r); t == nil || t.Kind != types.String {
			if t != nil {
				c.reject(r, "RETURNING "+t.String()+" throws in Flink for values of another type",
					"write TRY_CAST(JSON_VALUE(x, '"+path+"') AS "+t.String()+")")
			}
			return nil
		}
	}
	args := []*ir.Expr{e}
	for _, d := range []syntax.Expr{x.JSON.EmptyDefault, x.JSON.ErrorDefault} {
		v := c.null(stringType)
		if d != nil {
			if v = c.expr(d, env); v == nil {
				return nil
			}
			if v.Type.Kind != types.String {
				c.reject(d, "the DEFAULT of JSON_VALUE is STRING, not "+v.Type.String(), "quote it")
				return nil
			}
		}
		args = append(args, v)
	}
	return c.g.Call(function.JSONValue{Path: path}, stringType, args...)
}

func (c *checker) jsonQuery(x *syntax.Call, e *ir.Expr, path string) *ir.Expr {
	w := map[string]jsonfunc.Wrapper{"CONDITIONAL": jsonfunc.Conditional,
		"UNCONDITIONAL": jsonfunc.Unconditional}[x.JSON.Wrapper]
	if r := x.JSON.Returning; r != nil {
		t := c.typeOf(r)
		switch {
		case t == nil:
			return nil
		case t.Kind == types.Array && t.Elem.Kind == types.String:
			if x.JSON.OnEmpty != "" || x.JSON.OnError != "" {
				c.needsFlink(x, "the Go engine has no ON EMPTY and ON ERROR with RETURNING ARRAY<STRING>",
					"what is no array is NULL")
				return nil
			}
			return c.g.Call(function.JSONStrings{Path: path, Wrapper: w}, t, e)
		case t.Kind != types.String:
			c.reject(r, "JSON_QUERY returns STRING or ARRAY<STRING>, not "+t.String(), "")
			return nil
		}
	}
	text := map[string]string{"EMPTY ARRAY": "[]", "EMPTY OBJECT": "{}"}
	op := function.JSONQuery{Path: path, Wrapper: w, OnEmpty: text[x.JSON.OnEmpty], OnError: text[x.JSON.OnError]}
	return c.g.Call(op, stringType, e)
}
