package check

import (
	"fmt"

	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/extract/row"
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// from resolves FROM into one input per branch of what it reads; nil after a diagnostic.
func (c *checker) from(f *syntax.From, local map[string]*declaration) []input {
	var r *relation
	alias := syntax.Ident{Span: f.Span}
	if f.Table != nil {
		r = c.lookup(*f.Table, local)
		alias = *f.Table
	} else {
		r = c.query(f.Query, local)
	}
	if r == nil {
		return nil
	}
	if f.Alias != nil {
		alias = *f.Alias
	}
	if r = c.rename(r, f.Columns, alias); r == nil {
		return nil
	}
	var inputs []input
	for _, b := range r.branches {
		inputs = append(inputs, input{
			env:   &environment{scope: b.scope, sources: []*source{{alias.Name, r.columns, b.exprs}}, shared: len(r.branches) > 1},
			where: b.where,
		})
	}
	for i := range f.Unnests {
		var next []input
		for _, in := range inputs {
			more := c.unnest(&f.Unnests[i], in)
			if more == nil {
				return nil
			}
			next = append(next, more...)
		}
		inputs = next
	}
	return inputs
}

// unnest adds the elements of an array to an input.
func (c *checker) unnest(u *syntax.Unnest, in input) []input {
	if a, ok := u.Array.(*syntax.Array); ok {
		return c.unnestConstructor(u, a, in)
	}
	if n, ok := u.Array.(*syntax.Name); ok && len(n.Parts) > 1 && !qualified(n, in.env) {
		c.reject(n, "Flink does not find a field of a column here without its table",
			"write UNNEST("+quote(in.env.sources[0].alias)+"."+joinIdents(n.Parts)+")")
		return nil
	}
	array := c.expr(u.Array, in.env)
	if array == nil {
		return nil
	}
	if array.Node == nil || array.Type.Kind != types.Array && array.Type.Kind != types.Map {
		c.reject(u.Array, "UNNEST takes an ARRAY or a MAP, not "+array.Type.String(), "")
		return nil
	}
	if array.Scope == nil {
		c.reject(u.Array, "this array does not depend on the record", "unnest a column, or ARRAY[ROW(..), ..] of its columns")
		return nil
	}
	if in.env.scope.Depth >= 8 {
		c.reject(u.Array, "more than eight arrays within each other are not supported", "")
		return nil
	}
	scope := c.g.Unnest(in.env.scope, array, u.Left)
	s := &source{}
	add := func(n *row.Node, name string) {
		s.columns = append(s.columns, column{name: name, typ: n.Type})
		s.exprs = append(s.exprs, c.g.Column(scope, n))
	}
	elem := array.Node.Elem
	switch {
	case array.Type.Kind == types.Map:
		add(&row.Node{Name: "KEY", Type: stringType, Cell: 0}, "KEY")
		add(elem, "VALUE")
	case elem.Type.Kind == types.Row:
		if u.Ordinality {
			c.reject(u.Array, "Flink fails on a NULL element with WITH ORDINALITY over rows", "declare ARRAY<STRING>, and read the elements with JSON_VALUE")
			return nil
		}
		for _, f := range elem.Fields {
			add(f, f.Name)
		}
	default:
		add(elem, "EXPR$0")
	}
	if u.Ordinality {
		s.columns = append(s.columns, column{"ORDINALITY", intType, !u.Left})
		s.exprs = append(s.exprs, c.g.Ordinal(scope))
	}
	if !c.nameUnnested(u, s, elem.Type.Kind == types.Row && array.Type.Kind == types.Array) {
		return nil
	}
	env := &environment{scope: scope, sources: append(append([]*source(nil), in.env.sources...), s), shared: in.env.shared}
	return []input{{env, in.where}}
}

// nameUnnested gives the columns of an unnested array the names that the alias says.
func (c *checker) nameUnnested(u *syntax.Unnest, s *source, rows bool) bool {
	if u.Alias != nil {
		s.alias = u.Alias.Name
	}
	if len(u.Columns) == 0 {
		if rows {
			return true
		}
		c.reject(u.Array, "the "+plural(len(s.columns), "column")+" of this UNNEST need names", "write UNNEST(..) AS x ("+exampleNames(len(s.columns))+")")
		return false
	}
	if len(u.Columns) != len(s.columns) {
		c.reject(u.Columns[0], fmt.Sprintf("%s for %s", plural(len(u.Columns), "name"), plural(len(s.columns), "column")), "name all of them in order: "+joinNames(s.columns))
		return false
	}
	renamed := make([]column, len(s.columns))
	for i := range s.columns {
		renamed[i] = column{u.Columns[i].Name, s.columns[i].typ, s.columns[i].notNull}
	}
	s.columns = renamed
	return true
}

// unnestConstructor makes a branch of every element of ARRAY[..], so that nothing is built at run time.
func (c *checker) unnestConstructor(u *syntax.Unnest, a *syntax.Array, in input) []input {
	if u.Left {
		c.reject(a, "an ARRAY[..] is never empty, so there is nothing for LEFT JOIN to keep", "write CROSS JOIN UNNEST(ARRAY[..])")
		return nil
	}
	if len(a.Items) == 0 {
		c.reject(a, "an empty ARRAY[] delivers nothing", "")
		return nil
	}
	var rows [][]*ir.Expr
	for _, item := range a.Items {
		exprs := []syntax.Expr{item}
		if r, ok := item.(*syntax.Row); ok {
			exprs = r.Items
		}
		if len(rows) > 0 && len(exprs) != len(rows[0]) {
			c.reject(item, fmt.Sprintf("this element has %s, the first has %s", plural(len(exprs), "value"), plural(len(rows[0]), "value")), "every ROW of an array has the same columns; a missing one is CAST(NULL AS STRING)")
			return nil
		}
		var r []*ir.Expr
		for _, x := range exprs {
			e := c.expr(x, in.env)
			if e == nil {
				return nil
			}
			if e.Type.Kind == types.Null {
				c.reject(x, "NULL has no type here", "write CAST(NULL AS STRING)")
				return nil
			}
			r = append(r, e)
		}
		rows = append(rows, r)
	}
	s := &source{columns: make([]column, len(rows[0]))}
	for j := range s.columns {
		t, notNull := rows[0][j].Type, true
		for i := range rows[1:] {
			u := common(t, rows[i+1][j].Type)
			if u == nil {
				c.reject(a.Items[i+1], fmt.Sprintf("value %d of this element is %s, before it was %s", j+1, rows[i+1][j].Type, t), "all elements of an array have one type")
				return nil
			}
			t = u
		}
		for _, r := range rows {
			notNull = notNull && isThere(r[j])
		}
		s.columns[j] = column{fmt.Sprintf("EXPR$%d", j), t, notNull}
	}
	if u.Ordinality {
		s.columns = append(s.columns, column{"ORDINALITY", intType, true})
	}
	if !c.nameUnnested(u, s, false) {
		return nil
	}
	var out []input
	for i, r := range rows {
		exprs := make([]*ir.Expr, 0, len(s.columns))
		for j, e := range r {
			exprs = append(exprs, c.coerce(e, s.columns[j].typ))
		}
		if u.Ordinality {
			exprs = append(exprs, c.intConstant(int64(i+1)))
		}
		elem := &source{s.alias, s.columns, exprs}
		out = append(out, input{
			env:   &environment{scope: in.env.scope, sources: append(append([]*source(nil), in.env.sources...), elem), shared: true},
			where: in.where,
		})
	}
	return out
}

func qualified(n *syntax.Name, env *environment) bool {
	for _, s := range env.sources {
		if s.alias == n.Parts[0].Name && s.find(n.Parts[1].Name) >= 0 {
			return true
		}
	}
	return false
}

func joinIdents(parts []syntax.Ident) string {
	out := ""
	for i, p := range parts {
		if i > 0 {
			out += "."
		}
		out += quote(p.Name)
	}
	return out
}

func joinNames(cols []column) string {
	out := ""
	for i, c := range cols {
		if i > 0 {
			out += ", "
		}
		out += quote(c.name)
	}
	return out
}

func exampleNames(n int) string { return [...]string{"", "v", "k, v", "k, v, n"}[min(n, 3)] }
