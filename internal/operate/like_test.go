package operate_test

import (
	"fmt"
	"net/url"
	"slices"
	"testing"

	"github.com/railtwin/digitaltwin/internal/operate"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// wrong is the n-th record of the source, with what is wrong in its column speed.
func wrong(n int, payload, detail string) twin.Reject {
	r := reject(n, payload, twin.Unreadable, "speed")
	r.Problems[0].Detail = detail
	return r
}

// Ensure that rejects are grouped by what is wrong with them, whatever the values in them, and that a list and a replay
// may be for one such group alone.
func TestRejects_Like(t *testing.T) {
	r := newRig(t)
	r.keep(wrong(1, record(1, "1", 10), `"81,8" does not fit DOUBLE`),
		wrong(2, record(2, "2", 10), `"82,1" does not fit DOUBLE`),
		wrong(3, record(3, "3", 10), "it has 7 members too many"))
	groups := func() (all []string) {
		for _, g := range r.as(nil, "GET", operate.Path+"/rejects", "").body["groups"].([]any) {
			g := g.(map[string]any)
			all = append(all, fmt.Sprint(g["count"], " ", g["like"], ": ", g["detail"]))
		}
		return all
	}
	want := []string{`2 "…" does not fit DOUBLE: "81,8" does not fit DOUBLE`,
		"1 it has … members too many: it has 7 members too many"}
	if got := groups(); !slices.Equal(got, want) {
		t.Fatalf("%q", got)
	}
	const like = `"…" does not fit DOUBLE`
	list := r.as(nil, "GET", operate.Path+"/rejects?records=10&like="+url.QueryEscape(like), "")
	if records, _ := list.body["records"].([]any); len(records) != 2 || list.body["rejects"] != 2.0 {
		t.Errorf("%s", list.text)
	}
	if run := r.do(fmt.Sprintf(`{"kind":"replay","dataset":"boxes","like":%q,"dryRun":false,"rate":1000}`,
		like)); run.Counts.Records != 2 || run.Counts.Passed != 2 {
		t.Errorf("%+v", run.Counts)
	}
	if got := groups(); !slices.Equal(got, want[1:]) {
		t.Errorf("left %q", got)
	}
	if got := r.speeds(); !slices.Equal(got, []string{"box:1=1.0", "box:2=2.0"}) {
		t.Errorf("%q", got)
	}
}

// Ensure that a list and a reject name the component of a source record, also where none of its values can be read, and
// none where the record is of several or cannot be read at all.
func TestRejects_Component(t *testing.T) {
	r := newRig(t)
	r.keep(wrong(1, record(1, "1", 10), "it was wrong once"), wrong(2, record(2, "fast", 10), "it was wrong once"),
		wrong(3, `{"id":`, "it ends early"))
	r.deploy("boxes",
		`CREATE TABLE boxes (id STRING, speed STRING, ts TIMESTAMP_LTZ(3)) WITH ('format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601', 'json.ignore-parse-errors' = 'true');
INSERT INTO digitaltwin (component, metric, `+"`value`"+`, unit, event_time)
SELECT id, 'speed', JSON_STRING(TRY_CAST(speed AS DOUBLE)), 'km/h', ts FROM boxes
UNION ALL
SELECT CASE WHEN speed = 'two' THEN 'box:twin' ELSE id END, 'moves', JSON_STRING(speed <> '0'), '', ts FROM boxes WHERE speed <> 'fast';
`)
	r.keep(wrong(5, record(5, "two", 10), "it was wrong once"))
	list := r.as(nil, "GET", operate.Path+"/rejects?records=10&dataset=boxes", "")
	records, _ := list.body["records"].([]any)
	var got []string
	for _, e := range records {
		e := e.(map[string]any)
		got = append(got, fmt.Sprint(e["sequence"], " ", e["component"]))
		shown := r.as(nil, "GET", operate.Path+"/rejects/"+e["id"].(string), "")
		if shown.body["component"] != e["component"] {
			t.Errorf("the list has %v, and the reject %s", e, shown.text)
		}
	}
	slices.Sort(got)
	if want := []string{"00000001 box:1", "00000002 box:2", "00000003 <nil>", "00000005 <nil>"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
