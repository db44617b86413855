package operate_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/operate"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// grants lets each client operate the datasets that are named.
type grants map[string][]string

// Operates implements [operate.Grants].
func (g grants) Operates(c access.Caller, dataset string) bool {
	return slices.Contains(g[c.Client], dataset)
}

// guarded is a rig of two datasets, of which ann operates boxes and zoe both.
func guarded(t *testing.T) *rig {
	t.Helper()
	r := newRig(t)
	r.deploy("wagons", strings.ReplaceAll(boxes, "boxes", "wagons"))
	r.config.Anonymous = false
	r.config.Grants = grants{"ann": {"boxes"}, "zoe": {"boxes", "wagons"}, "eve": nil}
	r.restart()
	return r
}

func client(name string, scopes ...string) *access.Caller {
	return &access.Caller{Subject: name, Client: name, Scopes: scopes}
}

var (
	ann = client("ann", access.ScopeOperate)
	zoe = client("zoe", access.ScopeOperate, access.ScopeRead)
	eve = client("eve", access.ScopeOperate)
)

const replayWagons = `{"kind":"replay","dataset":"wagons"}`

// wants checks the status of an answer and the kind of its problem, and that it says nothing of the inside.
func (r *rig) wants(a answer, status int, kind string) {
	r.t.Helper()
	if a.status != status || kind != "" && a.body["type"] != "urn:digital-twin:problem:"+kind {
		r.t.Errorf("got %d %s, want %d %s", a.status, a.text, status, kind)
	}
	for _, inside := range []string{"operate:", "disk:", "/tmp", "goroutine", ".go:", "rejects/extract"} {
		if strings.Contains(a.text, inside) {
			r.t.Errorf("an answer has %q: %s", inside, a.text)
		}
	}
}

// Ensure that who has no token, or one to read, operates nothing and learns of nothing.
func TestAttack_ReadToken(t *testing.T) {
	r := guarded(t)
	for _, c := range []*access.Caller{nil, client("zoe"), client("zoe", access.ScopeRead),
		client("zoe", "twin/operate.not"), client("zoe", access.ScopeRead+" "+access.ScopeOperate)} {
		for _, call := range [][2]string{{"POST", ""}, {"GET", ""}, {"GET", "/rejects"}, {"GET", "/rejects/a:b:c:1"},
			{"DELETE", "/x"}, {"GET", "/no/such/path"}} {
			a := r.as(c, call[0], operate.Path+call[1], replayWagons)
			r.wants(a, 403, "insufficient-scope")
			if got := a.header["Www-Authenticate"]; len(got) != 1 ||
				got[0] != `Bearer error="insufficient_scope", scope="twin/operate"` {
				t.Errorf("WWW-Authenticate %q", got)
			}
		}
	}
}

// Ensure that a dataset without a grant cannot be told from one that is not there, by any kind of run or list.
func TestAttack_DatasetWithoutAGrant(t *testing.T) {
	r := guarded(t)
	for _, kind := range []string{`"replay"`, `"drop","to":"2026-01-01T00:00:00Z"`,
		`"rebuild","from":"2026-01-01T00:00:00Z"`, `"pause"`, `"resume"`} {
		for _, dry := range []bool{true, false} {
			request := func(dataset string) answer {
				return r.as(ann, "POST", operate.Path, fmt.Sprintf(`{"kind":%s,"dataset":%q,"dryRun":%v}`, kind, dataset, dry))
			}
			foreign, absent := request("wagons"), request("nobody")
			r.wants(foreign, 403, "not-granted")
			if got := strings.ReplaceAll(foreign.text, "wagons", "nobody"); got != absent.text {
				t.Errorf("%s and %s", got, absent.text)
			}
		}
	}
	r.wants(r.as(ann, "GET", operate.Path+"/rejects?dataset=wagons", ""), 403, "not-granted")
	r.wants(r.as(ann, "POST", operate.Path, `{"kind":"replay","dataset":"boxes"}`), 202, "")
	r.wants(r.as(zoe, "POST", operate.Path, `{"kind":"replay","dataset":"boxess"}`), 403, "not-granted")
}

