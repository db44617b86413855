package local_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
)

// answer is what a twin says became of posted records.
type answer struct {
	Records, Changes, Applied, Late, Superseded, Same, Nothing, Rejected, Dropped int
	Results                                                                       []result
	Unlisted                                                                      int
	Warnings                                                                      []string
}

type result struct {
	Record, Changes, Applied, Late, Superseded, Same, Dropped int
	Nothing                                                   bool
	Rejects                                                   []struct {
		Reason, Detail, Column string
		Offset                 *int
	}
	MoreRejects int
}

// post posts records, one a line.
func (r *rig) post(query string, lines ...string) (a answer) {
	r.t.Helper()
	status, body := r.do("POST", "/dev/records/boxes"+query, strings.Join(lines, "\n"))
	decoder := json.NewDecoder(strings.NewReader(body))
	decoder.DisallowUnknownFields()
	var all struct {
		Dataset string
		answer
	}
	if err := decoder.Decode(&all); err != nil || status != 200 {
		r.t.Fatal(status, body, err)
	}
	return all.answer
}

// Ensure that posted records are served when the answer is there, and that it says what became of each of them.
func TestPost(t *testing.T) {
	r := start(t, filepath.Join(t.TempDir(), "twin.db"))
	status, body := r.do("POST", "/dev/records/boxes", record("1", 4.5, 10))
	want := `{"dataset":"boxes","records":1,"changes":1,"applied":1,"late":0,"superseded":0,"same":0,"nothing":0,"rejected":0,"dropped":1,` +
		`"results":[{"record":1,"changes":1,"applied":1,"dropped":1}],"unlisted":0}` + "\n"
	if status != 200 || body != want {
		t.Errorf("got %d %s, want %s", status, body, want)
	}
	if v := r.temperature("1"); v != "4.5" {
		t.Errorf("box 1 has %q", v)
	}
	a := r.post("?framing=lines",
		record("1", 3, 9), // late
		record("2", 7, 0), // superseded by the next
		record("2", 8, 1), // applied
		"",                // no record
		`{"id":"3","t":"warm","at":"1999-12-31T00:00:00Z"}`, // unreadable in part
		`{"id":`, // unreadable
		`{"id":"4","t":1,"at":"9000-01-01T00:00:00Z"}`, // refused
		`{"id":"5"}`, // nothing
		`{"t":1,"lid":"`+strings.Repeat("x", 9000)+`","id":"6","at":"1999-12-31T00:00:00Z"}`, // one applied, one too large
	)
	got := ""
	for _, o := range a.Results {
		got += fmt.Sprintf("%d: %d changes, %d applied, %d late, %d superseded, %d dropped", o.Record, o.Changes, o.Applied,
			o.Late, o.Superseded, o.Dropped)
		if o.Nothing {
			got += ", nothing"
		}
		for _, p := range o.Rejects {
			got += fmt.Sprintf(", %s %s", p.Reason, p.Column)
		}
		got += "\n"
	}
	if want := `1: 1 changes, 0 applied, 1 late, 0 superseded, 1 dropped
2: 1 changes, 0 applied, 0 late, 1 superseded, 1 dropped
3: 1 changes, 1 applied, 0 late, 0 superseded, 1 dropped
4: 0 changes, 0 applied, 0 late, 0 superseded, 2 dropped, unreadable t
5: 0 changes, 0 applied, 0 late, 0 superseded, 0 dropped, unreadable 
6: 1 changes, 0 applied, 0 late, 0 superseded, 1 dropped, future 
7: 0 changes, 0 applied, 0 late, 0 superseded, 2 dropped, nothing
8: 1 changes, 1 applied, 0 late, 0 superseded, 0 dropped, too-large 
`; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	a.Results = nil
	if got, want := fmt.Sprintf("%+v", a), fmt.Sprintf("%+v",
		answer{Records: 8, Changes: 5, Applied: 2, Late: 1, Superseded: 1, Nothing: 1, Rejected: 4,
			Dropped: 8}); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if v := r.temperature("1"); v != "4.5" {
		t.Errorf("after an older record box 1 has %q", v)
	}
	if v := r.temperature("2"); v != "8.0" {
		t.Errorf("box 2 has %q", v)
	}
	if s := r.twin.Status()[0].Tally; s.Records != 9 || s.Changes != 6 || s.Applied != 3 || s.Late != 1 ||
		s.Superseded != 1 || s.Nothing != 1 || s.Rejected != 4 || s.Dropped != 9 {
		t.Errorf("the status is %+v", s)
	}
	_, counted := r.do("GET", "/dev/status", "")
	want = `{"datasets":[{"dataset":"boxes","feed":"","records":9,"changes":6,"applied":3,"late":1,"superseded":1,"same":0,"nothing":1,"rejected":4,"dropped":9,`
	if !strings.HasPrefix(counted, want) {
		t.Errorf("/dev/status is %s", counted)
	}
	_, rejects := r.do("GET", "/dev/rejects", "")
	for _, want := range []string{`"reason":"future"`, `"reason":"unreadable"`, `"payload":"{\"id\":"`,
		`"source":"post-2/5"`} {
		if !strings.Contains(rejects, want) {
			t.Errorf("/dev/rejects lacks %s: %.2000s", want, rejects)
		}
	}
}

