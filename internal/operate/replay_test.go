package operate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/operate"
	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Ensure that a replay puts what can be read now onto the twin stream, with its own arrival and position, that what
// is still wrong is a reject of the run, and that a test says all of it before.
func TestReplay(t *testing.T) {
	r := newRig(t)
	const day = 24 * 60 * 60
	late := twin.Change{Dataset: "boxes", Component: "box:7", Metric: "speed", Value: "70.0", EventTime: now - 60_000,
		ReceivedAt: arrived}
	r.keep(
		reject(1, record(1, "~1", 100), twin.Unreadable, "speed"),
		reject(2, record(1, "~2", 90), twin.Unreadable, "speed"),
		reject(3, `{"id":`, twin.Unreadable, ""),
		reject(4, record(4, "4", 2*day), twin.Unreadable, "speed"), // expired by now
		reject(5, record(5, "5", -day), twin.Unreadable, "speed"),  // from the future
		reject(6, `{"id":null}`, twin.Unreadable, "speed"),         // gives nothing
	)
	r.keep(stream.Rejected(&late, twin.Future, "it was"))
	want := operate.Counts{Files: 2, Records: 7, Changes: 3, Passed: 3, Nothing: 1,
		Rejected: map[twin.Reason]int64{twin.Unreadable: 1, twin.Expired: 1, twin.Future: 1}}
	check := func(run *operate.Run) {
		t.Helper()
		if run.State != operate.Done || fmt.Sprint(run.Counts) != fmt.Sprint(want) {
			t.Errorf("%s %q: %+v, want %+v", run.State, run.Error, run.Counts, want)
		}
	}
	want.Readings = 2 // of box:1 and box:7
	check(r.do(`{"kind":"replay","dataset":"boxes","rate":1000}`))
	want.Readings = 0 // only a dry run looks
	if r.applied != 0 || len(r.speeds()) != 0 || len(r.groups("dataset=boxes")) != 3 {
		t.Errorf("a dry run has applied %d changes, and left %v", r.applied, r.groups("dataset=boxes"))
	}
	run := r.do(`{"kind":"replay","dataset":"boxes","dryRun":false,"rate":1000}`)
	check(run)
	if got := r.speeds(); !slices.Equal(got, []string{"box:1=2.0", "box:7=70.0"}) {
		t.Errorf("%v", got)
	}
	if got := r.groups("dataset=boxes"); !slices.Equal(got, []string{"expired  1 1", "future  1 1", "unreadable  1 1"}) {
		t.Errorf("what is rejected again: %v", got)
	}
	if got := r.groups("dataset=boxes&all=true"); len(got) != 6 {
		t.Errorf("with what was replayed: %v", got)
	}
	lines := r.audited()
	last := lines[len(lines)-1]
	if last.Action != "done" || last.By != "local" || fmt.Sprint(last.Run.Counts) != fmt.Sprint(want) ||
		last.Run.ID != run.ID {
		t.Errorf("audit %+v", last)
	}
}

// Ensure that a file of which only a part is replayed gives way to two, of which one is marked.
func TestReplayOfAPart(t *testing.T) {
	r := newRig(t)
	r.keep(reject(1, record(1, "1", 10), twin.Unreadable, "speed"), reject(2, record(2, "2", 10), twin.TooLarge, ""),
		reject(3, record(3, "3", 10), twin.Unreadable, "id"))
	run := r.do(`{"kind":"replay","dataset":"boxes","reason":"unreadable","column":"speed","dryRun":false,"rate":1000}`)
	if run.Counts.Passed != 1 || run.Counts.Records != 1 {
		t.Errorf("%+v", run.Counts)
	}
	if got := r.groups("dataset=boxes"); !slices.Equal(got, []string{"too-large  1 0", "unreadable id 1 0"}) {
		t.Errorf("left %v", got)
	}
	if got := r.groups("dataset=boxes&all=true"); len(got) != 3 {
		t.Errorf("all %v", got)
	}
	if run = r.do(`{"kind":"replay","dataset":"boxes","dryRun":false,"rate":1000}`); run.Counts.Passed != 2 {
		t.Errorf("the others: %+v", run.Counts)
	}
	if got := r.speeds(); !slices.Equal(got, []string{"box:1=1.0", "box:2=2.0", "box:3=3.0"}) {
		t.Errorf("%v", got)
	}
}

