package check

import (
	"errors"
	"fmt"
	"slices"

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
	args, ok := c.exprs(x.Args, env)
	fn := function.Lookup(x.Name.Name)
	switch {
	case x.Over != nil || aggregates(x):
		c.reject(x, x.Name.Name+" looks at many records, and cannot stand here",
			"it can stand in the items of a SELECT")
		return nil
	case fn == nil && x.Name.Name == "CURRENT_WATERMARK":
		c.watermarkOf(x, &namespace{sources: env.sources})
		return nil
	case fn == nil:
		c.unknownFunction(x)
		return nil
	}
	if fn.Name == "INSTR" && (len(x.Args) == 3 || len(x.Args) == 4) {
		c.needsFlink(x, "the Go engine has INSTR with 2 arguments only", "LOCATE(needle, text, start) has a start")
		return nil
	}
	if wrong := fn.Arity(len(x.Args)); wrong != "" {
		c.reject(x, wrong, fn.Signature.String())
		return nil
	}
	if !ok {
		return nil
	}
	return c.apply(x, fn, args, env)
}

// unknownFunction says why the Go engine does not take a function.
func (c *checker) unknownFunction(x *syntax.Call) {
	if r, ok := function.Refused(x.Name.Name, len(x.Args)); ok {
		pos, end := x.Range()
		c.report(pos, end, r.Verdict, r.Reason, r.Hint)
		return
	}
	known := slices.Clone(function.Specials)
	for _, f := range function.All() {
		known = append(known, f.Name)
	}
	for _, f := range function.AllForeign() {
		known = append(known, f.Name)
	}
	hint := "docs/sql.md lists the functions"
	if n := diag.Nearest(x.Name.Name, known); n != "" {
		hint = "did you mean " + n + "?"
	}
	c.reject(x.Name, "there is no function "+x.Name.Name, hint)
}

// apply types a call of a function of the table.
func (c *checker) apply(x *syntax.Call, fn *function.Function, args []*ir.Expr, env *environment) *ir.Expr {
	if !c.arguments(x, fn, args) || fn.Alike && !c.alike(x, fn, args) || !c.chooses(x, fn, args, env) {
		return nil
	}
	first := args[0]
	if fn.Unify {
		if args, _ = c.unify(fn.Name, args, x.Args); args == nil {
			return nil
		}
	}
	op := fn.Op
	switch op.(type) {
	case ir.NullIf:
		if l, ok := args[1].Literal(); ok && l.Null {
			return first // Flink knows that nothing is equal to NULL: what JSON_OBJECT makes stays JSON text
		}
		args = append(args, first)
	case ir.Coalesce:
		if args[0].JSON == ir.RawJSON && fn.Name == "COALESCE" {
			return args[0] // Flink knows that JSON_OBJECT is never NULL and drops what follows it, but not of IFNULL
		}
	}
	call := function.Call{Args: args, Word: x.Word, From: x.From}
	call.Type = fn.Result.Of(call)
	if op == nil {
		if _, err := fn.Bind(call); err != nil {
			c.problem(x, err)
			return nil
		}
		op = function.Applied{Function: fn, Word: x.Word, From: x.From}
	}
	return c.g.Call(op, call.Type, args...)
}

// problem rejects an argument, or the call as a whole.
func (c *checker) problem(x *syntax.Call, err error) {
	var p *function.Problem
	var at syntax.Node = x
	if errors.As(err, &p) && p.Arg >= 0 {
		at = x.Args[p.Arg]
	}
	c.problemAt(at, err)
}

// problemAt reports what package function does not take: the Go engine alone, or both engines.
func (c *checker) problemAt(at syntax.Node, err error) {
	var p *function.Problem
	var missing function.Missing
	switch {
	case errors.As(err, &missing):
		c.needsFlink(at, missing.Message, missing.Hint)
	case errors.As(err, &p):
		c.reject(at, p.Message, p.Hint)
	default:
		c.reject(at, err.Error(), "")
	}
}

// arguments makes sure that a function takes arguments of these types, and widens them to what it takes.
func (c *checker) arguments(x *syntax.Call, fn *function.Function, args []*ir.Expr) (ok bool) {
	ok = true
	for i, a := range args {
		kind := fn.Kind(i)
		switch {
		case a.Type.Kind == types.Null && fn.TakesNull:
			if !fn.Unify {
				args[i] = c.null(kind.Null())
			}
		case a.Type.Kind == types.Null && kind == function.Element && args[0].Type.Kind == types.Array:
			args[i] = c.null(args[0].Type.Elem)
		case c.untyped(x.Args[i], a):
			ok = false
		case !kind.Accepts(a.Type) && fn.Op != nil && (fn.Unify || a.Type.Kind == types.Bytes):
			c.needsFlink(x.Args[i], fmt.Sprintf("the Go engine has no %s of %s", fn.Name, a.Type), "")
			ok = false
		case !kind.Accepts(a.Type):
			c.reject(x.Args[i], fmt.Sprintf("%s of %s takes %s, not %s", fn.Param(i), fn.Name, kind.Takes(), a.Type),
				castHint(fn, kind, a.Type))
			ok = false
		case kind == function.Real:
			args[i] = c.coerce(a, doubleType)
		}
	}
	return ok
}

// alike makes sure that a DECIMAL among the arguments has the type of all of them.
func (c *checker) alike(x *syntax.Call, fn *function.Function, args []*ir.Expr) bool {
	for i, a := range args {
		for _, b := range args[:i] {
			decimal := a.Type.Kind == types.Decimal || b.Type.Kind == types.Decimal
			null := a.Type.Kind == types.Null || b.Type.Kind == types.Null
			if decimal && !null && !a.Type.Equal(b.Type) {
				c.reject(x.Args[i], fmt.Sprintf("%s of %s and %s throws in Flink for NULL", fn.Name, b.Type, a.Type),
					"CAST them to one type")
				return false
			}
		}
	}
	return true
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
	case have.Kind == types.String && fn.Name == "MOD":
		return "write TRY_CAST(x AS BIGINT)"
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
	if len(args) != 3 {
		c.reject(x, fmt.Sprintf("IF takes 3 arguments, not %d", len(args)), "IF(condition, then, else)")
		return nil
	}
	if !ok {
		return nil
	}
	cond := c.condition(x.Args[0], args[0], "IF", env)
	if cond == nil {
		return nil
	}
	if c.untyped(x.Args[1], args[1]) || c.untyped(x.Args[2], args[2]) {
		return nil
	}
	values, t := c.unify("IF", args[1:], x.Args[1:])
	if t == nil {
		return nil
	}
	if isTime(t) && !args[1].Type.Equal(t) {
		c.reject(x, fmt.Sprintf("IF of %s and %s cuts the second to the first in Flink", args[1].Type, args[2].Type),
			"write CASE WHEN condition THEN .. ELSE .. END")
		return nil
	}
	return c.g.Call(ir.Case{}, t, append([]*ir.Expr{cond}, values...)...)
}