// Ensure that of two readings of the same time the later one of a body wins, for any number of records and whatever the
// values, and that the first of a later body wins again.
func TestPost_Ties(t *testing.T) {
	r := start(t, filepath.Join(t.TempDir(), "twin.db"))
	const n = 1500 // several parcels of the link
	order := rand.New(rand.NewPCG(1, 2)).Perm(n)
	var lines []string
	for _, v := range order {
		lines = append(lines, record("1", float64(v), 0))
	}
	a := r.post("?framing=lines", lines...)
	if got, want := r.temperature("1"), fmt.Sprintf("%d.0", order[n-1]); got != want {
		t.Errorf("box 1 has %s, and the last record says %s", got, want)
	}
	if a.Applied+a.Superseded != n || a.Late != 0 {
		t.Errorf("%+v", a)
	}
	for _, v := range []float64{7, 3, 9, 1} {
		r.post("", record("1", v, 0))
		if got, want := r.temperature("1"), fmt.Sprintf("%g.0", v); got != want {
			t.Errorf("box 1 has %s after %s was posted", got, want)
		}
	}
}

// Ensure that the answer to a large body lists the first records and the first rejects, and counts all of them.
func TestPost_Large(t *testing.T) {
	r := start(t, filepath.Join(t.TempDir(), "twin.db"))
	lines := bytes.NewBufferString(strings.Repeat("{}\n", 3000))
	lines.WriteString(strings.Repeat("{\n", 500))
	a := r.post("?framing=lines", lines.String())
	if a.Records != 3500 || a.Nothing != 3000 || a.Rejected != 500 || a.Unlisted != 2400 || len(a.Results) != 1100 {
		t.Errorf("%d records, %d nothing, %d rejected, %d listed, %d unlisted", a.Records, a.Nothing, a.Rejected,
			len(a.Results), a.Unlisted)
	}
	if last := a.Results[1099]; last.Record != 3100 || len(last.Rejects) != 1 {
		t.Errorf("the last record that is listed is %+v", last)
	}
}

// Ensure that a body of which only the first line is read is answered with a warning, and others are not.
func TestPost_Warnings(t *testing.T) {
	r := start(t, filepath.Join(t.TempDir(), "twin.db"))
	two := record("1", 1, 0) + "\n" + record("2", 2, 0)
	if a := r.post("", two); len(a.Warnings) != 1 ||
		!strings.Contains(a.Warnings[0], "more follows at byte 45. If every line is a record, add ?framing=lines.") {
		t.Errorf("%+v", a)
	}
	for _, query := range []string{"?framing=lines", "?framing=lines&table=boxes"} {
		if a := r.post(query, two); len(a.Warnings) > 0 || a.Records != 2 {
			t.Errorf("%s: %+v", query, a)
		}
	}
	if a := r.post("?framing=plain", "\n", record("1", 1, 0), "\n\n"); len(a.Warnings) > 0 {
		t.Errorf("%+v", a)
	}
}

