package flink_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/test/flink"
)

const table = `CREATE TABLE t (a INT, d DOUBLE, s STRING, m MAP<STRING, INT>, de DECIMAL(6, 2), ts TIMESTAMP(3))
WITH ('format' = 'json', 'json.ignore-parse-errors' = 'true', 'json.timestamp-format.standard' = 'ISO-8601');
`

func records(s ...string) (out [][]byte) {
	for _, r := range s {
		out = append(out, []byte(r))
	}
	return out
}

func lines(rows [][]json.RawMessage) string {
	var b strings.Builder
	for i, of := range rows {
		for _, r := range of {
			fmt.Fprintf(&b, "%d %s\n", i, r)
		}
	}
	return b.String()
}

// Ensure rows are attributed to the record that they came from, over a union, several sinks and a
// record that gives none or several rows.
func TestRunAttribution(t *testing.T) {
	o := flink.Start(t)
	sql := "SET 'twin.interval' = '1 s; still text'; -- a comment; with a semicolon\n" + table + `
CREATE VIEW v AS SELECT CAST(a AS STRING) AS c, d FROM t;
EXECUTE STATEMENT SET BEGIN
  INSERT INTO digitaltwin SELECT c, 'x', JSON_STRING(d), ';', TIMESTAMP '2026-01-02 03:04:05.6' FROM v
  UNION ALL SELECT c, 'y', CAST(NULL AS STRING), CAST(NULL AS STRING), CAST(NULL AS TIMESTAMP(3)) FROM v WHERE d > 1;
  INSERT INTO digitaltwin (component) SELECT 'all' FROM t;
END`
	got, err := o.Run(sql, records(`{"a":1,"d":1}`, `broken`, `[{"a":2,"d":2},{"a":3}]`))
	if err != nil || got.Failed != "" || len(got.Faults) > 0 {
		t.Fatal(err, got.Failed, got.Faults)
	}
	count := map[string]int{}
	for l := range strings.Lines(lines(got.Rows)) {
		count[strings.TrimSpace(l)]++
	}
	want := map[string]int{
		`0 ["1","x","1.0",";","2026-01-02T03:04:05.600000000Z"]`: 1,
		`0 ["all",null,null,null,null]`:                          1,
		`2 ["2","x","2.0",";","2026-01-02T03:04:05.600000000Z"]`: 1,
		`2 ["2","y",null,null,null]`:                             1,
		`2 ["3","x",null,";","2026-01-02T03:04:05.600000000Z"]`:  1,
		`2 ["all",null,null,null,null]`:                          2,
	}
	if fmt.Sprint(count) != fmt.Sprint(want) {
		t.Errorf("got %v\nwant %v", count, want)
	}
	if row, err := flink.ParseRow(got.Rows[0][0]); err != nil || row.Component == nil {
		t.Error(row, err)
	}
}

// Ensure a refused statement is named by its line, and a failing record by its number and kind.
func TestRunErrors(t *testing.T) {
	o := flink.Start(t)
	for sql, want := range map[string]string{
		table + "\nINSERT INTO digitaltwin (component) SELECT x FROM t": "line 4: ",
		table + "INSERT INTO digitaltwin (component) SELECT a FROM t":   "do not match",
		"SET 'a' = 'b'": "line 1: ",
		table:           "no INSERT",
	} {
		if _, err := o.Run(sql, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", sql, err, want)
		}
	}
	strict := strings.Replace(table, "'json.ignore-parse-errors' = 'true', ", "", 1)
	got, err := o.Run(strict+"INSERT INTO digitaltwin (`value`) SELECT CAST(10 / a AS STRING) FROM t",
		records(`{"a":5}`, `{"a":0}`, `{`, `{"a":2}`))
	if err != nil {
		t.Fatal(err)
	}
	if want := "0 [null,null,\"2\",null,null]\n3 [null,null,\"5\",null,null]\n"; lines(got.Rows) != want {
		t.Errorf("rows\n%s", lines(got.Rows))
	}
	if len(got.Faults) != 2 || got.Faults[0].Kind != "query" || got.Faults[0].Record != 1 ||
		got.Faults[1].Kind != "decode" || got.Faults[1].Record != 2 {
		t.Errorf("faults %+v", got.Faults)
	}
}

// Ensure values of every kind come as documented, and that a throwing expression does not hide others.
func TestEval(t *testing.T) {
	o := flink.Start(t)
	tests := []struct{ expr, want string }{
		{"a", "INT|0|null"},
		{"1 / a", "INT|throws|null"},
		{"d", "DOUBLE|1.5|null"},
		{"d / 0", `DOUBLE|"Infinity"|null`},
		{"s = 'x'", "BOOLEAN|true|null"},
		{"m", `MAP<STRING, INT>|[["j",null],["k",1]]|null`},
		{"de", `DECIMAL(6, 2)|"1.24"|null`},
		{"ts", `TIMESTAMP(3)|"2026-01-02T03:04:05.120000000"|null`},
		{"CAST(s AS INT)", "INT|throws|null"},
		{"ARRAY[a, 1]", "ARRAY<INT> NOT NULL|[0,1]|[null,1]"},
		{"DATE '2026-02-03'", `DATE NOT NULL|"2026-02-03"|"2026-02-03"`},
		{"NULL", "refused"},
	}
	var exprs []string
	for _, tt := range tests {
		exprs = append(exprs, tt.expr)
	}
	got, err := o.Eval(table, "t", exprs, records(
		`{"a":0,"d":1.50,"s":"x","m":{"k":1,"j":null},"de":1.235,"ts":"2026-01-02T03:04:05.12"}`, `{}`))
	if err != nil {
		t.Fatal(err)
	}
	for i, tt := range tests {
		have := []string{got.Types[i]}
		if got.Refused[i] != nil {
			have = []string{"refused"}
		} else {
			for _, rows := range got.Rows {
				if v := rows[0][i]; v.Error != "" {
					have = append(have, "throws")
				} else {
					have = append(have, string(v.JSON))
				}
			}
		}
		if s := strings.Join(have, "|"); s != tt.want {
			t.Errorf("%s: %s, want %s", tt.expr, s, tt.want)
		}
	}
}

// Ensure Plan refuses what Flink refuses only at the end of planning.
func TestPlan(t *testing.T) {
	o := flink.Start(t)
	got, err := o.Plan(table+"INSERT INTO digitaltwin (component) SELECT DISTINCT s FROM t",
		[]string{"SELECT a FROM t", "SELECT x FROM t"})
	if err != nil {
		t.Fatal(err)
	}
	if got.Script == nil || !strings.Contains(*got.Script, "doesn't support consuming update") {
		t.Errorf("script: %v", got.Script)
	}
	if got.Queries[0] != nil || got.Queries[1] == nil {
		t.Errorf("queries: %v", got.Queries)
	}
}
