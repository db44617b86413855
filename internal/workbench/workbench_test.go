package workbench_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/railtwin/digitaltwin/internal/workbench"
)

// boxSQL delivers two metrics of a record {"id":…,"t":…,"v":…,"at":…}, and one more for a door.
const boxSQL = `CREATE TABLE boxes (id STRING, t DOUBLE, opened BOOLEAN, at_time TIMESTAMP_LTZ(3)) WITH (
  'format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601', 'json.ignore-parse-errors' = 'true');
INSERT INTO digitaltwin (component, metric, ` + "`value`" + `, unit, event_time)
SELECT CONCAT('box:', id), 'temperature', JSON_STRING(t), 'Cel', at_time FROM boxes
UNION ALL
SELECT CONCAT('box:', id), 'open', JSON_STRING(opened), CAST(NULL AS STRING), at_time FROM boxes;
`

// file writes a file into a new folder and returns its path.
func file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t *testing.T, sql string) *workbench.Extractor {
	t.Helper()
	e, err := workbench.Open(file(t, "boxes.sql", sql))
	if err != nil {
		t.Fatal(err)
	}
	return e
}
