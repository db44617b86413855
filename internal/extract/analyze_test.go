package extract_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/extract/diag"
	"github.com/railtwin/digitaltwin/internal/twin"
)

const windowed = `SET 'twin.description' = 'Speeds';
SET 'twin.interval.speed.typo' = '1 min';
CREATE TABLE speeds (id STRING, v DOUBLE, ts TIMESTAMP_LTZ(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
  WITH ('format' = 'json', 'json.ignore-parse-errors' = 'true', 'json.timestamp-format.standard' = 'ISO-8601');
CREATE VIEW minutes AS SELECT id, MAX(v) AS v, COUNT(*) AS n, window_time AS ts
  FROM TABLE(TUMBLE(TABLE speeds, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY id, window_start, window_end, window_time;
INSERT INTO digitaltwin (component, metric, unit, ` + "`value`" + `, event_time)
SELECT id, 'speed.max', 'km/h', JSON_STRING(v), ts FROM minutes
UNION ALL
SELECT id, CONCAT('speed.', CASE WHEN n > 9 THEN 'count' ELSE id END), CAST(NULL AS STRING), JSON_STRING(n), ts FROM minutes;
`

// Ensure that a file for Flink alone still says what it declares, and where it needs Flink.
func TestAnalyzeNeedsFlink(t *testing.T) {
	a, err := extract.Analyze("speeds.sql", []byte(windowed))
	if err != nil {
		t.Fatal(err)
	}
	if !a.NeedsFlink() || a.Dataset.Name != "speeds" || a.Dataset.Description != "Speeds" ||
		len(a.Dataset.Extractor) != 12 {
		t.Errorf("needs Flink %v, %+v", a.NeedsFlink(), a.Dataset)
	}
	if len(a.Tables) != 1 || a.Tables[0].Name != "speeds" || a.Tables[0].Format != "json" ||
		len(a.Tables[0].Columns) == 0 {
		t.Errorf("tables %v", a.Tables)
	}
	want := []twin.Metric{{Name: "speed.*", Units: []string{""}}, {Name: "speed.count", Units: []string{""}},
		{Name: "speed.max", Units: []string{"km/h"}}}
	if !reflect.DeepEqual(a.Dataset.Metrics, want) {
		t.Errorf("metrics %v", a.Dataset.Metrics)
	}
	var places []string
	for _, d := range a.Clauses {
		head, _, _ := strings.Cut(d.String(), "\n")
		places = append(places, head)
	}
	for i, want := range []string{
		"speeds.sql:3:64: needs Flink: WATERMARK is for windows, which the Go engine does not run",
		"speeds.sql:6:8: needs Flink: TUMBLE cuts the stream into windows",
		"speeds.sql:6:73: needs Flink: GROUP BY aggregates over many records",
	} {
		if i >= len(places) || places[i] != want {
			t.Errorf("clauses %q, want %q", places, want)
		}
	}
	if len(a.Warnings) != 0 { // speed.typo fits speed.*
		t.Errorf("warnings %v", a.Warnings)
	}
	if _, err := extract.Compile("speeds.sql", []byte(windowed)); err == nil ||
		!strings.Contains(err.Error(), "speeds.sql:3:64: needs Flink") {
		t.Errorf("Compile: %v", err)
	}
}

// Ensure that Flink excuses no mistake: what is wrong for both engines is an error beside what needs Flink.
func TestAnalyzeRejects(t *testing.T) {
	sql := strings.Replace(windowed, "id STRING, v", "id STRNG, v", 1)
	_, err := extract.Analyze("speeds.sql", []byte(sql))
	list, ok := err.(diag.List)
	if !ok || len(list) < 2 || list[0].Verdict != diag.Rejected || list[0].Line != 3 ||
		list[1].Verdict != diag.NeedsFlink {
		t.Errorf("%v", err)
	}
}

// Ensure that a file for both engines has a program, and the same catalogue entry as Compile gives.
func TestAnalyzeAccepts(t *testing.T) {
	sql := []byte(`CREATE TABLE t (id STRING, ts TIMESTAMP_LTZ(3)) WITH ('format' = 'json', 'json.ignore-parse-errors' = 'true');
INSERT INTO digitaltwin SELECT id, 'x', 'true', 'm', ts FROM t;`)
	a, err := extract.Analyze("t.sql", sql)
	if err != nil || a.NeedsFlink() || len(a.Clauses) > 0 {
		t.Fatalf("%+v, %v", a, err)
	}
	p, err := extract.Compile("t.sql", sql)
	if err != nil || !reflect.DeepEqual(p.Dataset(), a.Dataset) || !reflect.DeepEqual(p.Tables(), a.Tables) {
		t.Errorf("%+v, %v", p, err)
	}
}