// Ensure that another extractor can be tested over rejects, and cannot be replayed with.
func TestTestOfAnotherSQL(t *testing.T) {
	r := newRig(t)
	r.keep(reject(1, record(1, "fast", 10), twin.Unreadable, "speed"))
	if run := r.do(`{"kind":"replay","dataset":"boxes"}`); run.Counts.Nothing != 1 && run.Counts.Rejected == nil {
		t.Errorf("the deployed one: %+v", run.Counts)
	}
	sql := strings.ReplaceAll(boxes, "TRY_CAST(REPLACE(speed, '~', '') AS DOUBLE)", "speed")
	if run := r.do(fmt.Sprintf(`{"kind":"replay","dataset":"boxes","sql":%q}`, sql)); run.Counts.Passed != 1 ||
		run.State != operate.Done {
		t.Errorf("%s %s %+v", run.State, run.Error, run.Counts)
	}
	if run := r.do(`{"kind":"replay","dataset":"boxes","sql":"SELECT 1"}`); run.State != operate.Failed ||
		!strings.Contains(run.Error, "does not compile") {
		t.Errorf("%s %s", run.State, run.Error)
	}
}

// Ensure that rejects are dropped by reason and time, others of the same file stay, and a dry run drops none.
func TestDrop(t *testing.T) {
	r := newRig(t)
	r.keep(reject(1, "a", twin.Unreadable, ""), reject(2, "b", twin.TooLarge, ""))
	r.keep(reject(100, "c", twin.Unreadable, ""), reject(101, "d", twin.Unreadable, ""))
	request := fmt.Sprintf(`{"kind":"drop","dataset":"boxes","reason":"unreadable","to":%q,"dryRun":%%v}`,
		(arrived + 101).String())
	for _, dry := range []bool{true, false} {
		if run := r.do(fmt.Sprintf(request, dry)); run.State != operate.Done || run.Counts.Records != 2 {
			t.Errorf("%s %q %+v", run.State, run.Error, run.Counts)
		}
		want := []string{"unreadable  3 0", "too-large  1 0"}
		if !dry {
			want = []string{"too-large  1 0", "unreadable  1 0"}
		}
		if got := r.groups("dataset=boxes"); !slices.Equal(got, want) {
			t.Errorf("dry %v left %v", dry, got)
		}
	}
}

// Ensure that a reject is shown with its record and the line of the SQL, and that who has seen it is in the audit log.
func TestShow(t *testing.T) {
	r := newRig(t)
	r.keep(reject(1, `{"id":"`+"\xff"+`"}`, twin.Unreadable, ""),
		reject(2, record(1, "x", 1), twin.Unreadable, "speed[2].kmh"))
	a := r.as(nil, "GET", operate.Path+"/rejects", "")
	if strings.Contains(a.text, "box:1") {
		t.Errorf("a list has a payload: %s", a.text)
	}
	for _, g := range a.body["groups"].([]any) {
		id := g.(map[string]any)["example"].(string)
		shown := r.as(nil, "GET", operate.Path+"/rejects/"+id, "")
		problem := shown.body["problems"].([]any)[0].(map[string]any)
		switch {
		case shown.status != 200 || shown.body["size"] == nil || problem["offset"] != 3.0:
			t.Errorf("%d %s", shown.status, shown.text)
		case problem["column"] == nil && shown.body["payloadBase64"] == nil:
			t.Errorf("bytes that are no text: %s", shown.text)
		case problem["column"] != nil && (problem["line"] != 2.0 ||
			!strings.HasPrefix(problem["sql"].(string), "CREATE TABLE boxes")):
			t.Errorf("no line of the SQL: %s", shown.text)
		}
		if lines := r.audited(); lines[len(lines)-1].Reject != id {
			t.Errorf("audit %+v", lines)
		}
	}
}
