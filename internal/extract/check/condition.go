package check

import (
	"slices"

	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/function"
	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// Flink's planner decides conditions and choices between constants before the job runs. It gets some of
// them wrong and breaks down on others, so what would always be decided alike is refused: it is a slip of
// the pen anyway.

// condition makes x, resolved to e, an operand of an operator that takes conditions.
func (c *checker) condition(x syntax.Expr, e *ir.Expr, of string, env *environment) *ir.Expr {
	if e.Type.Kind != types.Boolean && e.Type.Kind != types.Null {
		hint := ""
		if of == "WHEN" {
			hint = "CASE x WHEN value THEN .. compares"
		}
		c.reject(x, of+" takes a condition, not "+e.Type.String(), hint)
		return nil
	}
	if fixed(x, e, env) || e.Scope != nil && alwaysAlike(e) {
		c.reject(x, "this condition does not depend on the record", "leave it out, or compare a column")
		return nil
	}
	if comparesWithNull(e) && !env.shared {
		c.reject(x, "this condition is never TRUE, and Flink's planner breaks down on a row that never comes",
			"leave it out, or ask IS NULL")
		return nil
	}
	return c.coerce(e, boolType)
}

// comparesWithNull reports whether a condition compares with a constant that is NULL.
func comparesWithNull(e *ir.Expr) bool {
	if _, ok := e.Op.(ir.Compare); !ok {
		return false
	}
	return slices.ContainsFunc(e.Args, func(a *ir.Expr) bool { return a.Scope == nil && !isThere(a) })
}

// fixed reports whether x, resolved to e, has one value for all records. A column that holds a constant
// in one branch of a UNION ALL may hold something else in another.
func fixed(x syntax.Expr, e *ir.Expr, env *environment) bool {
	return e.Scope == nil && !(env.shared && syntax.ReadsColumn(x))
}

// alwaysAlike reports whether a condition that chooses among constants is TRUE for each of them, or for none.
func alwaysAlike(e *ir.Expr) bool {
	all := outcomes(e)
	met := 0
	for _, o := range all {
		if o.Bool != nil && o.Bool(&code.Frame{}) == code.True {
			met++
		}
	}
	return len(all) > 0 && (met == 0 || met == len(all))
}

// outcomes are the values that e can have, where it only chooses among constants; else there are none.
func outcomes(e *ir.Expr) (out []code.Code) {
	const most = 16
	if e.Scope == nil {
		return []code.Code{e.Constant()}
	}
	if _, ok := e.Op.(ir.Case); ok {
		for _, v := range e.Args[len(e.Args)/2:] {
			of := outcomes(v)
			if of == nil || len(out)+len(of) > most {
				return nil
			}
			out = append(out, of...)
		}
		return out
	}
	if len(e.Args) != 1 {
		return nil
	}
	for _, o := range outcomes(e.Args[0]) {
		out = append(out, e.Compile([]code.Code{o}))
	}
	return out
}

// chooses refuses a call of a function that chooses between its arguments where it always chooses the same.
func (c *checker) chooses(x *syntax.Call, fn *function.Function, args []*ir.Expr, env *environment) bool {
	n := 0 // how many arguments must differ between records
	switch fn.Op.(type) {
	case ir.Coalesce:
		n = len(args) - 1
		if args[0].Type.Kind == types.Boolean { // a constant of which the planner comes to know later that it is not NULL
			n = max(n, 1)
		}
	case ir.NullIf:
		n = 1
		if args[0].Type.Kind == types.Null {
			c.reject(x.Args[0], "the first argument of NULLIF has no type", "write CAST(NULL AS STRING)")
			return false
		}
		if args[0] == args[1] && args[0].Scope != nil {
			c.reject(x, "NULLIF of a value and itself is NULL, but in Flink not for NaN", "compare with another value")
			return false
		}
	}
	for i := range n {
		if fixed(x.Args[i], args[i], env) {
			c.reject(x.Args[i], "this argument of "+fn.Name+" does not depend on the record, so there is nothing to choose",
				"write the value that is meant")
			return false
		}
	}
	return true
}

// literalInFlink refuses a constant time that Flink's planner cannot hold: it makes a literal of every
// constant, and breaks down on years before 1 and after 9999.
func (c *checker) literalInFlink(x syntax.Expr, e *ir.Expr) bool {
	if e.Scope != nil || !isTime(e.Type) && e.Type.Kind != types.Date {
		return true
	}
	var days int64
	var ok bool
	if v := e.Constant(); v.Time != nil {
		var t code.Instant
		t, ok = v.Time(&code.Frame{})
		days = t.Ms / 86_400_000
	} else {
		days, ok = v.Int(&code.Frame{})
	}
	if ok && (days < firstDay || days > lastDay) {
		c.reject(x, "this constant lies outside of the years 1 to 9999, which Flink's planner cannot hold", "")
		return false
	}
	return true
}

// The days of 0001-01-01 and 9999-12-31 since 1970.
const firstDay, lastDay = -719_162, 2_932_896
