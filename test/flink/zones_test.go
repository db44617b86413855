package flink_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/test/flink"
)

const zoned = `CREATE TABLE t (t STRING, z STRING) WITH ('format' = 'json', 'json.ignore-parse-errors' = 'true');
INSERT INTO digitaltwin
SELECT z, t, COALESCE(JSON_STRING(TO_TIMESTAMP_LTZ(t, 'yyyy-MM-dd HH:mm:ss', z)), '"NULL"'), 'u', TO_TIMESTAMP_LTZ(0, 0) FROM t;
`

// changed are zones whose past differs between releases of the tz database: Java and Go each have that of their time.
var changed = []string{"Asia/Tehran", "Iran", "America/Ensenada", "America/Santa_Isabel", "America/Tijuana",
	"Mexico/BajaNorte"}

// odd are texts that name a zone in another way, or none.
var odd = []string{"EST", "MST", "HST", "ROC", "Factory", "localtime", "posixrules", "Local", "europe/zurich", "Europe",
	"",
	"Z", "UTC+1", "GMT+0", "UT-02:00", "+2", "+02", "+0200", "+02:00", "+02:00:30", "-18:00", "+18:01", "+2:00", "+25",
	"utc", " UTC", "UTC+19"}

// clocks are times at which rules changed or clocks were set.
var clocks = []string{"1941-06-15 12:00:00", "1945-12-15 12:00:00", "2026-03-29 02:30:00", "2026-10-25 02:30:00",
	"2026-03-08 02:30:00", "2026-11-01 01:30:00"}

// Ensure that every zone that the JVM knows is the same one on the Go engine, from 1800 to 2100, and that neither takes
// what is none.
func TestZones(t *testing.T) {
	o := flink.Start(t)
	list, err := os.ReadFile("testdata/zones.list")
	if err != nil {
		t.Fatal(err)
	}
	var records [][]byte
	for i, z := range append(strings.Fields(string(list)), odd...) {
		if slices.Contains(changed, z) {
			continue
		}
		times := slices.Clone(clocks)
		for k := range 40 {
			times = append(times, fmt.Sprintf("%04d-%02d-%02d %02d:30:00",
				1800+(k*37+i)%301, 1+(k*7+i)%12, 1+(k*5+i)%28, (k*11+i)%24))
		}
		for _, at := range times {
			records = append(records, fmt.Appendf(nil, `{"t":"%s","z":"%s"}`, at, z))
		}
	}
	report(t, compare(t, o, "zones", zoned, records))
	counted(func() { tally.records += len(records) })
}
