package check

import (
	"slices"
	"strconv"

	"github.com/railtwin/digitaltwin/internal/extract/syntax"
)

const (
	newestWins = "the newest reading wins by itself"
	window     = "FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE))"
	oneAtATime = "the Go engine sees one record at a time"
)

// changesRows says why Flink refuses a query: the sink is told of new rows, and of no changes.
func changesRows(what string) string {
	return what + " changes rows that were already delivered, and Flink refuses that"
}

// windows are the table functions that cut a stream into windows.
var windows = map[string]bool{"TUMBLE": true, "HOP": true, "CUMULATE": true, "SESSION": true}

// tableFunction resolves TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), ..)) and its like; nil after a diagnostic.
func (c *checker) tableFunction(f *syntax.TableFunction, local map[string]*declaration) *relation {
	if !windows[f.Name.Name] {
		c.reject(f.Name, "there is no table function "+f.Name.Name,
			suggest(f.Name.Name, []string{"TUMBLE", "HOP", "CUMULATE", "SESSION"}))
		return nil
	}
	c.needsFlink(f, f.Name.Name+" cuts the stream into windows", oneAtATime)
	if f.Input == nil || f.Time == nil {
		c.reject(f, f.Name.Name+" takes a table and its time", "write "+window)
		return nil
	}
	in := c.lookup(*f.Input, local)
	if in == nil {
		return nil
	}
	r := &relation{foreign: true, open: in.open}
	found := in.open
	for _, col := range in.columns {
		if col.name == "window_start" || col.name == "window_end" || col.name == "window_time" {
			c.reject(f.Input, f.Input.Name+" has a column "+col.name+" already, so that it would be ambiguous",
				"give it another name in a view")
		}
		if col.name == f.Time.Name {
			found = true
			if col.role.kind != timeAttribute {
				c.reject(f.Time, "windows need a column that has a WATERMARK", declareWatermark)
			}
		}
		if col.role.kind == timeAttribute {
			col.role = role{} // window_time takes its place
		}
		r.columns = append(r.columns, col)
	}
	if !found {
		c.reject(f.Time, "there is no column "+f.Time.Name+" in "+f.Input.Name, suggest(f.Time.Name, names(in.columns)))
	}
	r.columns = append(r.columns, column{name: "window_start", role: role{kind: windowStart}},
		column{name: "window_end", role: role{kind: windowEnd}},
		column{name: "window_time", role: role{kind: timeAttribute}})
	return r
}

// lateral resolves LATERAL (query), which can name what is before it; nil after a diagnostic.
func (c *checker) lateral(s *syntax.Source, local map[string]*declaration, ns *namespace) *relation {
	outer := &namespace{outer: ns.outer, sources: ns.sources, open: ns.open}
	switch q := s.Query.(type) {
	case *syntax.Values:
		r := c.values(q, outer)
		if outer.used {
			c.reject(s, "Flink cannot make rows of the columns of a record with LATERAL (VALUES ..)",
				"write CROSS JOIN UNNEST(ARRAY[ROW(..), ROW(..)]) AS x (a, b)")
		}
		return r
	case *syntax.Select:
		c.needsFlink(s, "LATERAL runs a query for every row", oneAtATime)
		return c.selectQuery(q, local, outer)
	}
	c.needsFlink(s, "LATERAL runs a query for every row", oneAtATime)
	return c.query(s.Query, local)
}

// sourceClause judges what follows a table.
func (c *checker) sourceClause(s *syntax.Source) {
	switch s.Clause {
	case "FOR SYSTEM_TIME":
		c.reject(s.ClauseAt, "FOR SYSTEM_TIME needs a table with a history and a key, which a stream of records has not",
			"join it: JOIN t ON a.id = t.id AND a.ts BETWEEN t.ts AND t.ts + INTERVAL '1' HOUR")
	case "TABLESAMPLE":
		c.reject(s.ClauseAt, "Flink finds no plan for TABLESAMPLE", "filter with WHERE")
	case "MATCH_RECOGNIZE":
		c.needsFlink(s.ClauseAt, "MATCH_RECOGNIZE finds patterns over many records", oneAtATime)
	}
}

