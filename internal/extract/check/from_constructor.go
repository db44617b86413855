package check

import (
	"fmt"

	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// unnestConstructor makes a branch of every element of ARRAY[..], so that nothing is built at run time.
func (c *checker) unnestConstructor(j *syntax.Join, a *syntax.Array, in input) []input {
	u := j.Source.Unnest
	if j.Kind == syntax.LeftJoin {
		c.reject(a, "an ARRAY[..] is never empty, so there is nothing for LEFT JOIN to keep",
			"write CROSS JOIN UNNEST(ARRAY[..])")
		return nil
	}
	if len(a.Items) == 0 {
		c.reject(a, "an empty ARRAY[] delivers nothing", "")
		return nil
	}
	if c.inView && len(a.Items) > 1 && !namesAlone(a) {
		c.reject(a,
			"in a view, Flink cannot write down ROWs of different types whose columns all have their table before them",
			"write one of the columns without its table, or unnest in the INSERT")
		return nil
	}
	alone := false
	syntax.Walk(a, func(x syntax.Expr) {
		if n, ok := x.(*syntax.Name); ok && c.fieldAlone(n, in.env) {
			alone = true
		}
	})
	if alone {
		return nil
	}
	var rows [][]*ir.Expr
	for _, item := range a.Items {
		exprs := []syntax.Expr{item}
		if r, ok := item.(*syntax.Row); ok {
			exprs = r.Items
		}
		if len(rows) > 0 && len(exprs) != len(rows[0]) {
			c.reject(item, fmt.Sprintf("this element has %s, the first has %s", plural(len(exprs), "value"),
				plural(len(rows[0]), "value")), "every ROW of an array has the same columns; a missing one is CAST(NULL AS STRING)")
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
		t, notNull, alike := rows[0][j].Type, true, true
		for i := range rows[1:] {
			u := common(t, rows[i+1][j].Type)
			if u == nil {
				c.reject(a.Items[i+1], fmt.Sprintf("value %d of this element is %s, before it was %s", j+1, rows[i+1][j].Type, t),
					"all elements of an array have one type")
				return nil
			}
			alike = alike && t.String() == u.String() && t.String() == rows[i+1][j].Type.String()
			t = u
		}
		for _, r := range rows {
			notNull = notNull && isThere(r[j])
		}
		if (t.Kind == types.Decimal || isTime(t)) && !alike && !notNull {
			c.reject(a, fmt.Sprintf("value %d has several types here, and Flink throws where one is NULL and another is not",
				j+1),
				fmt.Sprintf("write CAST(.. AS %s) around each", t))
			return nil
		}
		s.columns[j] = column{name: fmt.Sprintf("EXPR$%d", j), typ: t, notNull: notNull}
	}
	if u.Ordinality {
		s.columns = append(s.columns, column{name: "ORDINALITY", typ: intType, notNull: true})
	}
	if !c.nameUnnested(&j.Source, s, false) {
		return nil
	}
	var out []input
	for i, r := range rows {
		exprs := make([]*ir.Expr, 0, len(s.columns))
		for j, e := range r {
			exprs = append(exprs, c.coerce(e, s.columns[j].typ))
		}
		if u.Ordinality {
			exprs = append(exprs, c.whole(int64(i+1)))
		}
		elem := &source{alias: s.alias, columns: s.columns, exprs: exprs}
		out = append(out, input{
			env: &environment{scope: in.env.scope, sources: append(append([]*source(nil), in.env.sources...), elem),
				shared: true},
			where: in.where,
		})
	}
	return out
}

// namesAlone reports whether an ARRAY of scalars or ROWs has a column that is named without its table: that
// one keeps Flink from writing the array down after it has put casts around the ROWs.
func namesAlone(a *syntax.Array) bool {
	for _, item := range a.Items {
		if _, ok := item.(*syntax.Row); !ok {
			return true
		}
	}
	found := false
	syntax.Walk(a, func(x syntax.Expr) {
		n, ok := x.(*syntax.Name)
		found = found || ok && len(n.Parts) == 1
	})
	return found
}