// Ensure that a run of another caller is there only for who operates all that it touches.
func TestAttack_RunOfAnother(t *testing.T) {
	r := guarded(t)
	id := r.as(zoe, "POST", operate.Path, `{"kind":"replay","dataset":"wagons","dryRun":false}`).body["id"].(string)
	forget := r.as(zoe, "POST", operate.Path, `{"kind":"forget","component":"box:1","dryRun":false}`).body["id"].(string)
	for _, run := range []string{id, forget} {
		for _, method := range []string{"GET", "DELETE"} {
			for _, c := range []*access.Caller{ann, eve} {
				r.wants(r.as(c, method, operate.Path+"/"+run, ""), 404, "run-not-found")
			}
		}
		r.wants(r.as(zoe, "GET", operate.Path+"/"+run, ""), 200, "")
	}
	if a := r.as(ann, "GET", operate.Path, ""); strings.Contains(a.text, "wagons") || strings.Contains(a.text, "forget") {
		t.Errorf("a list has runs of another: %s", a.text)
	}
	if run, err := r.dir.Runs.Read(t.Context(), id); err != nil || run.State != operate.Running {
		t.Errorf("cancelled by another: %+v %v", run, err)
	}
	r.wants(r.as(zoe, "DELETE", operate.Path+"/"+id, ""), 202, "")
}

// Ensure that an id of a run cannot be guessed, and that a wrong one says nothing.
func TestAttack_GuessedID(t *testing.T) {
	r := guarded(t)
	one, two := r.as(ann, "POST", operate.Path, `{"kind":"replay","dataset":"boxes"}`),
		r.as(ann, "POST", operate.Path, `{"kind":"replay","dataset":"boxes"}`)
	a, b := one.body["id"].(string), two.body["id"].(string)
	same := 0
	for i := len(a) - 16; i < len(a); i++ {
		if a[i] == b[i] {
			same++
		}
	}
	if len(a) != len(b) || same > 8 {
		t.Errorf("%s and %s are alike", a, b)
	}
	for _, id := range []string{a[:len(a)-1] + "!", a[:len(a)-16] + "aaaaaaaaaaaaaaaa", "1", "*", strings.ToUpper(a),
		a + "%00", strings.Repeat("a", 10_000)} {
		r.wants(r.as(ann, "GET", operate.Path+"/"+id, ""), 404, "run-not-found")
	}
}

// Ensure that an empty prefix, which would be everything, is refused, and so is what only looks like a target.
func TestAttack_ForgetEverything(t *testing.T) {
	r := guarded(t)
	for _, body := range []string{
		`{"kind":"forget"}`, `{"kind":"forget","prefix":"","dryRun":false}`, `{"kind":"forget","component":"","prefix":""}`,
		`{"kind":"forget","component":"a","prefix":"b"}`, `{"kind":"forget","dataset":"boxes"}`,
		`{"kind":"forget","prefix":"\u0000\ud800","dataset":"boxes"}`,
		`{"kind":"forget","component":"a\u0000"}`, fmt.Sprintf(`{"kind":"forget","prefix":%q}`, strings.Repeat("a", 2000)),
	} {
		r.wants(r.as(zoe, "POST", operate.Path, body), 400, "invalid-body")
	}
}

// Ensure that who does not operate every dataset forgets nothing, and learns nothing of who delivers a component.
func TestAttack_ForgetWithoutAllGrants(t *testing.T) {
	r := guarded(t)
	r.keep(reject(1, record(1, "1", 10), twin.Unreadable, ""))
	// box:1 is of boxes only
	r.finish(r.as(ann, "POST", operate.Path, `{"kind":"replay","dataset":"boxes","dryRun":false}`).body["id"].(string))
	there := r.as(ann, "POST", operate.Path, `{"kind":"forget","component":"box:1"}`)
	r.wants(there, 403, "not-granted")
	if absent := r.as(ann, "POST", operate.Path, `{"kind":"forget","component":"nobody"}`); absent.text != there.text {
		t.Errorf("%s and %s", there.text, absent.text)
	}
	r.wants(r.as(eve, "POST", operate.Path, `{"kind":"forget","prefix":"b"}`), 403, "not-granted")
}

// Ensure that what is no request of a run is refused at its place, and never crashes.
func TestAttack_Bodies(t *testing.T) {
	r := guarded(t)
	for body, kind := range map[string]string{
		"": "invalid-body", "null": "invalid-body", "[]": "invalid-body", `{"kind":"format"}`: "invalid-body",
		`{"kind":"replays","dataset":"boxes"}`:                                            "invalid-body",
		`{"kind":"replay","dataset":"boxes","user":"root"}`:                               "invalid-body",
		`{"kind":"replay","dataset":"boxes"}{}`:                                           "invalid-body",
		`{"kind":"replay","dataset":["boxes"]}`:                                           "invalid-body",
		`{"kind":"replay","dataset":"boxes","dryRun":"no"}`:                               "invalid-body",
		`{"kind":"pause","dataset":"boxes","rate":5}`:                                     "invalid-body",
		`{"kind":"replay","dataset":"boxes","id":"20260921t141320.005-aaaaaaaaaaaaaaaa"}`: "invalid-body",
		strings.Repeat("[", 100_000):                                                      "invalid-body",
		`{"kind":"replay","dataset":"` + strings.Repeat("x", 2<<20) + `"}`:                "body-too-large",
	} {
		a := r.as(zoe, "POST", operate.Path, body)
		r.wants(a, map[string]int{"invalid-body": 400, "body-too-large": 413}[kind], kind)
		if len(a.text) > 2000 {
			t.Errorf("an answer of %d bytes", len(a.text))
		}
	}
}

