package check

import (
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// environment is what an expression can name.
type environment struct {
	sources []*source
	scope   *ir.Scope // the innermost so far
	shared  bool      // other branches of a UNION ALL are read by the same expressions
}

// source is one table, view or unnested array in FROM.
type source struct {
	alias   string
	columns []column
	exprs   []*ir.Expr
	open    bool // there may be other columns
}

func (s *source) find(name string) int {
	for i, c := range s.columns {
		if c.name == name {
			return i
		}
	}
	return -1
}

// name resolves t.column.field... or column.field...
func (c *checker) name(n *syntax.Name, env *environment) *ir.Expr {
	first := n.Parts[0]
	if len(n.Parts) > 1 {
		for _, s := range env.sources {
			if s.alias != first.Name {
				continue
			}
			i := s.find(n.Parts[1].Name)
			if i < 0 && s.open {
				return nil
			}
			if i < 0 {
				c.reject(n.Parts[1], s.alias+" has no column "+n.Parts[1].Name, suggest(n.Parts[1].Name, names(s.columns)))
				return nil
			}
			c.noteName(n.Parts[1], "column", s.columns[i].typ, s.columns[i].def)
			return c.fields(s.exprs[i], n.Parts[2:])
		}
	}
	var found *ir.Expr // nil too where the column is broken
	var where []*source
	for _, s := range env.sources {
		if i := s.find(first.Name); i >= 0 {
			if n := count(s.columns, first.Name); n > 1 {
				c.reject(first, s.alias+" has "+plural(n, "column")+" named "+first.Name, "give them different names with AS")
				return nil
			}
			found = s.exprs[i]
			c.noteName(first, "column", s.columns[i].typ, s.columns[i].def)
			where = append(where, s)
		}
	}
	switch {
	case len(where) > 1:
		qualified := make([]string, len(where))
		for i, s := range where {
			qualified[i] = syntax.Quote(s.alias) + "." + syntax.Quote(first.Name)
		}
		c.reject(first, "the column "+first.Name+" is ambiguous", "qualify it: "+strings.Join(qualified, " or "))
		return nil
	case len(where) == 0:
		if slices.ContainsFunc(env.sources, func(s *source) bool { return s.open }) {
			return nil
		}
		var known []string
		for _, s := range env.sources {
			known = append(known, names(s.columns)...)
			if len(n.Parts) > 1 {
				known = append(known, s.alias)
			}
		}
		c.reject(first, "there is no column "+first.Name+" here", suggest(first.Name, known))
		return nil
	}
	return c.fields(found, n.Parts[1:])
}

// fields follows field names from e, which is nil where it is broken.
func (c *checker) fields(e *ir.Expr, path []syntax.Ident) *ir.Expr {
	for _, f := range path {
		if e == nil {
			return nil
		}
		e = c.field(e, f)
	}
	return e
}

func (c *checker) field(e *ir.Expr, f syntax.Ident) *ir.Expr {
	if e.Type.Kind != types.Row {
		hint := ""
		switch e.Type.Kind {
		case types.Array:
			hint = "an element of an array is a[1]; all of them are CROSS JOIN UNNEST(a)"
		case types.Map:
			hint = "a value of a map is m['" + f.Name + "']"
		case types.String:
			hint = "declare ROW<..>, or read JSON text with JSON_VALUE(x, '$." + f.Name + "')"
		}
		c.reject(f, "."+f.Name+" asks for a field, but this is "+e.Type.String(), hint)
		return nil
	}
	for i, n := range e.Node.Fields {
		if n.Name != f.Name {
			continue
		}
		field := e.Type.Fields[i]
		c.noteName(f, "field", field.Type, syntax.Span{})
		if len(e.Args) == 0 { // a ROW that is there or not has its fields at fixed places
			return c.g.Column(e.Scope, n)
		}
		return c.g.Call(ir.Field{Index: i}, field.Type, e)
	}
	known := make([]string, len(e.Type.Fields))
	for i, x := range e.Type.Fields {
		known[i] = x.Name
	}
	c.reject(f, "there is no field "+f.Name+" in "+e.Type.String(), suggest(f.Name, known))
	return nil
}

func names(cols []column) []string {
	out := make([]string, len(cols))
	for i, c := range cols {
		out[i] = c.name
	}
	return out
}

func count(cols []column, name string) (n int) {
	for _, c := range cols {
		if c.name == name {
			n++
		}
	}
	return n
}
