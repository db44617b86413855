package function

import (
	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/text"
)

// Like is x LIKE 'pattern' ESCAPE 'escape', which is one character or none.
type Like struct{ Pattern, Escape string }

// Compile says what is wrong with the pattern.
func (o Like) Compile() (*text.Like, error) { return text.CompileLike(o.Pattern, o.Escape) }

// Build implements [ir.Op].
func (o Like) Build(_ *ir.Expr, args []code.Code) code.Code {
	p, err := o.Compile()
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return code.Code{Bool: func(f *code.Frame) code.Tri {
		s, ok := args[0].Text(f)
		if !ok {
			return code.Unknown
		}
		return code.TriOf(p.Match(s))
	}}
}
