package check

import (
	"fmt"
	"unicode/utf8"

	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/text"
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// like types x [NOT] LIKE 'pattern' [ESCAPE 'c'].
func (c *checker) like(x *syntax.Like, env *environment) *ir.Expr {
	e := c.expr(x.X, env)
	if e == nil {
		return nil
	}
	if e.Type.Kind != types.String && e.Type.Kind != types.Null {
		c.reject(x.X, "LIKE takes STRING, not "+e.Type.String(), "write CAST(x AS STRING)")
		return nil
	}
	pattern, ok := x.Pattern.(*syntax.Literal)
	if !ok || pattern.Kind != syntax.StringLiteral {
		c.reject(x.Pattern, "the pattern of LIKE must be a literal text, so that it is checked and compiled once", "for a text of the record use POSITION(a IN b) > 0 or STARTSWITH(b, a)")
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
	p, err := text.CompileLike(pattern.Text, escape)
	if err != nil {
		c.reject(x.Pattern, err.Error(), "")
		return nil
	}
	key := fmt.Sprintf("like %q %q", pattern.Text, escape)
	like := c.g.Call(key, boolType, []*ir.Expr{c.coerce(e, stringType)}, func(a []code.Code) code.Code {
		return code.Code{Type: boolType, Bool: func(f *code.Frame) code.Tri {
			s, ok := a[0].Text(f)
			if !ok {
				return code.Unknown
			}
			return code.TriOf(p.Match(s))
		}}
	})
	return c.not(like, x.Not)
}