// Ensure that numbers and times outside of what makes sense are refused.
func TestAttack_NumbersAndTimes(t *testing.T) {
	r := guarded(t)
	for _, member := range []string{
		`"rate":-1`, `"rate":1e9`, `"rate":10001`, `"rate":0.5`, `"limit":-1`, `"limit":9223372036854775808`,
		`"from":"0000-01-01T00:00:00Z"`, `"to":"9999-12-31T23:59:59-01:00"`,
		`"from":"2027-01-01T00:00:00Z"`, `"from":"2026-02-01T00:00:00Z","to":"2026-01-01T00:00:00Z"`, `"from":"yesterday"`,
		`"from":1`, `"from":"2026-01-01T00:00:00Z","to":"2026-01-01T00:00:00Z"`,
		`"sql":null`, `"dryRun":null`, `"rate":null`, `"rate":1e400`, `"limit":1e18`, `"rate":"1"`,
	} {
		r.wants(r.as(zoe, "POST", operate.Path, `{"kind":"replay","dataset":"boxes",`+member+`}`), 400, "invalid-body")
	}
	for _, member := range []string{`"rate":100.0`, `"rate":1e2`, `"limit":5.00`} {
		r.wants(r.as(zoe, "POST", operate.Path, `{"kind":"replay","dataset":"boxes",`+member+`}`), 202, "")
	}
	for _, query := range []string{"limit=0", "limit=", "limit=-1", "limit=1000", "limit=x", "before=../x"} {
		r.wants(r.as(zoe, "GET", operate.Path+"?"+query, ""), 400, "invalid-parameter")
	}
	for _, query := range []string{"from=x", "to=1", "reason=none", "all=yes", "to=", "dataset=", "all=",
		"dataset=boxes&dataset=wagons", "from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z", "%zz=1"} {
		r.wants(r.as(zoe, "GET", operate.Path+"/rejects?"+query, ""), 400, "invalid-parameter")
	}
	r.wants(r.as(zoe, "GET", operate.Path+"/rejects?payload=true", ""), 400, "unknown-parameter")
}

// Ensure that no path leads to a file or to another route, however it is written.
func TestAttack_Paths(t *testing.T) {
	r := guarded(t)
	r.keep(reject(1, "secret", twin.Unreadable, ""))
	for _, path := range []string{
		"/rejects/boxes:20260921:..%2f..%2faudit.log:1", "/rejects/..%2f..%2faudit.log", "/rejects/%2e%2e",
		"/rejects/boxes:20260921:000000000000:1",
		"/rejects/boxes:20260921:000000000000:-1", "/rejects/boxes:99999999:000000000000:1", "/rejects/::::",
		"/rejects/wagons%2f..%2fboxes:20260921:000000000000:1",
	} {
		r.wants(r.as(ann, "GET", operate.Path+path, ""), 404, "reject-not-found")
	}
	for _, path := range []string{"/", "//", "/x/y", "/rejects/", "/rejects/a/b", "/REJECTS/a", "/../operations", "/./x"} {
		if a := r.as(ann, "GET", operate.Path+path, ""); a.status != 404 {
			t.Errorf("%s: %d %s", path, a.status, a.text)
		}
	}
	for _, call := range [][2]string{{"PUT", ""}, {"DELETE", ""}, {"POST", "/rejects"}, {"DELETE", "/rejects"},
		{"POST", "/rejects/x"}, {"PATCH", "/x"}} {
		r.wants(r.as(ann, call[0], operate.Path+call[1], ""), 405, "method-not-allowed")
	}
}

