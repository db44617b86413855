package local_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/local"
	"github.com/railtwin/digitaltwin/internal/store/bolt"
)

// operated runs a twin of boxes that operators may work on, with its state in a folder.
func operated(t *testing.T, dir, sql string, feeds ...local.Feed) *rig {
	t.Helper()
	s, err := bolt.Open(filepath.Join(dir, "twin.db"), &bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	return startWithOperators(t, s, compile(t, "boxes.sql", sql), dir, feeds...)
}

// run asks for a run and waits until it has ended.
func (r *rig) operate(request string) (run struct {
	ID, State, Error string
	Counts           map[string]any
}) {
	r.t.Helper()
	status, body := r.do("POST", "/v1/operations", request)
	if status != 202 {
		r.t.Fatalf("%s: %d %s", request, status, body)
	}
	r.parse(body, &run)
	return r.ended(run.ID)
}

func (r *rig) parse(body string, v any) {
	r.t.Helper()
	if err := json.Unmarshal([]byte(body), v); err != nil {
		r.t.Fatalf("%s: %v", body, err)
	}
}

func (r *rig) ended(id string) (run struct {
	ID, State, Error string
	Counts           map[string]any
}) {
	r.t.Helper()
	for range 1000 {
		_, body := r.do("GET", "/v1/operations/"+id, "")
		r.parse(body, &run)
		if run.State != "running" && run.State != "cancelling" {
			return run
		}
		time.Sleep(10 * time.Millisecond)
	}
	r.t.Fatalf("the run did not end: %+v", run)
	return run
}

// Ensure that an extractor's mistake is mended on a laptop: its rejects are kept across a restart, a test says what the
// mended one makes of them, and a replay brings their readings in, behind what came after them.
func TestOperate_ReplayAfterARestart(t *testing.T) {
	dir := t.TempDir()
	r := operated(t, dir, boxSQL)
	wrong := func(box string, second int) string {
		return fmt.Sprintf(`{"id":%q,"t":"~7","at":"1999-12-31T00:00:%02dZ"}`, box, second)
	}
	r.do("POST", "/dev/records/boxes?framing=lines", wrong("1", 1)+"\n"+wrong("2", 5)+"\n"+record("2", 3, 9))
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	mended := strings.ReplaceAll(strings.ReplaceAll(boxSQL, "t DOUBLE", "t STRING"), "JSON_STRING(t)",
		"JSON_STRING(TRY_CAST(REPLACE(t, '~', '') AS DOUBLE))")
	r = operated(t, dir, mended)
	if run := r.operate(`{"kind":"replay","dataset":"boxes"}`); run.State != "done" || run.Counts["passed"] != 2.0 ||
		r.temperature("1") != "" {
		t.Errorf("the test: %+v", run)
	}
	if run := r.operate(`{"kind":"replay","dataset":"boxes","dryRun":false}`); run.State != "done" ||
		run.Counts["passed"] != 2.0 {
		t.Errorf("the replay: %+v", run)
	}
	if one, two := r.temperature("1"), r.temperature("2"); one != "7.0" || two != "3.0" {
		t.Errorf("%s and %s", one, two)
	}
	if _, body := r.do("GET", "/v1/operations/rejects", ""); !strings.Contains(body, `"groups":[]`) {
		t.Errorf("still listed: %s", body)
	}
	log, err := os.ReadFile(filepath.Join(dir, "operations", "audit.log"))
	if err != nil || strings.Count(string(log), "\n") != 4 {
		t.Errorf("audit %s, %v", log, err)
	}
	if info, err := os.Stat(filepath.Join(dir, "operations")); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("others may read the rejects: %v, %v", info.Mode(), err)
	}
}

