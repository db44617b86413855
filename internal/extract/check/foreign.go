package check

import (
	"slices"

	"github.com/railtwin/digitaltwin/internal/extract/function"
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
)

// What looks at many records, only Flink runs. Of such a query the names are resolved and the functions looked up;
// of its types little is known. It is not taken for more than it is, though: the sink takes rows and never takes
// one back, so that Flink refuses a query whose rows change when more records come. These are rejected here, with
// the way out. Which they are, was found by running each of them (test/flink).

// role is what a column is to a query that only Flink runs.
type role struct {
	kind roleKind
	rank *ranking // of ROW_NUMBER() OVER (..) and its like
}

type roleKind uint8

const (
	noRole        roleKind = iota
	timeAttribute          // has a WATERMARK
	windowStart            // of a windowing table function
	windowEnd
)

// namespace is what the expressions of a query that only Flink runs can name.
type namespace struct {
	outer   *namespace // of the query around a subquery
	sources []*source
	open    bool // there may be other columns too
	used    bool // a subquery has named one of these columns
}

// resolve finds what a name names: its column, where it is a column as a whole. It is found also where it is a field
// of one, or may be a column that is not known.
func (ns *namespace) resolve(n *syntax.Name) (col *column, found bool) {
	env := environment{sources: ns.sources}
	if col = env.column(n); col != nil {
		ns.used = true
		return col, true
	}
	for _, s := range ns.sources {
		field := s.find(n.Parts[0].Name) >= 0
		if field || s.alias == n.Parts[0].Name && len(n.Parts) > 1 && s.find(n.Parts[1].Name) >= 0 {
			ns.used = true
			return nil, true
		}
	}
	if ns.outer != nil {
		return ns.outer.resolve(n)
	}
	return nil, ns.open
}

// names are the columns that are known.
func (ns *namespace) names() (out []string) {
	for _, s := range ns.sources {
		out = append(out, names(s.columns)...)
	}
	return out
}

// role is the role of the column that an expression names, if it is a column.
func (ns *namespace) role(x syntax.Expr) role {
	if n, ok := x.(*syntax.Name); ok {
		if col, _ := ns.resolve(n); col != nil {
			return col.role
		}
	}
	return role{}
}

// looksAtMany reports whether only Flink runs a SELECT by the way it is written.
func looksAtMany(q *syntax.Select) bool {
	if q.Distinct != (syntax.Span{}) || q.Group != nil || q.Having != nil || q.Windows != nil || q.Qualify != nil {
		return true
	}
	if foreignSource(&q.From.First) {
		return true
	}
	for i := range q.From.Joins {
		j := &q.From.Joins[i]
		outer := j.Kind == syntax.RightJoin || j.Kind == syntax.FullJoin
		if j.Natural || outer || j.Source.Unnest == nil || foreignSource(&j.Source) {
			return true
		}
	}
	for _, item := range q.Items {
		if many(item.Expr) {
			return true
		}
	}
	return many(q.Where)
}

func foreignSource(s *syntax.Source) bool {
	_, values := s.Query.(*syntax.Values)
	return s.Lateral || s.Function != nil || s.Clause != "" || values
}

// many reports whether an aggregate, OVER or a subquery stands anywhere in x.
func many(x syntax.Expr) bool {
	found := false
	syntax.Walk(x, func(x syntax.Expr) {
		switch x := x.(type) {
		case *syntax.Subquery:
			found = true
		case *syntax.In:
			found = found || x.Query != nil
		case *syntax.Call:
			found = found || x.Over != nil || aggregates(x)
		}
	})
	return found
}

// aggregates reports whether a call makes one value of many rows.
func aggregates(x *syntax.Call) bool {
	return x.Over == nil && (x.Aggregate || function.Aggregate(x.Name.Name))
}

// foreignSelect resolves a SELECT that only Flink runs.
func (c *checker) foreignSelect(q *syntax.Select, local map[string]*declaration, outer *namespace) *relation {
	ns := &namespace{outer: outer}
	c.foreignSource(&q.From.First, local, ns)
	return c.foreignRest(q, local, ns)
}

