package local_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/railtwin/digitaltwin/internal/local"
)

// apartSQL is boxSQL with two tables: one for temperatures and one for lids.
var apartSQL = strings.NewReplacer(
	"INSERT", "CREATE TABLE lids (id STRING, lid STRING, `at` TIMESTAMP_LTZ(3)) WITH (\n"+
		"  'format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601', 'json.ignore-parse-errors' = 'true');\nINSERT",
	"CAST(NULL AS STRING), `at` FROM boxes", "CAST(NULL AS STRING), `at` FROM lids",
).Replace(boxSQL)

// Ensure that a feed that is called after a table is read by that table only, and any other feed by all.
func TestRun_Tables(t *testing.T) {
	for file, want := range map[string]int64{"boxes.json": 1, "lids.ndjson": 1, "all.json": 2} {
		synctest.Test(t, func(t *testing.T) {
			record := `{"id":"1","t":4.5,"lid":"open","at":"1999-12-31T00:00:00Z"}`
			twin, stop := runTwin(t, openBolt(t), compile(t, "boxes.sql", apartSQL), &lockedBuffer{},
				local.Once{Name: file, Records: [][]byte{[]byte(record)}})
			synctest.Wait()
			if got := twin.Status()[0]; got.Changes != want || got.Rejected != 0 {
				t.Errorf("%s: %+v, want %d changes", file, got, want)
			}
			if err := stop(); err != nil {
				t.Error(err)
			}
		})
	}
}
