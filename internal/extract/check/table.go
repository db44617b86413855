package check

import (
	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// table enters a source table: its physical columns are laid out, the computed ones are expressions over them.
func (c *checker) table(s *syntax.CreateTable) {
	t := &Table{Name: s.Name.Name}
	seen := map[string]bool{}
	ok := true
	for _, col := range s.Columns {
		if seen[col.Name.Name] {
			c.reject(col.Name, "the table has a column "+col.Name.Name+" already", "")
			ok = false
			continue
		}
		seen[col.Name.Name] = true
		if col.Type == nil && col.Expr == nil { // it could not be read
			ok = false
		}
		if col.Type == nil {
			continue
		}
		typ := c.typeOf(col.Type)
		if typ == nil {
			ok = false
			continue
		}
		t.Columns = append(t.Columns, types.Field{Name: col.Name.Name, Type: typ})
	}
	if ok && len(t.Columns) == 0 {
		c.reject(s.Name, "the table "+s.Name.Name+" has no column that is read from a record", "")
		ok = false
	}
	if s.Watermark != nil {
		c.needsFlink(s.Watermark, "WATERMARK is for windows, which the Go engine does not run", "")
	}
	if t.Decoder = c.decoder(s, t, ok); t.Decoder == nil {
		c.declare(s.Name, "table", nil)
		return
	}
	scope := c.g.Source(len(c.result.Tables), t.Decoder.KeepsBytes())
	c.result.Tables = append(c.result.Tables, t)
	physical := &source{alias: t.Name}
	for _, n := range t.Decoder.Layout().Columns {
		physical.columns = append(physical.columns, column{name: n.Name, typ: n.Type})
		physical.exprs = append(physical.exprs, c.g.Column(scope, n))
	}
	r := &relation{branches: []branch{{scope: scope}}}
	for _, col := range s.Columns {
		var e *ir.Expr
		if col.Type == nil {
			if e = c.expr(col.Expr, &environment{sources: []*source{physical}}); e == nil {
				c.declare(s.Name, "table", nil)
				return
			}
		} else {
			e = physical.exprs[physical.find(col.Name.Name)]
		}
		r.columns = append(r.columns, column{name: col.Name.Name, def: col.Name.Span, typ: e.Type,
			role: watermarked(s, col.Name.Name)})
		r.branches[0].exprs = append(r.branches[0].exprs, e)
	}
	c.declare(s.Name, "table", r)
}

// watermarked is the role of a column: it is the time attribute if the table has a WATERMARK FOR it.
func watermarked(s *syntax.CreateTable, name string) role {
	if s.Watermark != nil && s.Watermark.Column.Name == name {
		return role{kind: timeAttribute}
	}
	return role{}
}
