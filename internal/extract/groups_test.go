package extract_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/extract"
)

// Ensure that the catalogue entry says which metrics come together: those of one component and event time, and under
// one condition; and that what differs in its condition alone stands beside it.
func TestDataset_Groups(t *testing.T) {
	p, err := extract.Compile("d.sql",
		[]byte(`CREATE TABLE s (id STRING, kind STRING, a DOUBLE, b DOUBLE, ts TIMESTAMP_LTZ(3), parts ARRAY<ROW<n STRING, v DOUBLE, t TIMESTAMP_LTZ(3)>>)
  WITH ('format' = 'json', 'json.ignore-parse-errors' = 'true', 'json.timestamp-format.standard' = 'ISO-8601');
CREATE VIEW w AS SELECT CONCAT('w:', id) AS c, kind, a, b, ts, parts FROM s;
INSERT INTO digitaltwin
SELECT c, 'a', JSON_STRING(a), '', ts FROM w
UNION ALL SELECT p.n, 'elsewhere', JSON_STRING(p.v), '', ts FROM w CROSS JOIN UNNEST(parts) AS p (n, v, t)
UNION ALL SELECT c, 'only.x', JSON_STRING(a), '', ts FROM w WHERE kind = 'x'
UNION ALL SELECT c, CONCAT('part.', p.n), JSON_STRING(p.v), '', ts FROM w CROSS JOIN UNNEST(parts) AS p (n, v, t)
UNION ALL SELECT c, CONCAT('later.', p.n), JSON_STRING(p.v), '', p.t FROM w CROSS JOIN UNNEST(parts) AS p (n, v, t)
UNION ALL SELECT c, 'b', JSON_STRING(b), '', ts FROM w
UNION ALL SELECT c, 'also.x', JSON_STRING(b), '', ts FROM w WHERE kind = 'x'
UNION ALL SELECT c, 'a', JSON_STRING(b), '', ts FROM w WHERE kind = 'y';
`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range p.Dataset().Metrics {
		got = append(got, fmt.Sprintf("%s %d", m.Name, m.Group))
	}
	if want := "a 0, also.x 1, b 0, elsewhere 3, later.* 4, only.x 1, part.* 0"; strings.Join(got, ", ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, ", "), want)
	}
}