// Ensure that a run goes on after a restart of the twin, from its checkpoint.
func TestOperate_RunGoesOn(t *testing.T) {
	dir := t.TempDir()
	r := operated(t, dir, boxSQL)
	var lines []string
	for i := range 60 {
		lines = append(lines, fmt.Sprintf(`{"id":"%d","t":"~7","at":"1999-12-31T00:00:01Z"}`, i))
	}
	for _, line := range lines { // a file each
		r.do("POST", "/dev/records/boxes", line)
	}
	mended := strings.ReplaceAll(strings.ReplaceAll(boxSQL, "t DOUBLE", "t STRING"), "JSON_STRING(t)",
		"JSON_STRING(TRY_CAST(REPLACE(t, '~', '') AS DOUBLE))")
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	r = operated(t, dir, mended)
	_, body := r.do("POST", "/v1/operations", `{"kind":"replay","dataset":"boxes","dryRun":false,"rate":40}`)
	var run struct{ ID string }
	r.parse(body, &run)
	for r.temperature("0") == "" {
		time.Sleep(time.Millisecond)
	}
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	r = operated(t, dir, mended)
	if run := r.ended(run.ID); run.State != "done" || run.Counts["passed"] != 60.0 {
		t.Errorf("%+v", run)
	}
	for i := range 60 {
		if got := r.temperature(fmt.Sprint(i)); got != "7.0" {
			t.Errorf("box %d has %q", i, got)
		}
	}
}

// Ensure that a component is forgotten on a laptop too, and stays so.
func TestOperate_Forget(t *testing.T) {
	r := operated(t, t.TempDir(), boxSQL)
	r.do("POST", "/dev/records/boxes?framing=lines", record("1", 1, 1)+"\n"+record("2", 2, 1))
	if run := r.operate(`{"kind":"forget","component":"box:1"}`); run.Counts["readings"] != 1.0 ||
		r.temperature("1") == "" {
		t.Errorf("dry: %+v", run)
	}
	if run := r.operate(`{"kind":"forget","component":"box:1","dryRun":false}`); run.State != "done" {
		t.Errorf("%+v", run)
	}
	r.do("POST", "/dev/records/boxes", record("1", 5, 9))
	if one, two := r.temperature("1"), r.temperature("2"); one != "" || two == "" {
		t.Errorf("%q and %q", one, two)
	}
}

// Ensure that a dataset that is paused takes nothing, says so, stays paused over a restart, and goes on where it was.
func TestOperate_Pause(t *testing.T) {
	dir := t.TempDir()
	r := operated(t, dir, boxSQL)
	if run := r.operate(`{"kind":"pause","dataset":"boxes","dryRun":false}`); run.State != "done" {
		t.Fatalf("%+v", run)
	}
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	r = operated(t, dir, boxSQL, local.Once{Name: "boxes.ndjson", Records: [][]byte{[]byte(record("1", 1, 1))}})
	if status, body := r.do("POST", "/dev/records/boxes", record("2", 2, 2)); status != 409 ||
		!strings.Contains(body, "twin resume boxes") {
		t.Errorf("%d %s", status, body)
	}
	time.Sleep(50 * time.Millisecond)
	if got := r.temperature("1"); got != "" {
		t.Errorf("a feed goes on: %s", got)
	}
	if _, body := r.do("GET", "/dev/status", ""); !strings.Contains(body, `"paused":"`) {
		t.Errorf("status %s", body)
	}
	if _, body := r.do("GET", "/v1/datasets/boxes", ""); strings.Contains(body, `"pausedSince":null`) ||
		!strings.Contains(body, `"pausedSince":"`) {
		t.Errorf("catalogue %s", body)
	}
	if run := r.operate(`{"kind":"resume","dataset":"boxes","dryRun":false}`); run.State != "done" {
		t.Fatalf("%+v", run)
	}
	for range 500 {
		if r.temperature("1") == "1.0" {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("the feed did not go on")
}

// Ensure that the page of another site operates nothing, and that a twin without operators has no such path.
func TestOperate_ForeignOrigin(t *testing.T) {
	r := operated(t, t.TempDir(), boxSQL)
	if status, body := r.do("POST", "/v1/operations", `{"kind":"forget","prefix":"b","dryRun":false}`, "Origin",
		"https://evil.example", "Sec-Fetch-Site", "cross-site"); status != 403 {
		t.Errorf("%d %s", status, body)
	}
	without := start(t, filepath.Join(t.TempDir(), "twin.db"))
	if status, body := without.do("GET", "/v1/operations", ""); status != 404 {
		t.Errorf("%d %s", status, body)
	}
}
