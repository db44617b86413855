package generate

import (
	"fmt"
	"strconv"

	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// value is an expression that is at hand: a column, a field or an element.
type value struct {
	sql string
	typ *types.Type
}

// scope is what an expression may read.
type scope struct {
	values []value // scalars
	lists  []value // ARRAY, MAP and ROW
}

// newScope finds everything that can be read of columns, in any depth. Fields of a ROW column need
// the alias in UNNEST only, but may have it everywhere.
func newScope(alias string, columns []types.Field) *scope {
	s := &scope{}
	for _, c := range columns {
		s.add(value{alias + "." + quote(c.Name), c.Type}, 0)
	}
	return s
}

func (s *scope) add(v value, depth int) {
	switch v.typ.Kind {
	case types.Row:
		s.lists = append(s.lists, v)
		for _, f := range v.typ.Fields {
			s.add(value{v.sql + "." + quote(f.Name), f.Type}, depth+1)
		}
	case types.Array:
		s.lists = append(s.lists, v)
		s.add(value{v.sql + "[1]", v.typ.Elem}, depth+1)
		s.add(value{v.sql + "[2]", v.typ.Elem}, depth+1)
	case types.Map:
		s.lists = append(s.lists, v)
		s.add(value{v.sql + "['k']", v.typ.Elem}, depth+1)
		s.add(value{v.sql + "['é']", v.typ.Elem}, depth+1)
	default:
		s.values = append(s.values, v)
	}
}

// scalars are the kinds that expressions are made of.
var scalars = []types.Kind{types.Boolean, types.Int, types.BigInt, types.Double, types.Decimal, types.String,
	types.Date, types.Timestamp, types.TimestampLTZ}

var numbers = []types.Kind{types.Int, types.BigInt, types.Double, types.Decimal}

func (g *Generator) kind(of []types.Kind) types.Kind { return of[g.rand.IntN(len(of))] }

// expr makes an expression of a kind; depth bounds how deep it goes.
func (g *Generator) expr(s *scope, k types.Kind, depth int) string {
	if depth <= 0 || g.chance(15) {
		return g.leaf(s, k)
	}
	if g.chance(45) {
		if e, ok := g.call(s, k, depth); ok {
			return e
		}
	}
	if g.chance(20) {
		return g.choice(s, k, depth)
	}
	sub := func(k types.Kind) string { return g.expr(s, k, depth-1) }
	switch k {
	case types.Boolean:
		return g.condition(s, depth)
	case types.Int:
		return g.either(
			func() string { return g.arithmetic(sub(k), sub(k)) },
			func() string { return "TRY_CAST(" + sub(types.String) + " AS INT)" },
			func() string {
				return "CAST(" + sub(g.kind([]types.Kind{types.BigInt, types.Double, types.Boolean, types.Decimal})) + " AS INT)"
			},
			func() string { return "(-" + sub(k) + ")" },
			func() string { return g.collection(s) },
		)
	case types.BigInt:
		return g.either(
			func() string { return g.arithmetic(sub(k), sub(g.kind([]types.Kind{types.Int, types.BigInt}))) },
			func() string { return g.arithmetic(sub(types.Int), sub(types.BigInt)) },
			func() string { return "TRY_CAST(" + sub(types.String) + " AS BIGINT)" },
			func() string {
				return "CAST(" + sub(g.kind([]types.Kind{types.Int, types.Double, types.Boolean, types.Decimal})) + " AS BIGINT)"
			},
		)
	case types.Double:
		return g.either(
			func() string { return g.arithmetic(sub(k), sub(g.kind(numbers))) },
			func() string {
				return "(" + sub(g.kind(numbers)) + " " + g.one("+", "*", "-") + " " + sub(types.Double) + ")"
			},
			func() string { return "(" + sub(k) + " / " + sub(k) + ")" },
			func() string { return "TRY_CAST(" + sub(types.String) + " AS DOUBLE)" },
			func() string {
				return "CAST(" + sub(g.kind([]types.Kind{types.Int, types.BigInt, types.Decimal})) + " AS DOUBLE)"
			},
		)
	case types.Decimal:
		return g.either(
			func() string {
				return "(" + sub(k) + " " + g.one("+", "-", "*") + " " +
					sub(g.kind([]types.Kind{types.Decimal, types.Int, types.BigInt})) + ")"
			},
			func() string {
				return "TRY_CAST(" + sub(g.kind([]types.Kind{types.String, types.Int, types.BigInt, types.Decimal})) + " AS " +
					g.decimalType() + ")"
			},
			func() string {
				return "CAST(" + sub(g.kind([]types.Kind{types.Int, types.BigInt, types.Decimal})) + " AS " + g.decimalType() + ")"
			},
			func() string { return g.rounded(sub(k)) },
		)
	case types.String:
		return g.textual(s, depth)
	case types.Date:
		return g.either(
			func() string { return "TRY_CAST(" + sub(types.String) + " AS DATE)" },
			func() string {
				return "CAST(" + sub(g.kind([]types.Kind{types.Timestamp, types.TimestampLTZ})) + " AS DATE)"
			},
		)
	}
	return g.moment(s, k, depth)
}

// rounded makes a DECIMAL with fewer digits of one; what is cut off is often a half.
func (g *Generator) rounded(x string) string {
	scale := strconv.Itoa(g.rand.IntN(4))
	return g.one("CAST("+x+" AS DECIMAL(30, "+scale+"))", "ROUND("+x+", "+scale+")")
}

func (g *Generator) either(of ...func() string) string { return of[g.rand.IntN(len(of))]() }

func (g *Generator) decimalType() string {
	p := 1 + g.rand.IntN(30)
	return fmt.Sprintf("DECIMAL(%d, %d)", p, g.rand.IntN(min(p, 12)+1))
}

// leaf reads a column of the kind where there is one, or writes a literal.
func (g *Generator) leaf(s *scope, k types.Kind) string {
	var of []string
	for _, v := range s.values {
		if v.typ.Kind == k {
			of = append(of, v.sql)
		}
	}
	if len(of) > 0 && g.chance(80) {
		return g.one(of...)
	}
	switch k {
	case types.Boolean:
		return g.one("TRUE", "FALSE", "CAST(NULL AS BOOLEAN)")
	case types.Int:
		return g.one("0", "1", "2", "7", "-3", "10", "2147483647", "1000", "CAST(NULL AS INT)")
	case types.BigInt:
		return g.one("10000000000", "CAST(1 AS BIGINT)", "-9223372036854775807", "CAST(NULL AS BIGINT)")
	case types.Double:
		return g.one("0e0", "1e0", "-2.5e0", "1e10", "1.5e-7", "0.1e0", "1e300", "CAST(2 AS DOUBLE)", "CAST(NULL AS DOUBLE)")
	case types.Decimal:
		return g.one("0.0", "1.5", "2.5", "-0.125", "-2.675", "12345.678", "0.001", "99999999999999.99",
			"CAST(NULL AS DECIMAL(5, 2))")
	case types.Date:
		return g.one("DATE '2026-11-23'", "DATE '1969-12-31'", "DATE '2024-02-29'", "CAST(NULL AS DATE)")
	case types.Timestamp:
		return g.one("TIMESTAMP '2026-11-23 10:15:30'", "TIMESTAMP '1969-12-31 23:59:59.999'",
			"TIMESTAMP '2024-02-29 12:00:00.5'", "CAST(NULL AS TIMESTAMP(3))")
	case types.Time:
		return "CAST(NULL AS TIME)"
	case types.Bytes:
		return "CAST(NULL AS BYTES)"
	case types.TimestampLTZ:
		return g.one("TO_TIMESTAMP_LTZ(1795428930, 0)", "TO_TIMESTAMP_LTZ(-1, 3)",
			"CAST(TIMESTAMP '2026-11-23 10:15:30.123' AS TIMESTAMP_LTZ(3))", "CAST(NULL AS TIMESTAMP_LTZ(3))")
	}
	if g.chance(5) {
		return "CAST(NULL AS STRING)"
	}
	return text(g.one(texts...))
}

// arithmetic divides only by what cannot be 0.
func (g *Generator) arithmetic(a, b string) string {
	switch g.rand.IntN(6) {
	case 0:
		return "(" + a + " / NULLIF(" + b + ", 0))"
	case 1:
		return "(" + a + " % " + g.one("7", "2", "-3", "NULLIF("+b+", 0)") + ")"
	}
	return "(" + a + " " + g.one("+", "-", "*") + " " + b + ")"
}

func (g *Generator) collection(s *scope) string {
	var of []string
	for _, l := range s.lists {
		if l.typ.Kind != types.Row {
			of = append(of, "CARDINALITY("+l.sql+")")
		}
	}
	if len(of) == 0 || g.chance(20) {
		parts := "SPLIT(" + g.leaf(s, types.String) + ", " + text(g.one("", "/", "a")) + ")"
		of = append(of, "CARDINALITY(ARRAY[1, 2])", "CARDINALITY("+parts+")")
	}
	return g.one(of...)
}

// whole is a ROW, ARRAY or MAP that is at hand.
func (g *Generator) whole(s *scope) string {
	if len(s.lists) == 0 {
		return g.leaf(s, types.String)
	}
	return s.lists[g.rand.IntN(len(s.lists))].sql
}

// choice makes CASE, IF, COALESCE and the like.
func (g *Generator) choice(s *scope, k types.Kind, depth int) string {
	sub := func(k types.Kind) string { return g.expr(s, k, depth-1) }
	switch g.rand.IntN(5) {
	case 0:
		return "CASE WHEN " + sub(types.Boolean) + " THEN " + sub(k) + " WHEN " + sub(types.Boolean) + " THEN " + sub(k) +
			g.one(" END", " ELSE "+sub(k)+" END")
	case 1:
		of := g.kind([]types.Kind{types.String, types.Int, types.Boolean})
		return "CASE " + sub(of) + " WHEN " + g.leaf(s, of) + " THEN " + sub(k) + g.one("", " ELSE "+sub(k)) + " END"
	case 2:
		return "IF(" + sub(types.Boolean) + ", " + sub(k) + ", " + sub(k) + ")"
	case 3:
		return "COALESCE(" + sub(k) + ", " + sub(k) + ")"
	}
	return "NULLIF(" + sub(k) + ", " + sub(k) + ")"
}

// condition makes a BOOLEAN.
func (g *Generator) condition(s *scope, depth int) string {
	sub := func(k types.Kind) string { return g.expr(s, k, depth-1) }
	k := g.kind(scalars)
	return g.either(
		func() string { return "(" + sub(k) + " " + g.one("=", "<>", "<", "<=", ">", ">=") + " " + sub(k) + ")" },
		func() string {
			return "(" + sub(g.kind(numbers)) + " " + g.one("=", "<>", "<", ">=") + " " + sub(g.kind(numbers)) + ")"
		},
		func() string {
			return "(" + sub(k) + g.one(" BETWEEN ", " NOT BETWEEN ") + sub(k) + " AND " + sub(k) + ")"
		},
		func() string {
			return "(" + sub(k) + g.one(" IN (", " NOT IN (") + g.leaf(s, k) + ", " + g.leaf(s, k) + ", " + g.leaf(s, k) + "))"
		},
		func() string { return "(" + sub(types.String) + g.one(" LIKE ", " NOT LIKE ") + g.likePattern() + ")" },
		func() string { return "(" + g.leaf(s, types.Time) + g.one(" = ", " < ") + g.leaf(s, types.Time) + ")" },
		func() string { // a text that is compared with a time is cast to its type
			k := g.kind([]types.Kind{types.Date, types.Timestamp, types.TimestampLTZ})
			return "(" + sub(k) + g.one(" = ", " <> ", " < ", " >= ") + text(g.one(timeTexts...)) + ")"
		},
		func() string { return "(" + g.leaf(s, g.kind([]types.Kind{types.Time, types.Bytes})) + " IS NOT NULL)" },
		func() string { return g.whole(s) + g.one(" IS NULL", " IS NOT NULL") },
		func() string { return "(" + sub(k) + g.one(" IS NULL", " IS NOT NULL") + ")" },
		func() string {
			return "(" + sub(types.Boolean) + g.one(" IS TRUE", " IS NOT TRUE", " IS FALSE", " IS NOT FALSE", " IS UNKNOWN") +
				")"
		},
		func() string {
			return "(" + sub(k) + g.one(" IS DISTINCT FROM ", " IS NOT DISTINCT FROM ") + sub(k) + ")"
		},
		func() string { return "(" + sub(types.Boolean) + g.one(" AND ", " OR ") + sub(types.Boolean) + ")" },
		func() string { return "(NOT " + sub(types.Boolean) + ")" },
		func() string { return "TRY_CAST(" + sub(types.String) + " AS BOOLEAN)" },
		func() string { return "CAST(" + sub(g.kind([]types.Kind{types.Int, types.BigInt})) + " AS BOOLEAN)" },
		func() string { return "JSON_EXISTS(" + sub(types.String) + ", " + g.path() + ")" },
		func() string {
			return "(" + sub(types.String) + g.one(" IS JSON", " IS NOT JSON", " IS JSON OBJECT", " IS JSON ARRAY",
				" IS JSON SCALAR") + ")"
		},
	)
}

func (g *Generator) likePattern() string {
	p := g.one("%", "a%", "%a", "%a%", "_", "a_c%", "", "%/%/%", "2026-__-__%", "%😀%", "é%", "100%", "%.%", "a.c", "[a]%",
		"(%", "é", "%é_", "straße%", "日_語", "tab\there")
	if g.chance(25) {
		p = g.one(p, "100!%", "a!_b", "!!%", "%!%%", "é!%", "é!_%", "%é%", "%日%語%", "u00E9%")
		return text(p) + " ESCAPE " + text(g.one("!", "!", "!", "#", "u", "%", `\`, "é"))
	}
	return text(p)
}

func (g *Generator) path() string {
	return text(g.one("", "", "lax ", "strict ") + g.one("$", "$.a", "$.a.b", "$.a[0]", "$.a.b[1]", "$['k.x']", "$.b",
		"$[0]",
		"$[2]", "$.a.b[2]", "$.nope", " $.a", "$.a ", " $"))
}

// textual makes a STRING.
func (g *Generator) textual(s *scope, depth int) string {
	sub := func(k types.Kind) string { return g.expr(s, k, depth-1) }
	str := types.String
	return g.either(
		func() string { return "(" + sub(str) + " || " + sub(str) + ")" },
		func() string {
			return "CAST(" + sub(g.kind([]types.Kind{types.Int, types.BigInt, types.Boolean, types.Decimal, types.Date,
				types.Timestamp, types.TimestampLTZ})) + " AS STRING)"
		},
		func() string {
			return "JSON_VALUE(" + sub(str) + ", " + g.path() +
				g.one("", "", "", " NULL ON EMPTY", " DEFAULT 'd' ON EMPTY", " DEFAULT 'e' ON ERROR",
					" DEFAULT 'd' ON EMPTY DEFAULT 'e' ON ERROR") + ")"
		},
		func() string {
			return "JSON_QUERY(" + sub(str) + ", " + g.path() +
				g.one("", "", " WITH WRAPPER", " WITH CONDITIONAL WRAPPER", " EMPTY ARRAY ON ERROR", " EMPTY OBJECT ON EMPTY") + ")"
		},
		func() string { return "JSON_STRING(" + sub(g.kind(scalars)) + ")" },
		func() string { return g.jsonText(s, depth) },
		func() string {
			return "TRIM(" + g.one("", "BOTH ", "LEADING ", "TRAILING ") + text(g.one(" ", "x", "xy", "0", "-/")) + " FROM " +
				sub(str) + ")"
		},
		func() string {
			return "SUBSTRING(" + sub(str) + " FROM " + sub(types.Int) + g.one("", " FOR "+sub(types.Int)) + ")"
		},
		func() string { return g.one("UPPER", "LOWER") + "(" + sub(str) + ")" },
		func() string {
			return "REGEXP_EXTRACT(" + sub(str) + ", " + text(g.one("([a-z]+)", "[0-9]+", "(\\d+)-(\\d+)", "([^/]+)$", "^a(b)?",
				"(.)(.)", "x*", "\\s", "[A-Za-z]+:(.*)", "(a|b)+?", "$")) + g.one("", ", 0", ", 1", ", 2") + ")"
		},
		func() string {
			return "REGEXP_REPLACE(" + sub(str) + ", " + text(g.one("[0-9]", "a", "[^a-z]+", "^0+", "\\s+", "x*", "(a)", "/$")) +
				", " + text(g.one("", "-", "$1", "x", "\\")) + ")"
		},
		func() string { return "SPLIT(" + sub(str) + ", '/')[" + g.one("1", "2", "3") + "]" },
	)
}
