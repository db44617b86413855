package check

import (
	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
)

func (c *checker) jsonPath(x *syntax.Call, env *environment) *ir.Expr {
	c.reject(x, x.Name.Name+" is not supported yet", "")
	return nil
}
