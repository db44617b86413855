package check

import (
	"fmt"
	"slices"

	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

const (
	sinkName    = "digitaltwin"
	valueColumn = 2 // of sinkColumns
)

// sinkColumns are the columns of the one sink, given by the platform.
var sinkColumns = []column{
	{name: "component", typ: stringType}, {name: "metric", typ: stringType}, {name: "value", typ: stringType},
	{name: "unit", typ: stringType},
	{name: "event_time", typ: &types.Type{Kind: types.TimestampLTZ, Precision: 3}},
}

// insert makes an emit of every branch of the query.
func (c *checker) insert(s *syntax.Insert) {
	if s.Target.Name != sinkName {
		c.reject(s.Target, "there is no sink "+s.Target.Name, suggest(s.Target.Name, []string{sinkName}))
		return
	}
	target, ok := c.targets(s)
	r := c.query(s.Query, nil)
	if r == nil || !ok || r.open {
		return
	}
	c.unfiltered(r)
	if len(r.columns) != len(target) {
		c.reject(s.Query, fmt.Sprintf("this query gives %s, the sink takes %s: %s", plural(len(r.columns), "column"),
			plural(len(target), "column"), joinTargets(target)), "the columns are matched by their order, not by their names")
		return
	}
	for i, t := range target {
		have := r.columns[i].typ
		if have == nil {
			ok = false
		} else if !deliverable(have, sinkColumns[t].typ) {
			c.reject(itemOf(s.Query, i), fmt.Sprintf("%s of digitaltwin is %s, but this is %s", sinkColumns[t].name,
				sinkColumns[t].typ, have),
				deliveryHint(sinkColumns[t].name, have))
			ok = false
		}
	}
	faulty := func(b branch) bool { return slices.Contains(b.exprs, nil) }
	if !ok || r.foreign || slices.ContainsFunc(r.branches, faulty) {
		return
	}
	for i, t := range target {
		if sinkColumns[t].name == "event_time" && r.columns[i].typ.Kind == types.Timestamp &&
			r.branches[0].exprs[i].Scope != nil {
			c.warn(itemOf(s.Query, i), "this TIMESTAMP has no zone and counts as UTC",
				"say so with CAST(x AS TIMESTAMP_LTZ(3)), or read local times with TO_TIMESTAMP_LTZ(x, 'pattern', 'zone')")
		}
	}
	for _, b := range r.branches {
		c.value(s.Query, b, slices.Index(target, valueColumn))
		exprs := [5]*ir.Expr{3: c.null(stringType)}
		for i, t := range target {
			exprs[t] = c.coerce(b.exprs[i], sinkColumns[t].typ)
		}
		e := &ir.Emit{Scope: b.scope, Where: b.where, Component: exprs[0], Metric: exprs[1], Value: exprs[2], Unit: exprs[3],
			EventTime: exprs[4], Pos: b.pos}
		c.result.Emits = append(c.result.Emits, e)
	}
}

// deliveryHint says how a value of a type becomes a column of the sink.
func deliveryHint(column string, have *types.Type) string {
	switch {
	case column == "value":
		return "value is JSON text: write JSON_STRING(x)"
	case column == "event_time" && have.Numeric():
		return "write TO_TIMESTAMP_LTZ(x, 0) for seconds since 1970, TO_TIMESTAMP_LTZ(x, 3) for milliseconds"
	case column == "event_time" && have.Kind == types.String:
		return "write TO_TIMESTAMP_LTZ(x, 'yyyy-MM-dd''T''HH:mm:ss', 'UTC'), with the pattern and the zone that the text has"
	case column == "event_time" && have.Kind == types.Date:
		return "write CAST(x AS TIMESTAMP(3)): midnight in UTC"
	case column == "event_time" || have.Kind == types.Row || have.Kind == types.Map || have.Kind == types.Array:
		return "deliver a field or an element of it"
	}
	return "write CAST(x AS STRING)"
}

func deliverable(have, want *types.Type) bool {
	if want.Kind == types.TimestampLTZ {
		return have.Kind == types.TimestampLTZ || have.Kind == types.Timestamp
	}
	return have.Kind == want.Kind
}

// targets finds the sink columns that an INSERT names.
func (c *checker) targets(s *syntax.Insert) ([]int, bool) {
	if s.Broken {
		return nil, false
	}
	if len(s.Columns) == 0 {
		return []int{0, 1, 2, 3, 4}, true
	}
	var out []int
	seen := map[int]bool{}
	for _, n := range s.Columns {
		i := (&source{columns: sinkColumns}).find(n.Name)
		if i < 0 {
			c.reject(n, "digitaltwin has no column "+n.Name, suggest(n.Name, names(sinkColumns)))
			return nil, false
		}
		if seen[i] {
			c.reject(n, "the column "+n.Name+" is named twice", "")
			return nil, false
		}
		seen[i] = true
		out = append(out, i)
	}
	for i, col := range sinkColumns {
		if !seen[i] && col.name != "unit" {
			c.reject(s.Target, "without "+syntax.Quote(col.name)+" every row of this INSERT would be dropped",
				"name it in the list of columns")
			return nil, false
		}
	}
	return out, true
}

func joinTargets(t []int) string {
	var cols []column
	for _, i := range t {
		cols = append(cols, sinkColumns[i])
	}
	return joinNames(cols)
}

// itemOf finds the expression that gives column i of a query, to point at it.
func itemOf(q syntax.Query, i int) syntax.Node {
	switch q := q.(type) {
	case *syntax.Union:
		return itemOf(q.Branches[0], i)
	case *syntax.With:
		return itemOf(q.Body, i)
	case *syntax.Ordered:
		return itemOf(q.Body, i)
	case *syntax.Select:
		for _, it := range q.Items {
			if it.Star {
				return q
			}
		}
		return q.Items[i]
	}
	return q
}
