package generate

import (
	"fmt"
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// Program is an extractor with records for it.
type Program struct {
	SQL     string
	Records [][]byte
	Emits   []string // its INSERTs one by one; each delivers a metric of its own
	Head    string   // what stands before them
}

// Program makes an extractor that the engine accepts, with n records.
func (g *Generator) Program(accept Accept, n int) Program {
	for {
		if p, ok := g.program(accept, n); ok {
			return p
		}
	}
}

func (g *Generator) program(accept Accept, n int) (p Program, ok bool) {
	t := g.table("source")
	p.Head = t.sql()
	from := relation{t.name, t.columns}
	if reason := accept(p.Head + trivial(from)); reason != "" {
		g.Refused[reason]++
		return p, false
	}
	for v := range g.rand.IntN(3) {
		if view, sql, ok := g.view(accept, p.Head, from, fmt.Sprint("view", v)); ok {
			p.Head += sql
			from = view
		}
	}
	metric := 0
	for range 3 + g.rand.IntN(4) {
		if sql, ok := g.tries(accept, p.Head, func() string { return g.insert(from, &metric) }); ok {
			p.Emits = append(p.Emits, sql)
		}
	}
	p.SQL = p.Head + strings.Join(p.Emits, "")
	if g.chance(20) {
		p.SQL = p.Head + "EXECUTE STATEMENT SET BEGIN\n" + strings.Join(p.Emits, "") + "END;\n"
	}
	p.Records = g.records(t, n)
	return p, len(p.Emits) > 0 && accept(p.SQL) == ""
}

// tries makes statements until one is accepted behind head.
func (g *Generator) tries(accept Accept, head string, make func() string) (string, bool) {
	for range 20 {
		sql := make()
		reason := accept(head + sql)
		if reason == "" {
			return sql, true
		}
		g.Refused[reason]++
	}
	return "", false
}

// relation is a table or view.
type relation struct {
	name    string
	columns []types.Field
}

// trivial is an INSERT that any relation can feed.
func trivial(r relation) string {
	return "INSERT INTO digitaltwin SELECT 'c', 'm', '1', 'u', TO_TIMESTAMP_LTZ(0, 0) FROM " + quote(r.name) + ";\n"
}

// view makes a view whose columns are known by kind, and which passes collections through.
func (g *Generator) view(accept Accept, head string, from relation, name string) (relation, string, bool) {
	var made relation
	sql, ok := g.tries(accept, head, func() string {
		made = relation{name: name}
		f := g.from(from)
		var items []string
		for i := range 2 + g.rand.IntN(5) {
			column := fmt.Sprint("v", i)
			if len(f.scope.lists) > 0 && g.chance(35) {
				l := f.scope.lists[g.rand.IntN(len(f.scope.lists))]
				items = append(items, l.sql+" AS "+column)
				made.columns = append(made.columns, types.Field{Name: column, Type: l.typ})
				continue
			}
			k := g.kind(scalars)
			items = append(items, g.expr(f.scope, k, 2)+" AS "+column)
			made.columns = append(made.columns, types.Field{Name: column, Type: &types.Type{Kind: k}})
		}
		sql := "CREATE VIEW " + name + " AS SELECT " + strings.Join(items, ", ") + f.sql
		if g.chance(25) { // the second branch has the columns of the first
			sql += " UNION ALL SELECT " + strings.Join(items, ", ") + g.clause(f)
		}
		return sql + ";\n" + trivial(made)
	})
	if !ok {
		return relation{}, "", false
	}
	return made, strings.TrimSuffix(sql, trivial(made)), true
}

// clause is the FROM of a second branch.
func (g *Generator) clause(f clause) string {
	return f.base + " WHERE " + g.expr(f.scope, types.Boolean, 1)
}

// clause is a FROM with what can be read of it. Base has no WHERE.
type clause struct {
	base, sql string
	scope     *scope
}

// from reads a relation, perhaps with an array of it unnested, perhaps with a condition.
func (g *Generator) from(r relation) clause {
	c := clause{scope: newScope("t", r.columns)}
	c.base = "\nFROM " + quote(r.name) + " AS t"
	if g.chance(10) {
		c.base = "\nFROM (SELECT * FROM " + quote(r.name) + ") AS t"
	}
	for level := range 2 {
		var arrays []value
		for _, l := range c.scope.lists {
			if l.typ.Kind == types.Array || l.typ.Kind == types.Map {
				arrays = append(arrays, l)
			}
		}
		if len(arrays) == 0 || !g.chance(40) {
			break
		}
		a := arrays[g.rand.IntN(len(arrays))]
		alias := fmt.Sprint("e", level)
		columns := elements(a.typ, alias)
		var names []string
		for _, col := range columns {
			names = append(names, quote(col.Name))
		}
		join, on := " CROSS JOIN ", ""
		if g.chance(30) {
			join, on = " LEFT JOIN ", " ON TRUE"
		}
		ordinal := ""
		if a.typ.Kind == types.Array && a.typ.Elem.Kind != types.Row && g.chance(20) {
			ordinal = " WITH ORDINALITY"
			columns = append(columns, types.Field{Name: alias + "n", Type: &types.Type{Kind: types.Int}})
			names = append(names, alias+"n")
		}
		c.base += join + "UNNEST(" + a.sql + ")" + ordinal + " AS " + alias + " (" + strings.Join(names, ", ") + ")" + on
		for _, col := range columns {
			c.scope.add(value{alias + "." + quote(col.Name), col.Type}, 1)
		}
	}
	c.sql = c.base
	if g.chance(50) {
		c.sql += "\nWHERE " + g.expr(c.scope, types.Boolean, 2)
	}
	return c
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

// insert makes an INSERT of one or several branches, each with a metric of its own.
func (g *Generator) insert(r relation, metric *int) string {
	unit := g.chance(70)
	columns := ""
	if !unit {
		columns = " (component, metric, `value`, event_time)"
	}
	var branches []string
	for range 1 + g.rand.IntN(3) {
		*metric++
		branches = append(branches, g.selects(r, fmt.Sprint("m", *metric), unit))
	}
	return "INSERT INTO digitaltwin" + columns + "\n" + strings.Join(branches, "\nUNION ALL\n") + ";\n"
}

func (g *Generator) selects(r relation, metric string, unit bool) string {
	f := g.from(r)
	items := []string{
		g.one("'c'", "COALESCE("+g.expr(f.scope, types.String, 2)+", 'c')", g.expr(f.scope, types.String, 1)),
		g.one(text(metric), text(metric), "CONCAT("+text(metric+".")+", "+g.expr(f.scope, types.String, 1)+")"),
		g.delivered(f.scope),
	}
	if unit {
		items = append(items, g.one("'km/h'", "CAST(NULL AS STRING)", g.expr(f.scope, types.String, 1)))
	}
	at := g.expr(f.scope, g.kind([]types.Kind{types.TimestampLTZ, types.TimestampLTZ, types.Timestamp}), 2)
	items = append(items, g.one("TO_TIMESTAMP_LTZ(1795428930, 0)", at, "COALESCE("+g.expr(f.scope, types.TimestampLTZ, 1)+", TO_TIMESTAMP_LTZ(7, 3))"))
	return "SELECT " + strings.Join(items, ", ") + f.sql
}

// delivered makes the value of a row: JSON text.
func (g *Generator) delivered(s *scope) string {
	switch g.rand.IntN(10) {
	case 0:
		return g.jsonText(s, 2)
	case 1:
		return "CASE WHEN " + g.expr(s, types.Boolean, 1) + " THEN 'null' ELSE JSON_STRING(" + g.expr(s, g.kind(scalars[:6]), 1) + ") END"
	case 2:
		if len(s.lists) > 0 {
			return "JSON_STRING(" + s.lists[g.rand.IntN(len(s.lists))].sql + ")"
		}
	}
	return "JSON_STRING(" + g.shown(s, g.kind(scalars), 3) + ")"
}

// shown makes an expression that JSON_STRING takes: it refuses a DATE.
func (g *Generator) shown(s *scope, k types.Kind, depth int) string {
	e := g.expr(s, k, depth)
	if k == types.Date {
		return "CAST(" + e + " AS STRING)"
	}
	return e
}

// Batch is many expressions over one table; each gives a STRING, the JSON text of a value.
type Batch struct {
	Table   string // the CREATE TABLE
	Exprs   []string
	Records [][]byte
}

// Expressions makes a batch of count expressions with n records.
func (g *Generator) Expressions(accept Accept, count, n int) Batch {
	for {
		t := g.table("source")
		b := Batch{Table: t.sql(), Records: g.records(t, n)}
		if accept(b.Table+trivial(relation{t.name, t.columns})) != "" {
			continue
		}
		s := newScope("t", t.columns)
		for len(b.Exprs) < count {
			e, ok := g.tries(accept, b.Table, func() string { return ToInsert("JSON_STRING("+g.shown(s, g.kind(scalars), 3)+")", 0) })
			if ok {
				b.Exprs = append(b.Exprs, FromInsert(e, 0))
			}
		}
		return b
	}
}

// ToInsert makes an INSERT that delivers expression i of a [Batch].
func ToInsert(expr string, i int) string {
	return fmt.Sprintf("INSERT INTO digitaltwin SELECT 'c', 'm%d', %s, 'u', TO_TIMESTAMP_LTZ(0, 0) FROM `source` AS t;\n", i, expr)
}

// FromInsert takes the expression out of what ToInsert made.
func FromInsert(sql string, i int) string {
	sql = strings.TrimPrefix(sql, fmt.Sprintf("INSERT INTO digitaltwin SELECT 'c', 'm%d', ", i))
	return strings.TrimSuffix(sql, ", 'u', TO_TIMESTAMP_LTZ(0, 0) FROM `source` AS t;\n")
}
