package check

import (
	"slices"

	"github.com/railtwin/digitaltwin/internal/extract/syntax"
)

// ranking is ROW_NUMBER() OVER (..) and its like. Whether Flink can rank without changing rows depends on what the
// query around it takes of it.
type ranking struct {
	call      *syntax.Call
	windowed  bool // each window is ranked for itself
	ascending bool
	overTime  bool // it is an OVER aggregate too, which needs no filter
}

var ranks = map[string]bool{"ROW_NUMBER": true, "RANK": true, "DENSE_RANK": true}

// inBatchOnly are the functions of OVER that Flink does not have for streams.
var inBatchOnly = map[string]bool{"LEAD": true, "NTILE": true, "CUME_DIST": true, "PERCENT_RANK": true}

// overs judges the OVERs within x.
func (c *checker) overs(q *syntax.Select, x syntax.Expr, ns *namespace) {
	syntax.Walk(x, func(x syntax.Expr) {
		if call, ok := x.(*syntax.Call); ok && call.Over != nil {
			c.over(q, call, ns, false)
		}
	})
}

// over judges a call with OVER. Of a rank that is a column of its own the query around it decides; its role says so.
func (c *checker) over(q *syntax.Select, x *syntax.Call, ns *namespace, column bool) role {
	if inBatchOnly[x.Name.Name] {
		c.reject(x, "Flink has "+x.Name.Name+" for tables that end, not for streams",
			"LAG(x) OVER (..) is what was before")
		return role{}
	}
	r := c.ranking(q, x, ns)
	switch {
	case column && ranks[x.Name.Name]:
		return role{rank: r}
	case r.overTime || ns.open:
		c.needsFlink(x.Over, "OVER looks at many records", oneAtATime)
	default:
		c.rejectOver(r)
	}
	return role{}
}

func (c *checker) rejectOver(r *ranking) {
	if ranks[r.call.Name.Name] {
		c.reject(r.call.Over, changesRows("a rank"), newestWins+
			"; what Flink can do: ROW_NUMBER() .. = 1 with one column in ascending ORDER BY, or with PARTITION BY .., "+
			"window_start, window_end")
		return
	}
	c.reject(r.call.Over, changesRows("OVER without ORDER BY a column that has a WATERMARK"), declareWatermark)
}

// ranking finds out what OVER (..) says.
func (c *checker) ranking(q *syntax.Select, x *syntax.Call, ns *namespace) *ranking {
	w := *x.Over
	for _, named := range q.Windows {
		if named.Name.Name == w.Name.Name && w.Name.Name != "" {
			w.Partition, w.Order = append(w.Partition, named.Partition...), append(w.Order, named.Order...)
		}
	}
	r := &ranking{call: x}
	start, end := false, false
	for _, p := range w.Partition {
		kind := ns.role(p).kind
		start, end = start || kind == windowStart, end || kind == windowEnd
	}
	r.windowed = start && end && x.Name.Name == "ROW_NUMBER"
	r.ascending = len(w.Order) > 0 && !slices.ContainsFunc(w.Order, func(o syntax.Order) bool { return o.Desc })
	r.overTime = r.ascending && len(w.Order) == 1 && ns.role(w.Order[0].X).kind == timeAttribute
	return r
}

// ranks judges what a query takes of the ranks that it reads, or makes for QUALIFY.
func (c *checker) ranks(q *syntax.Select, ns *namespace) {
	for _, s := range ns.sources {
		for i := range s.columns {
			col := &s.columns[i]
			if col.role.rank != nil {
				isRank := func(x syntax.Expr) bool { return ns.role(x).rank == col.role.rank }
				n, bounded := limit(q.Where, isRank)
				read := false
				syntax.Walk(q.Where, func(x syntax.Expr) { read = read || isRank(x) })
				c.ranked(col.role.rank, n, bounded || read)
				col.role = role{}
			}
		}
	}
	if q.Qualify == nil {
		return
	}
	of := func(x syntax.Expr) *syntax.Call { // the rank that x is, or names
		if n, ok := x.(*syntax.Name); ok && len(n.Parts) == 1 {
			for _, item := range q.Items {
				if item.Alias != nil && item.Alias.Name == n.Parts[0].Name {
					x = item.Expr
				}
			}
		}
		if call, ok := x.(*syntax.Call); ok && call.Over != nil && ranks[call.Name.Name] {
			return call
		}
		return nil
	}
	var call *syntax.Call
	n, filtered := limit(q.Qualify, func(x syntax.Expr) bool { call = of(x); return call != nil })
	if !filtered {
		c.reject(q.Qualify, "QUALIFY takes a rank that is bounded here",
			"write QUALIFY ROW_NUMBER() OVER (PARTITION BY id ORDER BY ts) = 1")
		return
	}
	c.ranked(c.ranking(q, call, ns), n, true)
}

