package generate

import (
	"fmt"
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// clause is a FROM with what can be read of it. Base has no WHERE.
type clause struct {
	base, sql string
	scope     *scope
}

// from reads a relation, perhaps with arrays of it unnested, perhaps with a condition.
func (g *Generator) from(r relation) clause {
	c := clause{scope: newScope("t", r.columns)}
	c.base = "\nFROM " + quote(r.name) + " AS t"
	switch n := g.rand.IntN(100); {
	case n < 10:
		c.base = "\nFROM (SELECT * FROM " + quote(r.name) + ") AS t"
	case n < 15:
		c.base = "\nFROM (SELECT * FROM " + quote(r.name) + " WHERE " +
			g.expr(newScope(quote(r.name), r.columns), types.Boolean, 1) + ") AS t"
	}
	for level := range 3 {
		if !g.chance(40) || !g.unnest(&c, fmt.Sprint("e", level)) {
			break
		}
	}
	c.sql = c.base
	if g.chance(50) {
		c.sql += "\nWHERE " + g.expr(c.scope, types.Boolean, 2)
	}
	return c
}

// unnest joins the elements of something that can be read so far.
func (g *Generator) unnest(c *clause, alias string) bool {
	array, columns, numbered := g.unnestable(c.scope, alias)
	if array == "" {
		return false
	}
	join, on := " CROSS JOIN ", ""
	switch {
	case g.chance(30):
		join, on = " LEFT JOIN ", " ON TRUE"
	case g.chance(15):
		join = ", "
	}
	ordinal := ""
	if numbered && g.chance(20) {
		ordinal = " WITH ORDINALITY"
		columns = append(columns, types.Field{Name: alias + "n", Type: &types.Type{Kind: types.Int}})
	}
	var names []string
	for _, col := range columns {
		names = append(names, quote(col.Name))
	}
	c.base += join + "UNNEST(" + array + ")" + ordinal + " AS " + alias + " (" + strings.Join(names, ", ") + ")" + on
	for _, col := range columns {
		c.scope.add(value{alias + "." + quote(col.Name), col.Type}, 1)
	}
	return true
}

// unnestable is what can stand in UNNEST, with the columns that it gives, and whether WITH ORDINALITY may follow.
func (g *Generator) unnestable(s *scope, alias string) (array string, columns []types.Field, numbered bool) {
	element := []types.Field{{Name: alias + "x", Type: &types.Type{Kind: types.String}}}
	switch n := g.rand.IntN(100); {
	case n < 12: // a row for each of several readings
		k := g.kind(scalars)
		var rows []string
		for range 1 + g.rand.IntN(3) {
			rows = append(rows, "ROW("+g.expr(s, types.String, 1)+", "+g.one(g.expr(s, k, 1), g.alone(s, k))+")")
		}
		columns = append(element, types.Field{Name: alias + "y", Type: &types.Type{Kind: k}})
		return "ARRAY[" + strings.Join(rows, ", ") + "]", columns, false
	case n < 18:
		path := text(g.one("$", "$.a", "$.a.b", "lax $.a[*]"))
		return "JSON_QUERY(" + g.leaf(s, types.String) + ", " + path + " RETURNING ARRAY<STRING>)", element, true
	case n < 24:
		return "SPLIT(" + g.leaf(s, types.String) + ", " + text(g.one("/", ",", "a", "; ")) + ")", element, true
	}
	var arrays []value
	for _, l := range s.lists {
		if l.typ.Kind == types.Array || l.typ.Kind == types.Map {
			arrays = append(arrays, l)
		}
	}
	if len(arrays) == 0 {
		return "", nil, false
	}
	a := arrays[g.rand.IntN(len(arrays))]
	return a.sql, elements(a.typ, alias), a.typ.Kind == types.Map || a.typ.Elem.Kind != types.Row
}

// alone reads a column of the kind without its table, which Flink needs for ROWs of different types in a view.
func (g *Generator) alone(s *scope, k types.Kind) string {
	var of []string
	for _, v := range s.values {
		_, column, _ := strings.Cut(v.sql, ".")
		if v.typ.Kind == k && strings.Count(column, "`") == 2 && strings.HasSuffix(column, "`") {
			of = append(of, column)
		}
	}
	if len(of) == 0 {
		return g.leaf(s, k)
	}
	return g.one(of...)
}

// elements are the columns that UNNEST makes of an array or map.
func elements(t *types.Type, prefix string) []types.Field {
	if t.Kind == types.Map {
		return []types.Field{{Name: prefix + "k", Type: &types.Type{Kind: types.String}}, {Name: prefix + "v", Type: t.Elem}}
	}
	if t.Elem.Kind != types.Row {
		return []types.Field{{Name: prefix + "x", Type: t.Elem}}
	}
	var out []types.Field
	for i, f := range t.Elem.Fields {
		out = append(out, types.Field{Name: fmt.Sprint(prefix, "f", i), Type: f.Type})
	}
	return out
}
