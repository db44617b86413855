package check

import (
	"errors"
	"fmt"
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/diag"
	"github.com/railtwin/digitaltwin/internal/extract/function"
	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// call resolves name(args).
func (c *checker) call(x *syntax.Call, env *environment) *ir.Expr {
	switch x.Name.Name {
	case "JSON_VALUE", "JSON_QUERY", "JSON_EXISTS":
		return c.jsonPath(x, env)
	case "JSON_OBJECT", "JSON_ARRAY":
		return c.jsonConstructor(x, env)
	case "IF":
		return c.ifCall(x, env)
	}
	fn := function.Lookup(x.Name.Name)
	if fn == nil {
		c.unknownFunction(x)
		return nil
	}
	args, ok := c.exprs(x.Args, env)
	if !ok || !c.arity(x, fn) {
		return nil
	}
	return c.apply(x, fn, args, env)
}

func (c *checker) unknownFunction(x *syntax.Call) {
	if r, ok := function.Refused(x.Name.Name); ok {
		pos, end := x.Range()
		c.report(pos, end, r.Verdict, r.Reason, r.Hint)
		return
	}
	known := []string{"JSON_VALUE", "JSON_QUERY", "JSON_EXISTS", "JSON_OBJECT", "JSON_ARRAY", "IF", "CAST", "TRY_CAST"}
	for _, f := range function.All() {
		known = append(known, f.Name)
	}
	hint := "docs/sql.md lists the functions"
	if n := diag.Nearest(x.Name.Name, known); n != "" {
		hint = "did you mean " + n + "?"
	}
	c.reject(x.Name, "there is no function "+x.Name.Name, hint)
}

// arity checks the number of arguments.
func (c *checker) arity(x *syntax.Call, fn *function.Function) bool {
	least, most := len(fn.Params)-fn.Optional, len(fn.Params)
	n := len(x.Args)
	if n >= least && (n <= most || fn.Repeat) {
		return true
	}
	takes := plural(least, "argument")
	switch {
	case fn.Repeat:
		takes = "at least " + takes
	case fn.Optional > 0:
		takes = fmt.Sprintf("%d to %s", least, plural(most, "argument"))
	}
	var params []string
	for _, p := range fn.Params {
		params = append(params, p.Name)
	}
	c.reject(x, fmt.Sprintf("%s takes %s, not %d", fn.Name, takes, n), fn.Name+"("+strings.Join(params, ", ")+")")
	return false
}

// apply types a call of a function of the table.
func (c *checker) apply(x *syntax.Call, fn *function.Function, args []*ir.Expr, env *environment) *ir.Expr {
	ok := true
	for i, a := range args {
		p := fn.Params[min(i, len(fn.Params)-1)]
		switch {
		case a.Type.Kind == types.Null && fn.Name == "TIMESTAMPADD":
			c.reject(x.Args[i], "NULL has no type here", "write CAST(NULL AS INT) or CAST(NULL AS TIMESTAMP_LTZ(3))")
			ok = false
		case a.Type.Kind == types.Null && !fn.Unify:
			args[i] = c.nullConstant(p.Kind.Default())
		case a.Type.Kind == types.Null:
		case !p.Kind.Accepts(a.Type):
			c.reject(x.Args[i], fmt.Sprintf("%s of %s takes %s, not %s", p.Name, fn.Name, p.Kind.Takes(), a.Type), castHint(fn, p.Kind, a.Type))
			ok = false
		case p.Kind == function.Real:
			args[i] = c.coerce(a, doubleType)
		}
	}
	if !ok {
		return nil
	}
	if fn.Alike && !c.alike(x, fn, args) {
		return nil
	}
	if !c.chooses(x, fn, args, env) {
		return nil
	}
	first := args[0]
	if fn.Unify {
		if args, _ = c.unify(fn.Name, args, x.Args); args == nil {
			return nil
		}
	}
	if fn.Name == "NULLIF" { // compares in the common type, and gives the first as it was
		args = append(args, first)
	}
	t := &types.Type{Kind: fn.Type}
	if fn.Result != nil {
		kinds := make([]*types.Type, len(args))
		for i, a := range args {
			kinds[i] = a.Type
		}
		t = fn.Result(kinds)
	}
	build, err := fn.Bind(function.Call{Type: t, Args: args, Words: x.Words, From: x.From})
	if err != nil {
		var p *function.Problem
		if errors.As(err, &p) && p.Arg >= 0 {
			c.reject(x.Args[p.Arg], p.Message, p.Hint)
		} else {
			hint := ""
			if p != nil {
				hint = p.Hint
			}
			c.reject(x, err.Error(), hint)
		}
		return nil
	}
	if fn.Name == "COALESCE" && args[0].JSON == ir.RawJSON {
		return args[0] // Flink knows that JSON_OBJECT is never NULL and drops what stands behind it
	}
	if fn.Name == "JSON_STRING" && args[0].JSON == ir.RawJSON {
		once := *args[0] // JSON text that Flink does not quote again, but for the next that takes it it is a text
		once.JSON = ir.IsJSON
		return &once
	}
	e := c.g.Call(fn.Name+strings.Join(x.Words, ","), t, args, build)
	if fn.Node != nil {
		e.Node = fn.Node
	}
	e.JSON = resultJSON(fn, args)
	e.NonZero = fn.Name == "NULLIF" && isZero(x.Args[1])
	return e
}

// alike makes sure that a DECIMAL among the arguments has the type of all of them.
func (c *checker) alike(x *syntax.Call, fn *function.Function, args []*ir.Expr) bool {
	for i, a := range args {
		if a.Type.Kind == types.Null {
			c.reject(x.Args[i], "a NULL in "+fn.Name+" has no type", "write CAST(NULL AS ..)")
			return false
		}
		for _, b := range args[:i] {
			if (a.Type.Kind == types.Decimal || b.Type.Kind == types.Decimal) && !a.Type.Equal(b.Type) {
				c.reject(x.Args[i], fmt.Sprintf("%s of %s and %s throws in Flink for NULL", fn.Name, b.Type, a.Type), "CAST them to one type")
				return false
			}
		}
	}
	return true
}

func isZero(x syntax.Expr) bool {
	l, ok := x.(*syntax.Literal)
	return ok && l.Kind == syntax.NumberLiteral && l.Text == "0"
}

// resultJSON says what is known of a result as JSON text.
func resultJSON(fn *function.Function, args []*ir.Expr) ir.JSONKind {
	switch {
	case fn.Name == "JSON_STRING":
		return jsonOf(args[0].Type)
	case fn.Unify:
		return jointJSON(args)
	}
	return ir.NotJSON
}

// jsonOf says what the JSON text of a value of type t can be.
func jsonOf(t *types.Type) ir.JSONKind {
	if t.Kind == types.Double {
		return ir.MayNotBeFinite
	}
	return ir.IsJSON
}

func castHint(fn *function.Function, want function.ParamKind, have *types.Type) string {
	switch {
	case fn.Name == "TO_TIMESTAMP" && have.Numeric():
		return "write TO_TIMESTAMP_LTZ(x, 0) for seconds since 1970, TO_TIMESTAMP_LTZ(x, 3) for milliseconds"
	case want == function.Anything:
		return function.NotJSON(have)
	case want == function.Text && have.Kind == types.Double:
		return "write JSON_STRING(x)"
	case want == function.Text && have.Kind < types.Array:
		return "write CAST(x AS STRING)"
	case have.Kind == types.String && (want == function.Number || want == function.Real):
		return "write TRY_CAST(x AS DOUBLE)"
	case have.Kind == types.String && want == function.Whole:
		return "write TRY_CAST(x AS INT)"
	case have.Kind == types.String && want == function.Moment:
		return "write TO_TIMESTAMP_LTZ(x, 'yyyy-MM-dd HH:mm:ss', 'UTC')"
	}
	return ""
}

// ifCall is IF(condition, then, else), a CASE in short.
func (c *checker) ifCall(x *syntax.Call, env *environment) *ir.Expr {
	args, ok := c.exprs(x.Args, env)
	if !ok {
		return nil
	}
	if len(args) != 3 {
		c.reject(x, fmt.Sprintf("IF takes 3 arguments, not %d", len(args)), "IF(condition, then, else)")
		return nil
	}
	cond := c.condition(x.Args[0], args[0], "IF", env)
	if cond == nil {
		return nil
	}
	values, t := c.unify("IF", args[1:], x.Args[1:])
	if t == nil {
		return nil
	}
	if isTime(t) && args[1].Type.Kind != types.Null && !args[1].Type.Equal(t) {
		c.reject(x, fmt.Sprintf("IF of %s and %s cuts the second to the first in Flink", args[1].Type, args[2].Type), "write CASE WHEN condition THEN .. ELSE .. END")
		return nil
	}
	e := c.g.Call("case 1", t, append([]*ir.Expr{cond}, values...), func(a []code.Code) code.Code { return code.Case(a[:1], a[1:2], a[2]) })
	e.JSON = jointJSON(values)
	return e
}