// Ensure that a request that is wrong is refused with what to do about it, and changes nothing.
func TestPost_Refused(t *testing.T) {
	r := start(t, filepath.Join(t.TempDir(), "twin.db"))
	good := record("1", 4.5, 10)
	for _, tc := range []struct {
		name, method, path, body string
		header                   []string
		status                   int
		detail                   string
	}{
		{"unknown dataset", "POST", "/dev/records/bikes", good, nil, 404, `"allowed":["boxes"]`},
		{"a name that is no path segment", "POST", "/dev/records/a%2Fb%25", good, nil, 404, `a/b%`},
		{"nearly a dataset", "POST", "/dev/records/boxs", good, nil, 404, "Did you mean boxes?"},
		{"no dataset", "POST", "/dev/records/", good, nil, 404, "POST /dev/records/{dataset}"},
		{"no such endpoint", "GET", "/dev/record", good, nil, 404, "GET /dev/status"},
		{"a path below an endpoint", "GET", "/dev/rejects/boxes", good, nil, 404, "GET /dev/status"},
		{"a misspelt parameter", "POST", "/dev/records/boxes?framming=lines", good, nil, 400, "Did you mean framing?"},
		{"an unknown parameter", "POST", "/dev/records/boxes?x=1", good, nil, 400, `"allowed":["framing","table"]`},
		{"a parameter twice", "POST", "/dev/records/boxes?framing=plain&framing=lines", good, nil, 400,
			"Give the parameter framing once"},
		{"a malformed parameter", "POST", "/dev/records/boxes?framing=%zz", good, nil, 400, "malformed"},
		{"a parameter of another path", "GET", "/dev/rejects?framing=lines", good, nil, 400, "There is no parameter"},
		{"an empty framing", "POST", "/dev/records/boxes?framing=", good, nil, 400, `"allowed":["lines","plain","gzip"]`},
		{"an empty table", "POST", "/dev/records/boxes?table=", good, nil, 400, `"allowed":["boxes"]`},
		{"no body", "POST", "/dev/records/boxes", " \n", nil, 400, "The body is empty"},
		{"unknown framing", "POST", "/dev/records/boxes?framing=line", good, nil, 400, `not \"line\". Did you mean lines?`},
		{"unknown table", "POST", "/dev/records/boxes?table=bikes", good, nil, 400, `declares no table \"bikes\".`},
		{"reading", "GET", "/dev/records/boxes", "", nil, 405, "Use POST"},
		{"writing rejects", "POST", "/dev/rejects", "", nil, 405, "Use GET"},
		{"too large", "POST", "/dev/records/boxes", strings.Repeat(" ", 10<<20) + good, nil, 413, "10 MB"},
		{"a page of another site", "POST", "/dev/records/boxes", good, []string{"Origin", "https://evil.example"}, 403,
			"another site"},
		{"a page without an origin", "POST", "/dev/records/boxes", good, []string{"Origin", "null"}, 403, "another site"},
		{"a browser that says so", "POST", "/dev/records/boxes", good, []string{"Sec-Fetch-Site", "cross-site"}, 403,
			"another site"},
		{"another port of this machine", "POST", "/dev/records/boxes", good, []string{"Origin", "http://127.0.0.1:1"}, 403,
			"another site"},
		{"a rebound name", "POST", "/dev/records/boxes", good, []string{"Host", "evil.example"}, 403, "evil.example"},
		{"a rebound name with our port", "GET", "/v1/components", "", []string{"Host", "evil.example:8080"}, 403,
			"evil.example"},
		{"a name that begins like ours", "GET", "/v1/components", "", []string{"Host", "127.0.0.1.evil.example"}, 403,
			"evil"},
		{"a foreign address", "GET", "/v1/components", "", []string{"Host", "192.168.1.2"}, 403, "192.168.1.2"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			status, body := r.do(tc.method, tc.path, tc.body, tc.header...)
			if status != tc.status || !strings.Contains(body, tc.detail) {
				t.Errorf("got %d %.300s, want %d with %s", status, body, tc.status, tc.detail)
			}
		})
	}
	if v := r.temperature("1"); v != "" {
		t.Errorf("a refused request was taken: box 1 has %q", v)
	}
	for _, host := range []string{"localhost", "LOCALHOST:80", "127.0.0.2:1", "[::1]:8080"} {
		if status, body := r.do("GET", "/v1/health", "", "Host", host); status != 200 {
			t.Errorf("the host %s is refused: %d %s", host, status, body)
		}
	}
	own := "http://" + strings.TrimPrefix(r.url, "http://")
	if status, body := r.do("POST", "/dev/records/boxes", good, "Origin", own); status != 200 {
		t.Errorf("a page of the twin itself is refused: %d %s", status, body)
	}
}
