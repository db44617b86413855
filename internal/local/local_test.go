package local_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/local"
	"github.com/railtwin/digitaltwin/internal/store/bolt"
)

// Ensure that posted records are served when the answer is there, that the answer counts what became of
// them, and that the newest of them wins.
func TestPost(t *testing.T) {
	r := start(t, filepath.Join(t.TempDir(), "twin.db"))
	status, body := r.do("POST", "/dev/records/boxes", record("1", 4.5, 10))
	want := `{"dataset":"boxes","records":1,"changes":1,"dropped":{"component":0,"metric":0,"value":1,"event_time":0},"rejected":0,"rejects":[]}` + "\n"
	if status != 200 || body != want {
		t.Errorf("got %d %s, want %s", status, body, want)
	}
	if v := r.temperature("1"); v != "4.5" {
		t.Errorf("box 1 has %q", v)
	}
	lines := strings.Join([]string{record("1", 3, 9), record("2", 7, 0), "", `{"id":"3","t":"warm","at":"1999-12-31T00:00:00Z"}`,
		`{"id":`, `{"id":"4","t":1,"at":"9000-01-01T00:00:00Z"}`}, "\n")
	status, body = r.do("POST", "/dev/records/boxes?framing=lines", lines)
	var answer struct {
		Records, Changes, Rejected int
		Rejects                    []struct {
			Record         int
			Reason, Column string
			Offset         *int
		}
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil || status != 200 {
		t.Fatal(status, body, err)
	}
	if answer.Records != 5 || answer.Changes != 2 || answer.Rejected != 3 || len(answer.Rejects) != 3 {
		t.Errorf("got %s", body)
	}
	for i, want := range []string{"3 unreadable t", "4 unreadable ", "5 future "} {
		if got := answer.Rejects[i]; fmt.Sprintf("%d %s %s", got.Record, got.Reason, got.Column) != want {
			t.Errorf("reject %d is %+v, want %s", i, got, want)
		}
	}
	if v := r.temperature("1"); v != "4.5" {
		t.Errorf("after an older record box 1 has %q", v)
	}
	if v := r.temperature("2"); v != "7" && v != "7.0" {
		t.Errorf("box 2 has %q", v)
	}
	s := r.twin.Status()[0]
	if s.Records != 6 || s.Changes != 4 || s.Applied != 2 || s.Late != 1 || s.Rejects != 3 || s.Dropped != 6 {
		t.Errorf("the status is %+v", s)
	}
	_, rejects := r.do("GET", "/dev/rejects", "")
	for _, want := range []string{`"reason":"future"`, `"reason":"unreadable"`, `"payload":"{\"id\":"`} {
		if !strings.Contains(rejects, want) {
			t.Errorf("/dev/rejects lacks %s: %s", want, rejects)
		}
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
		{"no dataset", "POST", "/dev/records/", good, nil, 404, "POST /dev/records/{dataset}"},
		{"no body", "POST", "/dev/records/boxes", " \n", nil, 400, "The body is empty"},
		{"unknown framing", "POST", "/dev/records/boxes?framing=csv", good, nil, 400, `"allowed":["lines","file"]`},
		{"unknown table", "POST", "/dev/records/boxes?table=bikes", good, nil, 400, `declares no table \"bikes\".","allowed":["boxes"]`},
		{"reading", "GET", "/dev/records/boxes", "", nil, 405, "Use POST"},
		{"writing rejects", "POST", "/dev/rejects", "", nil, 405, "Use GET"},
		{"too large", "POST", "/dev/records/boxes", strings.Repeat(" ", 10<<20) + good, nil, 413, "10 MB"},
		{"a page of another site", "POST", "/dev/records/boxes", good, []string{"Origin", "https://evil.example"}, 403, "another site"},
		{"a page without an origin", "POST", "/dev/records/boxes", good, []string{"Origin", "null"}, 403, "another site"},
		{"a browser that says so", "POST", "/dev/records/boxes", good, []string{"Sec-Fetch-Site", "cross-site"}, 403, "another site"},
		{"another port of this machine", "POST", "/dev/records/boxes", good, []string{"Origin", "http://127.0.0.1:1"}, 403, "another site"},
		{"a rebound name", "POST", "/dev/records/boxes", good, []string{"Host", "evil.example"}, 403, "evil.example"},
		{"a rebound name with our port", "GET", "/v1/components", "", []string{"Host", "evil.example:8080"}, 403, "evil.example"},
		{"a name that begins like ours", "GET", "/v1/components", "", []string{"Host", "127.0.0.1.evil.example"}, 403, "evil"},
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

// Ensure that the API gets paths as they were sent: a name may hold what a multiplexer would clean away.
func TestHandler_OddNames(t *testing.T) {
	r := start(t, filepath.Join(t.TempDir(), "twin.db"))
	for _, name := range []string{"a/../b//c", "..", "50%", "Holzgartenstr. 1", "😀"} {
		body, _ := json.Marshal(map[string]any{"id": name, "t": 1, "at": "1999-12-31T00:00:00Z"})
		if status, answer := r.do("POST", "/dev/records/boxes", string(body)); status != 200 {
			t.Fatal(status, answer)
		}
		escaped := strings.NewReplacer("%", "%25", "/", "%2F", " ", "%20").Replace(name)
		if v := r.temperature(escaped); v == "" {
			t.Errorf("%q is not found", name)
		}
	}
}

// Ensure that a twin finds the state of the one before it, drained to the last record.
func TestRun_Restart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "twin.db")
	const boxes = 5000
	var records [][]byte
	for i := range boxes {
		records = append(records, []byte(record(fmt.Sprint(i), float64(i), 0)))
	}
	sent := make(chan struct{})
	first := start(t, path, notifying{local.Once{Name: "test", Records: records}, sent})
	<-sent
	if err := first.stop(); err != nil {
		t.Fatal(err)
	}
	if s := first.twin.Status()[0]; s.Records != boxes || s.Applied != boxes {
		t.Errorf("the first twin says %+v", s)
	}
	second := start(t, path)
	for _, i := range []int{0, boxes / 2, boxes - 1} {
		if v := second.temperature(fmt.Sprint(i)); strings.TrimSuffix(v, ".0") != fmt.Sprint(i) {
			t.Errorf("box %d has %q", i, v)
		}
	}
}

// notifying is a feed that says when it has sent everything.
type notifying struct {
	local.Feed
	sent chan struct{}
}

func (n notifying) Run(ctx context.Context, in *local.Intake) error {
	defer close(n.sent)
	return n.Feed.Run(ctx, in)
}

// Ensure that a dataset that is no longer served leaves the catalogue, that one which only does not
// compile stays, and that both find their readings again.
func TestOpen_Catalogue(t *testing.T) {
	s, err := bolt.Open(filepath.Join(t.TempDir(), "twin.db"), &bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	log := slog.New(slog.DiscardHandler)
	a, b, c := compile(t, "a.sql", boxSQL), compile(t, "b.sql", boxSQL), compile(t, "c.sql", boxSQL)
	for _, step := range []struct {
		programs []*extract.Program
		keep     []string
		want     string
	}{
		{[]*extract.Program{a, b, c}, nil, "a b c"},
		{[]*extract.Program{a}, []string{"b"}, "a b"},
		{[]*extract.Program{a, c}, nil, "a c"},
	} {
		if _, err := local.Open(t.Context(), step.programs, step.keep, s, log); err != nil {
			t.Fatal(err)
		}
		datasets, err := s.Datasets(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, d := range datasets {
			names = append(names, d.Name)
		}
		if got := strings.Join(names, " "); got != step.want {
			t.Errorf("got %s, want %s", got, step.want)
		}
	}
}

// Ensure that readings are counted as they are in the store.
func TestStatus_Readings(t *testing.T) {
	var records [][]byte
	for i := range 250 {
		records = append(records, []byte(record(fmt.Sprint(i), 1, 0)), []byte(record(fmt.Sprint(i), 2, 1)))
	}
	r := start(t, filepath.Join(t.TempDir(), "twin.db"), local.Once{Name: "test", Records: records})
	deadline := time.Now().Add(time.Minute)
	for r.twin.Status()[0].Readings != 250 {
		if time.Now().After(deadline) {
			t.Fatalf("the status is %+v", r.twin.Status()[0])
		}
		time.Sleep(10 * time.Millisecond)
	}
}
