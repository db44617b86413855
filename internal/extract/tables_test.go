package extract

import (
	"reflect"
	"testing"
)

const twoTables = `CREATE TABLE stations (id STRING, name STRING, ts TIMESTAMP_LTZ(3)) WITH ('format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601', 'json.ignore-parse-errors' = 'true');
CREATE TABLE states (id STRING, bikes INT, ts TIMESTAMP_LTZ(3)) WITH ('format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601', 'json.ignore-parse-errors' = 'true');
INSERT INTO digitaltwin SELECT id, 'name', JSON_STRING(name), CAST(NULL AS STRING), ts FROM stations;
INSERT INTO digitaltwin SELECT id, 'bikes', JSON_STRING(bikes), '1', ts FROM states;`

// Ensure that a record of one table's source is not read by the others, whose columns it may have too.
func TestRunTables(t *testing.T) {
	p, err := Compile("bikes.sql", []byte(twoTables))
	if err != nil {
		t.Fatal(err)
	}
	out := p.NewOutput()
	record := []byte(`{"id":"station:1","name":"Oslo S","bikes":3,"ts":"2026-11-23T10:15:30Z"}`)
	for _, c := range []struct {
		tables []int
		want   []string
	}{
		{[]int{0}, []string{"name"}}, {[]int{1}, []string{"bikes"}}, {[]int{0, 1}, []string{"name", "bikes"}}, {nil, nil},
	} {
		p.RunTables(record, c.tables, out)
		var got []string
		for _, r := range out.Rows {
			got = append(got, string(r.Metric))
		}
		if !reflect.DeepEqual(got, c.want) || len(out.Problems) != 0 {
			t.Errorf("tables %v deliver %v (%v), want %v", c.tables, got, out.Problems, c.want)
		}
	}
}

// Ensure that a file called after a table is that table's, and any other file everybody's.
func TestTablesOf(t *testing.T) {
	p, err := Compile("bikes.sql", []byte(twoTables))
	if err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string][]int{
		"dir/stations.ndjson": {0}, "states.json.gz": {1}, "states": {1}, "stations_2026.json": {0, 1}, "-": {0, 1},
		"": {0, 1},
	} {
		if got := p.TablesOf(file); !reflect.DeepEqual(got, want) {
			t.Errorf("%s is read by the tables %v, want %v", file, got, want)
		}
	}
}
