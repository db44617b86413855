package check

import (
	"fmt"

	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// query resolves a query; local holds the views of WITH. It returns nil after a diagnostic.
func (c *checker) query(q syntax.Query, local map[string]*declaration) *relation {
	switch q := q.(type) {
	case *syntax.Select:
		return c.selectQuery(q, local, nil)
	case *syntax.Union:
		return c.union(q, local)
	case *syntax.Values:
		return c.values(q, nil)
	case *syntax.Ordered:
		return c.ordered(q, local)
	case *syntax.With:
		inner := map[string]*declaration{}
		for k, v := range local {
			inner[k] = v
		}
		for i := range q.Views {
			v := &q.Views[i]
			r := c.query(v.Query, inner)
			if r != nil {
				r = c.rename(r, v.Columns, v.Name)
			}
			inner[v.Name.Name] = &declaration{relation: r, what: "view"}
		}
		return c.query(q.Body, inner)
	}
	panic(fmt.Sprintf("BUG: query %T", q))
}

// union joins the branches; the types of a column are widened to one.
func (c *checker) union(q *syntax.Union, local map[string]*declaration) *relation {
	var parts []*relation
	for _, b := range q.Branches {
		parts = append(parts, c.query(b, local))
	}
	var out *relation
	for i, p := range parts {
		if p == nil {
			return nil
		}
		if out == nil {
			out = &relation{columns: append([]column(nil), p.columns...), foreign: p.foreign, open: p.open}
			continue
		}
		out.foreign = out.foreign || p.foreign
		if out.open = out.open || p.open; out.open {
			continue
		}
		if len(p.columns) != len(out.columns) {
			c.reject(q.Branches[i], fmt.Sprintf("this branch of UNION ALL has %s, the first has %s",
				plural(len(p.columns), "column"), plural(len(out.columns), "column")), "")
			return nil
		}
		for j := range out.columns {
			if out.columns[j].role != p.columns[j].role {
				out.columns[j].role = role{}
			}
			if out.columns[j].typ == nil || p.columns[j].typ == nil {
				out.columns[j].typ = nil
				continue
			}
			t := common(out.columns[j].typ, p.columns[j].typ)
			if t == nil {
				c.reject(q.Branches[i], fmt.Sprintf("column %d of this branch of UNION ALL is %s, before it was %s", j+1,
					p.columns[j].typ, out.columns[j].typ), "CAST one to the type of the other")
				return nil
			}
			out.columns[j].typ = t
			out.columns[j].notNull = out.columns[j].notNull && p.columns[j].notNull
		}
	}
	if out.foreign || out.open {
		return out
	}
	for _, p := range parts {
		for _, b := range p.branches {
			for j, e := range b.exprs {
				b.exprs[j] = c.coerce(e, out.columns[j].typ)
			}
			out.branches = append(out.branches, b)
		}
	}
	return out
}

// selectQuery resolves a SELECT; outer is what a query around it can name, where it is one that only Flink runs.
func (c *checker) selectQuery(q *syntax.Select, local map[string]*declaration, outer *namespace) *relation {
	if q.From == nil { // what it reads could not be read
		c.looseSelect(q, &namespace{open: true})
		return nil
	}
	if outer != nil || looksAtMany(q) {
		return c.foreignSelect(q, local, outer)
	}
	first, alias := c.source(&q.From.First, local)
	if first == nil {
		c.looseSelect(q, &namespace{open: true})
		return nil
	}
	if first.foreign {
		ns := &namespace{}
		ns.enter(alias, first)
		return c.foreignRest(q, local, ns)
	}
	inputs := c.from(first, alias, q.From.Joins)
	if inputs == nil {
		return nil
	}
	var out *relation
	for _, in := range inputs {
		r := c.selectBranch(q, in)
		if r == nil {
			return nil
		}
		if out == nil {
			out = r
			continue
		}
		out.branches = append(out.branches, r.branches...)
	}
	return out
}

// input is what one branch of FROM gives to the SELECT.
type input struct {
	env   *environment
	where []*ir.Expr
}

func (c *checker) selectBranch(q *syntax.Select, in input) *relation {
	r := &relation{}
	for _, s := range in.env.sources {
		r.from = append(r.from, s.columns...)
	}
	c.noteScope(q, in.env)
	b := branch{scope: in.env.scope, where: in.where, pos: q.Pos}
	ok := true
	for i, item := range q.Items {
		if item.Star {
			ok = c.star(item, in.env, r, &b) && ok
			continue
		}
		if _, ok := item.Expr.(*syntax.Unreadable); ok {
			r.open = true
		}
		e := c.expr(item.Expr, in.env)
		if e != nil && e.Type.Kind == types.Null {
			c.reject(item.Expr, "NULL has no type here", "write CAST(NULL AS STRING)")
			e = nil
		}
		col := column{name: itemName(item, i), def: definition(item)} // of a broken one, so that the others are known
		if e != nil {
			col.typ, col.notNull = e.Type, neverNull(item.Expr, in.env)
		}
		if n, ok := item.Expr.(*syntax.Name); ok {
			if of := in.env.column(n); of != nil {
				col.role = of.role
			}
		}
		r.columns = append(r.columns, col)
		b.exprs = append(b.exprs, e)
	}
	if q.Where != nil {
		w := c.expr(q.Where, in.env)
		if w != nil {
			w = c.condition(q.Where, w, "WHERE", in.env)
		}
		if w != nil {
			b.where = append(append([]*ir.Expr(nil), b.where...), w)
		}
	}
	if !ok {
		return nil
	}
	r.branches = []branch{b}
	return r
}

// definition is the place in an item of a SELECT that gives its column the name.
func definition(item syntax.Item) syntax.Span {
	if item.Alias != nil {
		return item.Alias.Span
	}
	return item.Span
}

func itemName(item syntax.Item, i int) string {
	if item.Alias != nil {
		return item.Alias.Name
	}
	switch x := item.Expr.(type) {
	case *syntax.Name:
		return x.Parts[len(x.Parts)-1].Name
	case *syntax.Field:
		return x.Name.Name
	}
	return fmt.Sprintf("EXPR$%d", i)
}

func (c *checker) star(item syntax.Item, env *environment, r *relation, b *branch) bool {
	found := false
	for _, s := range env.sources {
		if item.Qualifier != nil && s.alias != item.Qualifier.Name {
			continue
		}
		found = true
		r.columns = append(r.columns, s.columns...)
		b.exprs = append(b.exprs, s.exprs...)
	}
	if !found {
		var known []string
		for _, s := range env.sources {
			known = append(known, s.alias)
		}
		c.reject(item, "there is no table "+item.Qualifier.Name+" in this FROM", suggest(item.Qualifier.Name, known))
	}
	return found
}