// foreignRest resolves a SELECT that only Flink runs, whose first source is entered.
func (c *checker) foreignRest(q *syntax.Select, local map[string]*declaration, ns *namespace) *relation {
	c.foreignJoins(q.From, local, ns)
	c.looseSelect(q, ns)
	c.subqueries(q, local, ns)
	c.ranks(q, ns)
	c.grouped(q, ns)
	r := &relation{foreign: true}
	for _, s := range ns.sources {
		r.from = append(r.from, s.columns...)
	}
	for i, item := range q.Items {
		if _, ok := item.Expr.(*syntax.Unreadable); ok {
			r.open = true
		}
		if !item.Star {
			r.columns = append(r.columns, c.foreignItem(q, item, i, ns))
			continue
		}
		for _, s := range ns.sources {
			if item.Qualifier == nil || s.alias == item.Qualifier.Name {
				r.columns = append(r.columns, s.columns...)
			}
		}
		r.open = r.open || ns.open
	}
	if q.Qualify != nil { // which has judged its rank
		for i := range r.columns {
			r.columns[i].role.rank = nil
		}
	}
	return r
}

func (c *checker) foreignItem(q *syntax.Select, item syntax.Item, i int, ns *namespace) column {
	col := column{name: itemName(item, i)}
	switch x := item.Expr.(type) {
	case *syntax.Name:
		if of, _ := ns.resolve(x); of != nil {
			col.typ, col.role = of.typ, of.role
		}
	case *syntax.Call:
		switch {
		case x.Over != nil:
			col.role = c.over(q, x, ns, true)
			return col
		case groupTime(x.Name.Name):
			col.role.kind = timeAttribute
		}
	}
	c.overs(q, item.Expr, ns)
	return col
}

// groupTime reports whether a function gives the time attribute of a window of GROUP BY.
func groupTime(name string) bool {
	return name == "TUMBLE_ROWTIME" || name == "HOP_ROWTIME" || name == "SESSION_ROWTIME"
}

// foreignJoins enters what is joined with the first source.
func (c *checker) foreignJoins(f *syntax.From, local map[string]*declaration, ns *namespace) {
	for i := range f.Joins {
		j := &f.Joins[i]
		left := &namespace{outer: ns.outer, sources: ns.sources, open: ns.open}
		right := c.foreignSource(&j.Source, local, ns)
		c.loose(j.On, ns)
		c.noSubquery(j.On, local, ns)
		if j.Source.Unnest == nil {
			c.joined(j, left, right)
		} else if j.Kind != syntax.CommaJoin && j.Kind != syntax.CrossJoin {
			c.onTrue(j)
		}
	}
}

// foreignSource enters one of what FROM lists, and returns it.
func (c *checker) foreignSource(s *syntax.Source, local map[string]*declaration, ns *namespace) *namespace {
	var r *relation
	alias := ""
	switch {
	case s.Function != nil:
		r = c.tableFunction(s.Function, local)
	case s.Unnest != nil:
		c.loose(s.Unnest.Array, ns)
		r = &relation{foreign: true, open: len(s.Columns) == 0}
		for range s.Columns {
			r.columns = append(r.columns, column{})
		}
		r = c.rename(r, s.Columns, syntax.Ident{})
	case s.Query != nil && s.Lateral:
		r = c.lateral(s, local, ns)
	default:
		r, alias = c.source(s, local)
	}
	c.sourceClause(s)
	if s.Alias != nil {
		alias = s.Alias.Name
	}
	if r == nil || s.Clause == "MATCH_RECOGNIZE" {
		r = &relation{open: true}
	} else if s.Function != nil || s.Lateral {
		if r = c.rename(r, s.Columns, syntax.Ident{Name: alias, Span: s.Span}); r == nil {
			r = &relation{open: true}
		}
	}
	return ns.enter(alias, r)
}

// enter adds a relation, and returns it as a namespace of its own.
func (ns *namespace) enter(alias string, r *relation) *namespace {
	of := &source{alias: alias, columns: slices.Clone(r.columns)}
	ns.sources = append(ns.sources, of)
	ns.open = ns.open || r.open
	return &namespace{sources: []*source{of}, open: r.open}
}

// values resolves VALUES, a source of its own. With LATERAL it may name what is before it.
func (c *checker) values(q *syntax.Values, outer *namespace) *relation {
	c.needsFlink(q, "VALUES is a source of its own, which the Go engine does not run", "")
	r := &relation{foreign: true}
	items := []syntax.Expr{q.Rows[0]}
	if row, ok := q.Rows[0].(*syntax.Row); ok {
		items = row.Items
	}
	for i := range items {
		r.columns = append(r.columns, column{name: itemName(syntax.Item{}, i)})
	}
	for _, x := range q.Rows {
		c.loose(x, &namespace{outer: outer})
	}
	return r
}
