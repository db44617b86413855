package extraction

import (
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

const twoTables = `CREATE TABLE stations (id STRING, ts TIMESTAMP_LTZ(3)) WITH ('format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601', 'json.ignore-parse-errors' = 'true');
CREATE TABLE states (id STRING, ts TIMESTAMP_LTZ(3)) WITH ('format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601', 'json.ignore-parse-errors' = 'true');
INSERT INTO digitaltwin SELECT id, 'there', JSON_STRING(TRUE), CAST(NULL AS STRING), ts FROM stations;
INSERT INTO digitaltwin SELECT id, 'there', JSON_STRING(TRUE), CAST(NULL AS STRING), ts FROM states;`

// Ensure that sources that do not fit the SQL keep the function from starting.
func TestBind(t *testing.T) {
	program, err := extract.Compile("bikes.sql", []byte(twoTables))
	if err != nil {
		t.Fatal(err)
	}
	for want, sources := range map[string]wiring.Sources{
		"the extractor has no table docks, trips": wiring.NewSources(map[string]string{"trips": "a", "stations": "a",
			"docks": "b"}),
		"no table of the extractor has a source": wiring.NewSources(nil),
		"not the sources of tables":              "stations",
	} {
		if _, err := Bind(program, sources); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", sources, err, want)
		}
	}
}
