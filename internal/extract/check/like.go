package check

import (
	"unicode/utf8"

	"github.com/railtwin/digitaltwin/internal/extract/function"
	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// like types x [NOT] LIKE 'pattern' [ESCAPE 'c'].
func (c *checker) like(x *syntax.Like, env *environment) *ir.Expr {
	e := c.expr(x.X, env)
	if e == nil {
		return nil
	}
	if c.untyped(x.X, e) {
		return nil
	}
	if e.Type.Kind != types.String {
		c.reject(x.X, "LIKE takes STRING, not "+e.Type.String(), "write CAST(x AS STRING)")
		return nil
	}
	pattern, ok := x.Pattern.(*syntax.Literal)
	if !ok || pattern.Kind != syntax.StringLiteral {
		if p := c.expr(x.Pattern, env); p != nil && !c.untyped(x.Pattern, p) {
			c.needsFlink(x.Pattern,
				"the Go engine takes a literal text as the pattern of LIKE, so that it is checked and compiled once",
				"for a text of the record use POSITION(a IN b) > 0 or STARTSWITH(b, a)")
		}
		return nil
	}
	if x.Similar {
		c.needsFlink(x, "the Go engine has no SIMILAR TO", "use LIKE, or REGEXP_EXTRACT(x, 'pattern') IS NOT NULL")
		return nil
	}
	if pattern.Text == "" {
		c.reject(x.Pattern, "Flink takes an empty pattern of LIKE for '%'", "write x = ''")
		return nil
	}
	escape := ""
	if x.Escape != nil {
		l, ok := x.Escape.(*syntax.Literal)
		if !ok || l.Kind != syntax.StringLiteral || utf8.RuneCountInString(l.Text) != 1 {
			c.reject(x.Escape, "ESCAPE takes one character as a literal text", "write ESCAPE '!'")
			return nil
		}
		escape = l.Text
	}
	op := function.Like{Pattern: pattern.Text, Escape: escape}
	if _, err := op.Compile(); err != nil {
		c.reject(x.Pattern, err.Error(), "")
		return nil
	}
	return c.not(c.g.Call(op, boolType, e), x.Not)
}