// joined judges a join of two sources.
func (c *checker) joined(j *syntax.Join, left, right *namespace) {
	outer := j.Kind == syntax.LeftJoin || j.Kind == syntax.RightJoin || j.Kind == syntax.FullJoin
	if !outer {
		what := string(j.Kind)
		if j.Kind == syntax.CommaJoin {
			what = "a second table in FROM"
		}
		c.needsFlink(j, what+" brings several tables together", oneAtATime)
		return
	}
	both := func(k roleKind) bool { return left.reads(j.On, k) && right.reads(j.On, k) }
	if left.open || right.open || bounded(j.On, left, right) || both(windowStart) && both(windowEnd) {
		c.needsFlink(j, string(j.Kind)+" brings several tables together", oneAtATime)
		return
	}
	c.reject(j, changesRows(string(j.Kind)+", whose rows wait for no partner,"),
		"bound the time, so that Flink can wait for the partner: ON a.id = b.id AND a.ts BETWEEN b.ts - INTERVAL '1' MINUTE "+
			"AND b.ts, with WATERMARKs for both")
}

// bounded reports whether a condition bounds how far the times of two sources lie apart, in both directions.
func bounded(x syntax.Expr, left, right *namespace) bool {
	before, after := false, false
	compare := func(op string, x, y syntax.Expr) {
		switch l, r := left.reads(x, timeAttribute), right.reads(y, timeAttribute); {
		case !l || !r:
			return
		case op == "=":
			before, after = true, true
		case op == "<", op == "<=":
			before = true
		case op == ">", op == ">=":
			after = true
		}
	}
	mirrored := map[string]string{"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
	for _, x := range conjuncts(x) {
		switch x := x.(type) {
		case *syntax.Binary:
			compare(x.Op, x.X, x.Y)
			compare(mirrored[x.Op], x.Y, x.X)
		case *syntax.Between:
			compare(">=", x.X, x.Low)
			compare("<=", x.Low, x.X)
			compare("<=", x.X, x.High)
			compare(">=", x.High, x.X)
		}
	}
	return before && after
}

// reads reports whether x names a column of ns that has a role.
func (ns *namespace) reads(x syntax.Expr, k roleKind) bool {
	found := false
	syntax.Walk(x, func(x syntax.Expr) { found = found || ns.role(x).kind == k })
	return found
}

// grouped judges GROUP BY, aggregates and DISTINCT.
func (c *checker) grouped(q *syntax.Select, ns *namespace) {
	switch {
	case q.Group != nil && c.inWindow(q.Group.Keys, ns):
		c.needsFlink(q.Group, "GROUP BY aggregates over many records", oneAtATime)
	case q.Group != nil:
		hint := newestWins + ": leave GROUP BY out, or aggregate windows: " + window +
			" GROUP BY .., window_start, window_end"
		if slices.Contains(ns.names(), "window_start") {
			hint = "add both to GROUP BY"
		}
		c.reject(q.Group, changesRows("GROUP BY without window_start and window_end"), hint)
	case q.Having != nil:
		c.reject(q.Having, changesRows("HAVING without GROUP BY"), "filter with WHERE")
	}
	if q.Distinct != (syntax.Span{}) {
		if c.inWindow(itemNames(q, ns), ns) {
			c.needsFlink(q.Distinct, "DISTINCT remembers many records", oneAtATime)
		} else {
			c.reject(q.Distinct, changesRows("SELECT DISTINCT without window_start and window_end"),
				"leave DISTINCT out: the newest reading wins, duplicates do no harm")
		}
	}
	for _, item := range q.Items {
		syntax.Walk(item.Expr, func(x syntax.Expr) {
			call, ok := x.(*syntax.Call)
			switch {
			case !ok || !aggregates(call):
			case call.Within != (syntax.Span{}):
				c.reject(call.Within, "Flink takes no WITHIN GROUP", "leave it out")
			case q.Group == nil:
				c.reject(call, changesRows(call.Name.Name+" over all records"),
					newestWins+"; an aggregate needs windows: "+window+" GROUP BY .., window_start, window_end")
			}
		})
	}
}

// itemNames are the items of a SELECT; those that a star stands for are there by name.
func itemNames(q *syntax.Select, ns *namespace) (out []syntax.Expr) {
	for _, item := range q.Items {
		if !item.Star {
			out = append(out, item.Expr)
			continue
		}
		for _, name := range ns.names() {
			out = append(out, &syntax.Name{Span: item.Span, Parts: []syntax.Ident{{Span: item.Span, Name: name}}})
		}
	}
	return out
}

// inWindow reports whether GROUP BY keys ends its groups with a window, as far as that is known.
func (c *checker) inWindow(keys []syntax.Expr, ns *namespace) bool {
	start, end := false, false
	for _, k := range keys {
		call, ok := k.(*syntax.Call)
		switch {
		case ok && windows[call.Name.Name] && len(call.Args) > 0:
			if !ns.open && ns.role(call.Args[0]).kind != timeAttribute {
				c.reject(call.Args[0], "windows need a column that has a WATERMARK", declareWatermark)
			}
			return true
		case ok && call.Name.Name == syntax.GroupingSets:
			outside := func(set syntax.Expr) bool { return !c.inWindow([]syntax.Expr{set}, ns) }
			if !slices.ContainsFunc(call.Args, outside) {
				return true
			}
		case !ok: // ROLLUP and CUBE also group without it
			start = start || ns.reads(k, windowStart)
			end = end || ns.reads(k, windowEnd)
		}
	}
	return start && end || ns.open
}

// ordered resolves a query with ORDER BY, LIMIT, OFFSET or FETCH.
func (c *checker) ordered(q *syntax.Ordered, local map[string]*declaration) *relation {
	r := c.query(q.Body, local)
	if r == nil {
		return nil
	}
	for _, o := range q.By {
		c.loose(o.X, &namespace{open: true})
	}
	switch {
	case q.By != nil && q.Limit != nil:
		c.reject(q.At, changesRows("LIMIT of rows in an order"), newestWins)
	case q.By != nil && c.inTime(q, r):
		c.needsFlink(q.At, "ORDER BY waits for what comes out of order", oneAtATime)
	case q.By != nil:
		c.reject(q.At,
			"a stream has no end at which it could be sorted: Flink sorts by a column that has a WATERMARK, ascending",
			"leave ORDER BY out: "+newestWins)
	case q.Limit != nil:
		c.needsFlink(q.At, "LIMIT counts over many records", oneAtATime)
	case q.Offset != nil:
		c.reject(q.At, "Flink takes no OFFSET without LIMIT", "leave it out")
	}
	out := *r
	out.foreign, out.branches = true, nil
	return &out
}

// inTime reports whether a query is sorted by its time attribute, as far as that is known.
func (c *checker) inTime(q *syntax.Ordered, r *relation) bool {
	first := q.By[0]
	n, ok := first.X.(*syntax.Name)
	if !ok || first.Desc {
		return false
	}
	for _, columns := range [][]column{r.columns, r.from} {
		env := environment{sources: []*source{{columns: columns}}}
		if col := env.column(n); col != nil {
			return col.role.kind == timeAttribute
		}
	}
	return r.open
}

// limit is the greatest rank that a condition lets pass, where it is rn = 1, rn <= 2 or rn < 3; else there is none.
func limit(x syntax.Expr, isRank func(syntax.Expr) bool) (n int, ok bool) {
	for _, x := range conjuncts(x) {
		b, is := x.(*syntax.Binary)
		if !is {
			continue
		}
		op, value := b.Op, b.Y
		if !isRank(b.X) { // 3 > rn
			if !isRank(b.Y) {
				continue
			}
			op, value = map[string]string{"=": "=", ">": "<", ">=": "<="}[op], b.X
		}
		l, is := value.(*syntax.Literal)
		if !is || l.Kind != syntax.NumberLiteral {
			continue
		}
		n, err := strconv.Atoi(l.Text)
		if op == "<" {
			n--
		}
		if err == nil && (op == "=" || op == "<=" || op == "<") {
			return n, true
		}
	}
	return 0, false
}
