package check

import (
	"fmt"

	"github.com/railtwin/digitaltwin/internal/extract/row"
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// from makes an input of every branch of what FROM reads, with the arrays that are unnested beside it; nil after a
// diagnostic.
func (c *checker) from(r *relation, alias string, joins []syntax.Join) []input {
	var inputs []input
	for _, b := range r.branches {
		inputs = append(inputs, input{
			env: &environment{scope: b.scope, sources: []*source{{alias, r.columns, b.exprs, r.open}},
				shared: len(r.branches) > 1},
			where: b.where,
		})
	}
	for i := range joins {
		if !c.onTrue(&joins[i]) {
			return nil
		}
		var next []input
		for _, in := range inputs {
			more := c.unnest(&joins[i], in)
			if more == nil {
				return nil
			}
			next = append(next, more...)
		}
		inputs = next
	}
	return inputs
}

// source resolves a table, a view or a query of FROM, with the names that its alias gives it; nil after a
// diagnostic.
func (c *checker) source(s *syntax.Source, local map[string]*declaration) (*relation, string) {
	var r *relation
	alias := syntax.Ident{Span: s.Span}
	if s.Table != nil {
		r = c.lookup(*s.Table, local)
		alias = *s.Table
	} else {
		r = c.query(s.Query, local)
	}
	if s.Alias != nil {
		alias = *s.Alias
	}
	if r == nil {
		return nil, alias.Name
	}
	return c.rename(r, s.Columns, alias), alias.Name
}

// onTrue makes sure that an array is joined with its own record.
func (c *checker) onTrue(j *syntax.Join) bool {
	if l, ok := j.On.(*syntax.Literal); ok && l.Kind == syntax.BoolLiteral && l.Text == "TRUE" {
		return true
	}
	switch j.Kind {
	case syntax.CommaJoin, syntax.CrossJoin:
		if j.On == nil {
			return true
		}
	}
	c.reject(j, "the condition of a JOIN with UNNEST can only be ON TRUE",
		"write ON TRUE, and the condition into WHERE")
	return false
}

// unnest adds the elements of an array to an input.
func (c *checker) unnest(j *syntax.Join, in input) []input {
	u, left := j.Source.Unnest, j.Kind == syntax.LeftJoin
	if a, ok := u.Array.(*syntax.Array); ok {
		return c.unnestConstructor(j, a, in)
	}
	if n, ok := u.Array.(*syntax.Name); ok && c.fieldAlone(n, in.env) {
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
	scope := c.g.Unnest(in.env.scope, array, left)
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
			c.reject(u.Array, "Flink fails on a NULL element with WITH ORDINALITY over rows",
				"declare ARRAY<STRING>, and read the elements with JSON_VALUE")
			return nil
		}
		for _, f := range elem.Fields {
			add(f, f.Name)
		}
	default:
		add(elem, "EXPR$0")
	}
	if u.Ordinality && left && c.inView {
		c.reject(j,
			"in a view, Flink's planner forgets that the number is NULL where there is no element, and may break down",
			"write CROSS JOIN UNNEST, or unnest in the INSERT")
		return nil
	}
	if u.Ordinality {
		s.columns = append(s.columns, column{name: "ORDINALITY", typ: intType, notNull: !left})
		s.exprs = append(s.exprs, c.g.Ordinal(scope))
	}
	if !c.nameUnnested(&j.Source, s, elem.Type.Kind == types.Row && array.Type.Kind == types.Array) {
		return nil
	}
	env := &environment{scope: scope, sources: append(append([]*source(nil), in.env.sources...), s), shared: in.env.shared}
	return []input{{env, in.where}}
}

// nameUnnested gives the columns of an unnested array the names that the alias says.
func (c *checker) nameUnnested(u *syntax.Source, s *source, rows bool) bool {
	if u.Alias != nil {
		s.alias = u.Alias.Name
	}
	if len(u.Columns) == 0 {
		if rows {
			return true
		}
		c.reject(u.Unnest.Array, "the "+plural(len(s.columns), "column")+" of this UNNEST need names",
			"write UNNEST(..) AS x ("+exampleNames(len(s.columns))+")")
		return false
	}
	if len(u.Columns) != len(s.columns) {
		c.reject(u.Columns[0], fmt.Sprintf("%s for %s", plural(len(u.Columns), "name"), plural(len(s.columns), "column")),
			"name all of them in order: "+joinNames(s.columns))
		return false
	}
	renamed := make([]column, len(s.columns))
	for i := range s.columns {
		renamed[i] = s.columns[i]
		renamed[i].name = u.Columns[i].Name
	}
	s.columns = renamed
	return true
}

// fieldAlone refuses a field of a column that is named without its table within UNNEST.
func (c *checker) fieldAlone(n *syntax.Name, env *environment) bool {
	if len(n.Parts) == 1 || qualified(n, env) {
		return false
	}
	c.reject(n, "Flink does not find a field of a column here without its table",
		"write "+syntax.Quote(env.sources[0].alias)+"."+joinIdents(n.Parts))
	return true
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
		out += syntax.Quote(p.Name)
	}
	return out
}

func joinNames(cols []column) string {
	out := ""
	for i, c := range cols {
		if i > 0 {
			out += ", "
		}
		out += syntax.Quote(c.name)
	}
	return out
}

func exampleNames(n int) string { return [...]string{"", "v", "k, v", "k, v, n"}[min(n, 3)] }
