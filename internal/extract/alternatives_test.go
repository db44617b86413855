package extract

import (
	"fmt"
	"testing"
)

// threeShapes has two tables for a value that comes as an object or as a number, and one for another part of either.
const threeShapes = `CREATE TABLE objects (id STRING, v ROW<n DOUBLE>, ts TIMESTAMP_LTZ(3)) WITH ('format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601', 'json.ignore-parse-errors' = 'true');
CREATE TABLE numbers (id STRING, v INT, ts TIMESTAMP_LTZ(3)) WITH ('format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601', 'json.ignore-parse-errors' = 'true');
CREATE TABLE doors (door STRING, isOpen BIGINT, ts TIMESTAMP_LTZ(3)) WITH ('format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601', 'json.ignore-parse-errors' = 'true');
INSERT INTO digitaltwin SELECT id, 'v', JSON_STRING(v.n), CAST(NULL AS STRING), ts FROM objects;
INSERT INTO digitaltwin SELECT id, 'v', JSON_STRING(v), CAST(NULL AS STRING), ts FROM numbers;
INSERT INTO digitaltwin SELECT door, 'open', JSON_STRING(isOpen), CAST(NULL AS STRING), ts FROM doors;`

// Ensure that a record that one of several tables reads is no reject for those of other shapes, and that nothing else
// is taken for another shape: a table that delivers and has a problem, and a record that no table reads well.
func TestAlternatives(t *testing.T) {
	p, err := Compile("shapes.sql", []byte(threeShapes))
	if err != nil {
		t.Fatal(err)
	}
	out := p.NewOutput()
	const rest = `,"ts":"2026-11-23T10:15:30Z"}`
	for record, want := range map[string]string{
		`{"id":"1","v":{"n":1.5}`:                          "1 rows, problems []",
		`{"id":"1","v":7`:                                  "1 rows, problems []",
		`{"id":"1","v":"x"`:                                "0 rows, problems [v v]",
		`{"id":"1","v":{"n":"x"}`:                          "0 rows, problems [v.n v]",
		`{"id":"1","v":7,"door":"1","isOpen":"x"`:          "1 rows, problems []",
		`{"id":"1","v":"x","door":"1","isOpen":2`:          "1 rows, problems []",
		`{"id":"1","v":{"n":1},"door":"1","isOpen":2,"x":`: "0 rows, problems [ v ]",
	} {
		p.Run([]byte(record+rest), out)
		var columns []string
		for _, problem := range out.Problems {
			columns = append(columns, problem.Column)
		}
		if got := fmt.Sprintf("%d rows, problems %v", len(out.Rows), columns); got != want {
			t.Errorf("%s: %s, want %s", record, got, want)
		}
	}
	var list string // more problems than are kept, of a table that the record is not for
	for range 40 {
		list += `{"id":"1","v":7` + rest + `,`
	}
	p.Run([]byte("["+list[:len(list)-1]+"]"), out)
	if len(out.Rows) != 40 || out.Found() != 0 {
		t.Errorf("%d rows, %d problems", len(out.Rows), out.Found())
	}
}
