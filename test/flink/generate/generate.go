// Package generate makes random extractors and random records for the comparison of the two engines.
//
// A [Generator] is seeded, so that what it found can be found again. [Generator.Program] makes an
// extractor of the constructs that the Go engine takes, with records that mostly fit its tables;
// [Generator.Expressions] makes many expressions over one table, which Flink evaluates in one job;
// [Generator.Mutate] spoils a real record in one of the ways in which records are spoilt.
//
// The grammar is typed but does not know every rule of the engine. What the engine refuses is thrown
// away by the accept function and made anew, so the generator cannot lag behind the engine: functions
// come from its table.
package generate

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// Generator makes programs and records. It belongs to one goroutine.
type Generator struct {
	rand *rand.Rand
	// Refused counts what accept turned down, by its answer.
	Refused map[string]int
}

// New returns a generator that makes the same for the same seed.
func New(seed uint64) *Generator {
	return &Generator{rand: rand.New(rand.NewPCG(seed, 0)), Refused: map[string]int{}}
}

// Accept says whether the engine takes an SQL text; reason is empty if so.
type Accept func(sql string) (reason string)

// table is a source table under construction.
type table struct {
	name    string
	format  string
	charset string // of format raw; empty for UTF-8
	sqlTime bool   // json.timestamp-format.standard
	columns []types.Field
	options string // more of them, as they stand in WITH
	comma   string // between the fields of csv
}

func (g *Generator) one(of ...string) string { return of[g.rand.IntN(len(of))] }

// chance is true in percent of a hundred cases.
func (g *Generator) chance(percent int) bool { return g.rand.IntN(100) < percent }

// table makes a table of some columns of any type.
func (g *Generator) table(name string) *table {
	t := &table{name: name, format: "json", sqlTime: g.chance(25)}
	switch n := g.rand.IntN(20); {
	case n == 0:
		t.format = "raw"
		if g.chance(70) {
			t.charset = g.one("ISO-8859-1", "windows-1252", "UTF-8", "UTF-16", "utf-16le", "X-UTF-16BE", "us-ascii", "Cp1252",
				"latin1", "KOI8_R", "ISO8859_15", "IBM850", "windows-1255")
			t.options = ", 'raw.charset' = " + text(t.charset)
		}
		t.columns = []types.Field{{Name: "c0", Type: &types.Type{Kind: types.String}}}
		return t
	case n <= 2:
		t.format, t.sqlTime = "csv", true
		t.comma = g.one(";", ",", "|", "\t")
		t.options = ", 'csv.field-delimiter' = '" + strings.ReplaceAll(t.comma, "\t", `\t`) + "'" +
			g.one("", "", "", ", 'csv.null-literal' = ''", ", 'csv.null-literal' = '-'",
				", 'csv.disable-quote-character' = 'true'",
				", 'csv.quote-character' = ''''", `, 'csv.escape-character' = '\'`, ", 'csv.allow-comments' = 'true'")
	}
	depth := 3
	if t.format == "csv" {
		depth = 0
	}
	for i := range 3 + g.rand.IntN(6) {
		t.columns = append(t.columns, types.Field{Name: g.columnName(i), Type: g.typ(depth)})
	}
	if g.chance(70) { // else an expression of a kind that no column has is all constants
		for i, k := range scalars {
			t.columns = append(t.columns, types.Field{Name: fmt.Sprint("s", i), Type: g.scalar(k)})
		}
	}
	return t
}

// columnName is mostly plain; some names need backticks.
func (g *Generator) columnName(i int) string {
	if g.chance(8) {
		return g.one("a b", "x:y", "@id", "na.me", "Straße", "value", "select", "tick`s") + fmt.Sprint(i)
	}
	return fmt.Sprint(g.one("c", "c", "c", "C"), i)
}

func (g *Generator) typ(depth int) *types.Type {
	if depth > 0 && g.chance(40) {
		switch g.rand.IntN(5) {
		case 0:
			return &types.Type{Kind: types.Map, Elem: g.typ(depth - 1)}
		case 1, 2:
			return &types.Type{Kind: types.Array, Elem: g.typ(depth - 1)}
		}
		t := &types.Type{Kind: types.Row}
		for i := range 1 + g.rand.IntN(4) {
			t.Fields = append(t.Fields, types.Field{Name: fmt.Sprint("f", i), Type: g.typ(depth - 1)})
		}
		return t
	}
	kinds := []types.Kind{types.String, types.String, types.String, types.Int, types.Int, types.BigInt, types.Double,
		types.Double,
		types.Boolean, types.Decimal, types.TimestampLTZ, types.TimestampLTZ, types.Timestamp, types.Date}
	switch g.rand.IntN(40) {
	case 0:
		return g.scalar(types.Time)
	case 1:
		return g.scalar(types.Bytes)
	}
	return g.scalar(kinds[g.rand.IntN(len(kinds))])
}

func (g *Generator) scalar(k types.Kind) *types.Type {
	t := &types.Type{Kind: k}
	switch k {
	case types.Decimal:
		t.Precision = 1 + g.rand.IntN(20)
		t.Scale = g.rand.IntN(min(t.Precision, 9) + 1)
	case types.Timestamp, types.TimestampLTZ:
		t.Precision = []int{3, 3, 3, 3, 3, 0, 6, 9}[g.rand.IntN(8)]
	}
	return t
}

// sql writes the CREATE TABLE.
func (t *table) sql() string {
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE TABLE %s (", quote(t.name))
	for i, c := range t.columns {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s %s", quote(c.Name), typeSQL(c.Type))
	}
	fmt.Fprintf(&b, ") WITH ('format' = '%s'", t.format)
	switch t.format {
	case "json":
		b.WriteString(", 'json.ignore-parse-errors' = 'true'")
		if !t.sqlTime {
			b.WriteString(", 'json.timestamp-format.standard' = 'ISO-8601'")
		}
	case "csv":
		b.WriteString(", 'csv.ignore-parse-errors' = 'true'")
	}
	b.WriteString(t.options + ");\n")
	return b.String()
}

func typeSQL(t *types.Type) string {
	switch t.Kind {
	case types.Array:
		return "ARRAY<" + typeSQL(t.Elem) + ">"
	case types.Map:
		return "MAP<STRING, " + typeSQL(t.Elem) + ">"
	case types.Row:
		var fields []string
		for _, f := range t.Fields {
			fields = append(fields, quote(f.Name)+" "+typeSQL(f.Type))
		}
		return "ROW<" + strings.Join(fields, ", ") + ">"
	}
	return t.String()
}

// quote writes a name with backticks: half of the names that come up are reserved.
func quote(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

// text writes a literal.
func text(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
