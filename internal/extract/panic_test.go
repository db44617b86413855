package extract

import (
	"fmt"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/extract/function"
	"github.com/railtwin/digitaltwin/internal/extract/sqlcase"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// operands are expressions of every type: columns, constants, and NULL with and without one.
var operands = []string{
	"NULL", "CAST(NULL AS INT)", "CAST(NULL AS STRING)", "UNKNOWN", "s", "'a'", "''", "i", "7", "0", "b", "10000000000",
	"d", "1e0", "e", "1.5", "t", "TRUE",
	"da", "DATE '2026-11-23'", "ti", "ts", "TIMESTAMP '2026-11-23 10:15:30'", "l", "INTERVAL '1' DAY", "y", "a", "a[1]",
	"x", "SPLIT(s, ',')", "m", "m['k']",
	"r", "r.y", "ra", "JSON_OBJECT('k' VALUE i)", "JSON_STRING(d)", "CASE WHEN t THEN i END", "NULLIF(i, 0)", "ARRAY[1]",
	"ROW(1)",
}

const operandColumns = "s STRING, i INT, b BIGINT, d DOUBLE, e DECIMAL(10, 2), t BOOLEAN, da DATE, ti TIME, ts " +
	"TIMESTAMP(3), l TIMESTAMP_LTZ(3), y BYTES, " +
	"a ARRAY<INT>, x ARRAY<STRING>, m MAP<STRING, INT>, r ROW<x INT, y STRING>, ra ARRAY<ROW<x INT>>"

const operandRecord = `{"s":"a,b","i":7,"b":5,"d":2.5,"e":1.25,"t":true,"da":"2026-11-23","ti":"10:15:30","ts":"2026-11-23T10:15:30","l":"2026-11-23T10:15:30Z",` +
	`"y":"AAEC","a":[1,2],"x":["x"],"m":{"k":1},"r":{"x":1,"y":"q"},"ra":[{"x":1}]}`

// Ensure that no operand of any type, in any place, makes the compiler or what it compiles break down.
func TestNoPanic(t *testing.T) {
	var exprs []string
	for _, f := range function.All() {
		n := len(f.Params)
		for k := range n {
			for _, o := range operands {
				args := make([]string, n)
				for i := range args {
					args[i] = []string{"s", "i", "l", "'a'", "0", "a"}[(i+len(exprs))%6] // what fits, now and then
				}
				args[k] = o
				exprs = append(exprs, call(f.Name, args[:max(k+1, n-f.Optional)]))
			}
		}
	}
	for k, x := range operands {
		for i, y := range operands {
			if i%2 != k%2 && y != "NULL" {
				continue // half of the pairs
			}
			for _, op := range []string{"+", "/", "%", "||", "=", "<", "AND", "IS DISTINCT FROM"} {
				exprs = append(exprs, x+" "+op+" "+y)
			}
			exprs = append(exprs, "CASE WHEN t THEN "+x+" ELSE "+y+" END", "COALESCE("+x+", "+y+")",
				"NULLIF("+x+", "+y+")", "IF(t, "+x+", "+y+")",
				x+" IN ("+y+")", x+" BETWEEN "+y+" AND "+y, x+"["+y+"]", "CARDINALITY(CASE WHEN t THEN "+x+" ELSE "+y+" END)")
		}
		for _, form := range []string{"-%s", "NOT %s", "%s IS NULL", "%s IS TRUE", "%s IS JSON", "%s LIKE 'a'",
			"CAST(%s AS STRING)", "TRY_CAST(%s AS INT)",
			"CAST(%s AS TIMESTAMP(3))", "JSON_OBJECT('k' VALUE %s)", "JSON_ARRAY(%s)", "JSON_VALUE(%s, '$.a')",
			"JSON_STRING(%s)", "CARDINALITY(%s)", "%s"} {
			exprs = append(exprs, fmt.Sprintf(form, x))
		}
	}
	for _, e := range exprs {
		c := sqlcase.Case{Columns: operandColumns, Expr: e}
		breaks(t, e, c.Extractor())
	}
	t.Logf("%d expressions", len(exprs))
}

// call writes a call in the syntax of the function.
func call(name string, args []string) string {
	switch list := strings.Join(args, ", "); name {
	case "EXTRACT":
		return "EXTRACT(HOUR FROM " + list + ")"
	case "TIMESTAMPDIFF", "TIMESTAMPADD":
		return name + "(DAY, " + list + ")"
	case "POSITION":
		return "POSITION(" + args[0] + " IN " + args[min(1, len(args)-1)] + ")"
	default:
		return name + "(" + list + ")"
	}
}

// breaks fails the test where compiling or running breaks down.
func breaks(t *testing.T, what, sql string) {
	t.Helper()
	defer func() {
		if r := recover(); r != nil {
			t.Errorf("%s: %v", what, r)
		}
	}()
	p, err := Compile("case.sql", []byte(sql))
	if err != nil {
		return
	}
	out := p.NewOutput()
	for _, record := range []string{operandRecord, "{}"} {
		p.Run([]byte(record), out)
		for _, x := range out.Problems {
			if x.Reason == twin.Panicked {
				t.Errorf("%s: %s", what, x.Detail)
			}
		}
	}
}