// Ensure that rejects of a dataset are shown and listed for who operates it, and those of none for who operates all.
func TestAttack_RejectsOfAnother(t *testing.T) {
	r := guarded(t)
	foreign, unknown := reject(1, "secret", twin.Unreadable, ""), reject(2, "secret", twin.Unreadable, "")
	foreign.Dataset, unknown.Dataset, unknown.Kind = "wagons", "", twin.KindChange
	r.keep(foreign)
	r.keep(unknown)
	all := r.as(zoe, "GET", operate.Path+"/rejects", "")
	if len(all.body["groups"].([]any)) != 2 {
		t.Errorf("%s", all.text)
	}
	for _, g := range all.body["groups"].([]any) {
		id := g.(map[string]any)["example"].(string)
		r.wants(r.as(zoe, "GET", operate.Path+"/rejects/"+id, ""), 200, "")
		r.wants(r.as(ann, "GET", operate.Path+"/rejects/"+id, ""), 404, "reject-not-found")
		r.wants(r.as(ann, "GET", operate.Path+"/rejects/boxes"+id[strings.IndexByte(id, ':'):], ""), 404, "reject-not-found")
	}
	if a := r.as(ann, "GET", operate.Path+"/rejects", ""); a.body["rejects"] != 0.0 {
		t.Errorf("%s", a.text)
	}
}

// Ensure that a change of another dataset within a reject is not sent by a replay of this one.
func TestAttack_SmuggledChange(t *testing.T) {
	r := guarded(t)
	line := func(dataset, component string) string {
		b, _ := json.Marshal(map[string]any{"dataset": dataset, "extractor": "0123456789ab", "revision": 1,
			"component": component, "metric": "speed",
			"value": "1", "event_time": now.String(), "index": 0})
		return string(b)
	}
	smuggler := reject(1, line("boxes", "box:1")+"\n"+line("wagons", "wagon:1"), twin.Batch, "")
	smuggler.Kind = twin.KindChange
	r.keep(smuggler)
	run := r.finish(r.as(ann, "POST", operate.Path,
		`{"kind":"replay","dataset":"boxes","dryRun":false}`).body["id"].(string))
	if run.Counts.Changes != 1 || r.applied != 1 {
		t.Errorf("%+v, %d applied", run.Counts, r.applied)
	}
	if a := r.as(zoe, "GET", operate.Path+"/rejects?dataset=wagons", ""); a.body["rejects"] != 1.0 {
		t.Errorf("the other one is lost: %s", a.text)
	}
}

// Ensure that an SQL that is made to be expensive ends in an error or in time, and is no part of an answer.
func TestAttack_SQLBomb(t *testing.T) {
	r := guarded(t)
	r.keep(reject(1, `{"id":"box:1","speed":"`+strings.Repeat("a", 5000)+`","ts":"2026-09-21T14:13:20Z"}`, twin.Unreadable,
		""))
	nested := "SELECT " + strings.Repeat("(", 3_000) + "1" + strings.Repeat(")", 3_000)
	for _, sql := range []string{nested, strings.Repeat("CREATE TABLE a (b STRING);", 800),
		boxes + strings.Repeat("-- x\n", 10), strings.Replace(boxes, "TRY_CAST(REPLACE(speed, '~', '') AS DOUBLE)",
			"REGEXP_REPLACE(speed, '(a+)+$', '')", 1)} {
		body, _ := json.Marshal(map[string]any{"kind": "replay", "dataset": "boxes", "sql": sql})
		a := r.as(ann, "POST", operate.Path, string(body))
		r.wants(a, 202, "")
		run := r.finish(a.body["id"].(string))
		if run.State != operate.Done && run.State != operate.Failed || len(run.Error) > 5000 {
			t.Errorf("%.60s: %s %.100s", sql, run.State, run.Error)
		}
		if shown := r.as(ann, "GET", operate.Path+"/"+run.ID, ""); shown.body["sql"] != nil {
			t.Errorf("an answer has the SQL: %.200s", shown.text)
		}
	}
	body, _ := json.Marshal(map[string]any{"kind": "replay", "dataset": "boxes", "sql": strings.Repeat("x", 200<<10)})
	r.wants(r.as(ann, "POST", operate.Path, string(body)), 400, "invalid-body")
	body, _ = json.Marshal(map[string]any{"kind": "replay", "dataset": "boxes", "sql": boxes, "dryRun": false})
	r.wants(r.as(ann, "POST", operate.Path, string(body)), 400, "invalid-body")
}

// Ensure that a second run that changes the same is refused while one is under way.
func TestAttack_TwiceAtOnce(t *testing.T) {
	r := guarded(t)
	r.wants(r.as(ann, "POST", operate.Path, `{"kind":"replay","dataset":"boxes","dryRun":false}`), 202, "")
	r.wants(r.as(ann, "POST", operate.Path, `{"kind":"replay","dataset":"boxes","dryRun":false}`), 409, "run-conflict")
	r.wants(r.as(ann, "POST", operate.Path, `{"kind":"replay","dataset":"boxes"}`), 202, "")
}
