package runner_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/flink"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// scales has two INSERTs, of which one has two branches.
const scales = `SET 'twin.revision' = '1';
CREATE TABLE scales (id STRING, v DOUBLE, w DOUBLE, ts TIMESTAMP_LTZ(3))
  WITH ('format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601', 'json.ignore-parse-errors' = 'true');
EXECUTE STATEMENT SET BEGIN
INSERT INTO digitaltwin SELECT CONCAT('scale:', id), 'mass', JSON_STRING(v), 't', ts FROM scales
UNION ALL SELECT CONCAT('scale:', id), 'tare', JSON_STRING(w), 't', ts FROM scales;
INSERT INTO digitaltwin (component, metric, ` + "`value`" + `, event_time) SELECT CONCAT('scale:', id), 'seen', 'true', ts FROM scales;
END;
`

// cranes is a source of which nothing comes.
const cranes = `CREATE TABLE cranes (id STRING, reach DOUBLE, ts TIMESTAMP_LTZ(3))
  WITH ('format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601', 'json.ignore-parse-errors' = 'true');
`

// weighings returns the records of scales from to before to, one a scale.
func weighings(from, to int) (records [][]byte) {
	for i := from; i < to; i++ {
		records = append(records, fmt.Appendf(nil, `{"id":"%d","v":%d.5,"w":%d,"ts":"2026-11-23T10:00:%02d.5Z"}`, i, i, i,
			i%60))
	}
	return records
}

// Ensure that records which cannot be used harm no other, that rows with NULL and values that are no
// number are dropped and counted, and that a job which is stopped goes on where it stood, also with a
// branch and a source more: nothing is lost, and nothing is read again.
func TestRestart(t *testing.T) {
	bad := [][]byte{
		[]byte(`{"id":"x","v":`), []byte("\xff\xfe"), []byte(`5`), {},
		[]byte(`{"id":"no time","v":1,"w":2}`),              // three rows without event time
		[]byte(`{"v":1,"w":2,"ts":"2026-11-23T10:00:00Z"}`), // three without component
		// one without value, one that is no number
		[]byte(`{"id":"half","v":"heavy","w":"NaN","ts":"2026-11-23T10:00:00.007Z"}`),
		[]byte(`{"id":"ancient","v":1,"w":2,"ts":"0000-12-31T23:59:59.999Z"}`), // three before the year 1
	}
	records := slices.Concat(weighings(0, 40), bad, weighings(40, 50))
	s := open(records...)
	first := newDelivered()
	run := launch(t, flink.Job{Dataset: "scales", SQL: []byte(scales), Sources: map[string]*flink.Stream{"scales": s},
		Sink: first.take})
	first.wait(t, 50*3+1)
	savepoint, err := run.Savepoint(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	p, err := extract.Compile("scales.sql", []byte(scales))
	if err != nil {
		t.Fatal(err)
	}
	want, nulls := onGo(p, records)
	check(t, first, want)
	if counts := (flink.Counts{Unreadable: 4, DroppedNull: nulls, DroppedNotFinite: 1,
		DroppedBadTime: 3}); run.Counts() != counts || nulls != 7 {
		t.Errorf("counted %+v, want %+v", run.Counts(), counts)
	}

	// While no job runs, records arrive; then one runs, in a JVM of its own, with a branch more and a source in front of
	// the first.
	put(s, weighings(50, 80)...)
	changed := strings.Replace(strings.Replace(scales, "= '1'", "= '2'", 1), "UNION ALL",
		"UNION ALL SELECT CONCAT('scale:', id), 'load', JSON_STRING(v - w), 't', ts FROM scales\nUNION ALL", 1)
	changed = strings.Replace(changed, "CREATE TABLE", cranes+"CREATE TABLE", 1)
	changed = strings.Replace(changed, "INSERT INTO",
		"INSERT INTO digitaltwin SELECT id, 'reach', JSON_STRING(reach), 'm', ts FROM cranes WHERE reach > 0;\nINSERT INTO",
		1)
	second := newDelivered()
	run, err = runner(t).Start(t.Context(), flink.Job{Dataset: "scales", SQL: []byte(changed),
		Sources: map[string]*flink.Stream{"scales": s, "cranes": source()},
		Sink:    second.take, Savepoint: savepoint, Groups: withEverySetting})
	if err != nil {
		t.Fatal(err)
	}
	put(s, weighings(80, 90)...)
	s.End()
	if err := run.Wait(); err != nil {
		t.Fatal(err)
	}
	if p, err = extract.Compile("scales.sql", []byte(changed)); err != nil {
		t.Fatal(err)
	}
	want, _ = onGo(p, weighings(50, 90))
	if len(want) != 40*4 {
		t.Fatalf("%d changes", len(want))
	}
	check(t, second, want)
}

// withEverySetting binds the source with all that the constructs can say of one, which the runner must know.
func withEverySetting(groups map[string]map[string]string) {
	was := groups["table.scales"]
	every := wiring.Flink{Tables: map[string]wiring.FlinkSource{"scales": {
		StreamARN: was["stream.arn"], Region: was["aws.region"], Start: "2026-11-23T10:00:00Z", Consumer: "twin",
	}}}
	groups["table.scales"] = every.Groups()["table.scales"]
}

// check compares what was delivered with lines in order.
func check(t *testing.T, d *delivered, want []string) {
	t.Helper()
	var got []string
	for _, c := range d.all(t) {
		got = append(got, line(&c))
	}
	slices.Sort(got)
	for i := range max(len(got), len(want)) {
		if at(got, i) != at(want, i) {
			t.Fatalf("%d changes on Flink, %d on the Go engine; the first that differ\nFlink %q\nGo    %q", len(got), len(want),
				at(got, i), at(want, i))
		}
	}
}

// Ensure that a job with a mistake does not run, and says where in the file the mistake stands; and that
// bindings and tables must be those of each other.
func TestMistakes(t *testing.T) {
	for _, tc := range []struct {
		name, sql, want string
		groups          func(map[string]map[string]string)
	}{
		{"SQL", strings.Replace(scales, "JSON_STRING(w)", "JSON_STRING(tara)", 1), "scales.sql:6:60: ", nil},
		{"superfluous binding", scales, "scales.sql declares no table cranes",
			func(g map[string]map[string]string) { g["table.cranes"] = g["table.scales"] }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := newDelivered()
			run := launch(t, flink.Job{Dataset: "scales", SQL: []byte(tc.sql), Groups: tc.groups,
				Sources: map[string]*flink.Stream{"scales": source()}, Sink: d.take})
			if err := run.Wait(); err == nil || !strings.HasPrefix(err.Error(), tc.want) {
				t.Errorf("%v, want %q", err, tc.want)
			}
		})
	}
}
