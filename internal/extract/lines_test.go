package extract

import "testing"

// Ensure that each metric that a file declares has the line of the branch that delivers it.
func TestProgram_Lines(t *testing.T) {
	const sql = "CREATE TABLE boxes (id STRING, t DOUBLE, n INT, `at` TIMESTAMP_LTZ(3)) WITH (\n" +
		"  'format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601', 'json.ignore-parse-errors' = 'true');\n" +
		"INSERT INTO digitaltwin (component, metric, `value`, unit, event_time)\n" +
		"SELECT id, 'temperature', JSON_STRING(t), 'Cel', `at` FROM boxes\n" +
		"UNION ALL\n" +
		"SELECT id, CONCAT('door.', CAST(n AS STRING)), JSON_STRING(n), CAST(NULL AS STRING), `at` FROM boxes;\n"
	p, err := Compile("boxes.sql", []byte(sql))
	if err != nil {
		t.Fatal(err)
	}
	for metric, want := range map[string]int{"temperature": 4, "door.*": 6} {
		if got := p.Lines()[metric]; got != want {
			t.Errorf("%s: line %d, want %d", metric, got, want)
		}
	}
	if len(p.Lines()) != len(p.Dataset().Metrics) {
		t.Errorf("%v of %v", p.Lines(), p.Dataset().Metrics)
	}
}
