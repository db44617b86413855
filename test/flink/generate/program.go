package generate

import (
	"fmt"
	"slices"
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
	if g.chance(15) {
		if sql, columns, ok := g.computed(accept, t); ok {
			p.Head, from.columns = sql, columns
		}
	}
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
	read := []relation{from}
	if g.chance(15) { // another shape of the same records
		other := g.table("other")
		other.format, other.sqlTime, other.options, other.charset = t.format, t.sqlTime, t.options, t.charset
		if t.format == "raw" {
			other.columns = t.columns
		}
		if sql := other.sql(); accept(p.Head+sql+trivial(relation{other.name, other.columns})+trivial(from)) == "" {
			p.Head += sql
			read = append(read, relation{other.name, other.columns})
		}
	}
	metric := 0
	for range 1 + g.rand.IntN(2) {
		r := read[g.rand.IntN(len(read))]
		if sql, ok := g.tries(accept, p.Head, func() string { return g.insert(r, &metric) }); ok {
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

// computed adds a computed column to a table.
func (g *Generator) computed(accept Accept, t *table) (string, []types.Field, bool) {
	k := g.kind(scalars)
	s := &scope{}
	for _, c := range t.columns {
		if c.Type.Kind < types.Array {
			s.add(value{quote(c.Name), c.Type}, 0)
		}
	}
	columns := append(slices.Clone(t.columns), types.Field{Name: "derived", Type: &types.Type{Kind: k}})
	end := trivial(relation{t.name, columns})
	sql, ok := g.tries(accept, "", func() string {
		return strings.Replace(t.sql(), ") WITH (", ", derived AS "+g.expr(s, k, 2)+") WITH (", 1) + end
	})
	return strings.TrimSuffix(sql, end), columns, ok
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
		if g.chance(25) { // the second branch has the columns of the first, of which some are computed otherwise
			for i, col := range made.columns {
				if col.Type.Kind < types.Array && g.chance(30) {
					items[i] = g.expr(f.scope, col.Type.Kind, 1)
				}
			}
			sql += " UNION ALL SELECT " + strings.Join(items, ", ") + f.base + " WHERE " + g.expr(f.scope, types.Boolean, 1)
		}
		return sql + ";\n" + trivial(made)
	})
	if !ok {
		return relation{}, "", false
	}
	return made, strings.TrimSuffix(sql, trivial(made)), true
}

// insert makes an INSERT of one or several branches, each with a metric of its own.
func (g *Generator) insert(r relation, metric *int) string {
	unit := g.chance(70)
	columns := ""
	if !unit {
		columns = " (component, metric, `value`, event_time)"
	}
	var branches []string
	for range 1 + g.rand.IntN(2) {
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
	items = append(items, g.one("TO_TIMESTAMP_LTZ(1795428930, 0)", at,
		"COALESCE("+g.expr(f.scope, types.TimestampLTZ, 1)+", TO_TIMESTAMP_LTZ(7, 3))"))
	return "SELECT " + strings.Join(items, ", ") + f.sql
}

// delivered makes the value of a row: JSON text.
func (g *Generator) delivered(s *scope) string {
	switch g.rand.IntN(10) {
	case 0:
		return g.jsonText(s, 2)
	case 1:
		return "CASE WHEN " + g.expr(s, types.Boolean, 1) + " THEN 'null' ELSE JSON_STRING(" +
			g.expr(s, g.kind(scalars[:6]), 1) + ") END"
	case 2:
		if len(s.lists) > 0 {
			return "JSON_STRING(" + s.lists[g.rand.IntN(len(s.lists))].sql + ")"
		}
	case 3:
		return "JSON_STRING(" + g.rounded(g.expr(s, types.Decimal, 1)) + ")"
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
			e, ok := g.tries(accept, b.Table, func() string {
				return ToInsert("JSON_STRING("+g.shown(s, g.kind(scalars), 3)+")",
					0)
			})
			if ok {
				b.Exprs = append(b.Exprs, FromInsert(e, 0))
			}
		}
		return b
	}
}

// ToInsert makes an INSERT that delivers expression i of a [Batch].
func ToInsert(expr string, i int) string {
	return fmt.Sprintf("INSERT INTO digitaltwin SELECT 'c', 'm%d', %s, 'u', TO_TIMESTAMP_LTZ(0, 0) FROM `source` AS t;\n",
		i, expr)
}

// FromInsert takes the expression out of what ToInsert made.
func FromInsert(sql string, i int) string {
	sql = strings.TrimPrefix(sql, fmt.Sprintf("INSERT INTO digitaltwin SELECT 'c', 'm%d', ", i))
	return strings.TrimSuffix(sql, ", 'u', TO_TIMESTAMP_LTZ(0, 0) FROM `source` AS t;\n")
}
