package local_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/store/bolt"
)

// offsetSQL reads local times with an offset, which can lie outside the years that can be written.
const offsetSQL = `CREATE TABLE loc (id STRING, v DOUBLE, t STRING) WITH ('format' = 'json', 'json.ignore-parse-errors' = 'true');
CREATE VIEW s AS SELECT CONCAT('l:', id) AS c, v,
  TO_TIMESTAMP_LTZ(SUBSTRING(t FROM 1 FOR 19), 'yyyy-MM-dd''T''HH:mm:ss', SUBSTRING(t FROM 20)) AS ts FROM loc;
INSERT INTO digitaltwin (component, metric, ` + "`value`" + `, unit, event_time)
SELECT c, 'v', JSON_STRING(v), CAST(NULL AS STRING), ts FROM s
UNION ALL SELECT c, 'w', JSON_STRING(v), CAST(NULL AS STRING), ts FROM s;
`

// Ensure that an event time that cannot be written is a reject of its own record and harms no other: not those that
// are packed beside it, and not those of the same component.
func TestPost_ImpossibleTimes(t *testing.T) {
	s, err := bolt.Open(filepath.Join(t.TempDir(), "twin.db"), &bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	r := startWith(t, s, compile(t, "loc.sql", offsetSQL))
	status, body := r.do("POST", "/dev/records/loc?framing=lines", strings.Join([]string{
		`{"id":"1","v":1,"t":"2021-11-29T09:00:00+01:00"}`,
		`{"id":"1","v":2,"t":"9999-12-31T23:59:59-05:00"}`,
		`{"id":"1","v":3,"t":"2021-11-29T10:10:00+01:00"}`,
		`{"id":"2","v":4,"t":"0000-01-01T00:00:00+01:00"}`,
		`{"id":"2","v":5,"t":"2021-11-29T10:10:00+01:00"}`,
	}, "\n"))
	for _, want := range []string{`"records":5`, `"rejected":1`, `"nothing":1`, `"applied":4`,
		`{"record":3,"changes":2,"applied":2}`, `"reason":"bad-time"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the answer lacks %s: %d %s", want, status, body)
		}
	}
	for component, want := range map[string]string{
		"l:1": `"value":3.0,"unit":null,"eventTime":"2021-11-29T09:10:00.000Z"`,
		"l:2": `"value":5.0,"unit":null,"eventTime":"2021-11-29T09:10:00.000Z"`,
	} {
		if _, twin := r.do("GET", "/v1/components/"+component, ""); strings.Count(twin, want) != 2 {
			t.Errorf("%s is %s", component, twin)
		}
	}
	if strings.Contains(r.log.text(), "BUG") {
		t.Errorf("the log says %s", r.log.text())
	}
}