// ranked judges a rank of which rows up to n are taken, if it is filtered; 0 is without a bound.
func (c *checker) ranked(r *ranking, n int, filtered bool) {
	first := r.ascending && n == 1 && r.call.Name.Name == "ROW_NUMBER"
	if filtered && (r.windowed && n > 0 || first) || !filtered && r.overTime {
		c.needsFlink(r.call.Over, "OVER looks at many records", oneAtATime)
		return
	}
	c.rejectOver(r)
}

// unfiltered judges ranks that are delivered as they are.
func (c *checker) unfiltered(r *relation) {
	for _, col := range r.columns {
		if col.role.rank != nil {
			c.ranked(col.role.rank, 0, false)
		}
	}
}

// subqueries judges the subqueries of a SELECT. Flink makes a join of those that WHERE asks for at its top.
func (c *checker) subqueries(q *syntax.Select, local map[string]*declaration, ns *namespace) {
	for _, x := range conjuncts(q.Where) {
		switch x := x.(type) {
		case *syntax.In:
			if x.Query != nil && !x.Not {
				c.loose(x.X, ns)
				c.subquery(x.Query, local, ns, x)
				continue
			}
		case *syntax.Subquery:
			if x.Quantifier == "EXISTS" {
				outer := c.subquery(x.Query, local, ns, nil)
				if outer.used || outer.open {
					c.needsFlink(x, "a subquery brings several tables together", oneAtATime)
				} else {
					c.reject(x, changesRows("EXISTS of what does not depend on the row"),
						"write EXISTS (SELECT .. WHERE b.id = a.id)")
				}
				continue
			}
		case *syntax.Binary:
			if y, ok := x.Y.(*syntax.Subquery); ok && x.Op == "=" && (y.Quantifier == "SOME" || y.Quantifier == "ANY") {
				c.subquery(y.Query, local, ns, x)
				continue
			}
		}
		c.noSubquery(x, local, ns)
	}
	for _, item := range q.Items {
		c.noSubquery(item.Expr, local, ns)
	}
	c.noSubquery(q.Having, local, ns)
	c.noSubquery(q.Qualify, local, ns)
}

// subquery resolves a subquery, which can name the columns of the row; of reports that it needs Flink, if it is there.
func (c *checker) subquery(q syntax.Query, local map[string]*declaration, ns *namespace, of syntax.Node) *namespace {
	outer := &namespace{outer: ns.outer, sources: ns.sources, open: ns.open}
	switch q := q.(type) {
	case *syntax.Select:
		c.selectQuery(q, local, outer)
	case *syntax.Values:
		c.values(q, outer)
	default:
		c.query(q, local)
		outer.used = true // it is not known
	}
	if of != nil {
		c.needsFlink(of, "a subquery brings several tables together", oneAtATime)
	}
	return outer
}

// noSubquery rejects the subqueries in x.
func (c *checker) noSubquery(x syntax.Expr, local map[string]*declaration, ns *namespace) {
	syntax.Walk(x, func(x syntax.Expr) {
		var q syntax.Query
		switch x := x.(type) {
		case *syntax.In:
			q = x.Query
		case *syntax.Subquery:
			q = x.Query
		}
		if q == nil {
			return
		}
		c.subquery(q, local, ns, nil)
		c.reject(x, changesRows("a subquery here"),
			"what Flink can do is WHERE x IN (SELECT ..) and WHERE EXISTS (SELECT .. WHERE b.id = a.id), with AND only")
	})
}

// conjuncts are the conditions that all must hold.
func conjuncts(x syntax.Expr) []syntax.Expr {
	if b, ok := x.(*syntax.Binary); ok && b.Op == "AND" {
		return append(conjuncts(b.X), conjuncts(b.Y)...)
	}
	return []syntax.Expr{x}
}
