package operate_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/operate"
	"github.com/railtwin/digitaltwin/internal/operate/disk"
	"github.com/railtwin/digitaltwin/internal/rejects"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/bolt"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// now is when every test begins, and arrived when the first reject came.
const (
	now     twin.Millis = 1_790_000_000_000
	arrived             = now - 2*60*60*1000
)

// boxes is the mended extractor: it reads a speed such as "~2" too.
const boxes = `SET 'twin.expire-after' = '1 d';
CREATE TABLE boxes (id STRING, speed STRING, ts TIMESTAMP_LTZ(3)) WITH ('format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601', 'json.ignore-parse-errors' = 'true');
INSERT INTO digitaltwin (component, metric, ` + "`value`" + `, unit, event_time)
SELECT id, 'speed', JSON_STRING(TRY_CAST(REPLACE(speed, '~', '') AS DOUBLE)), 'km/h', ts FROM boxes;
`

// rig is a service over a folder and a file, whose twin stream is applied at once.
type rig struct {
	t       *testing.T
	config  operate.Config
	service *operate.Service
	dir     *disk.Dir
	path    string // of dir
	store   *bolt.Store
	applied int // changes
	started []string
	clock   twin.Millis
	fail    func(what string) error // before a call of a port; nil never fails
	sql     map[string]string       // by dataset
	source  []operate.SourceRecord
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{t: t, path: t.TempDir(), clock: now, sql: map[string]string{}}
	r.open()
	var err error
	if r.store, err = bolt.Open(filepath.Join(t.TempDir(), "twin.db"),
		&bolt.Options{NoSync: true, Now: r.time}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.store.Close() })
	r.config = operate.Config{Anonymous: true, Now: r.time, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Start: func(_ context.Context, id string) error { r.started = append(r.started, id); return nil }}
	r.deploy("boxes", boxes)
	r.restart()
	return r
}

// time is a clock that goes on whenever somebody looks at it.
func (r *rig) time() time.Time {
	r.clock++
	return r.clock.Time()
}

func (r *rig) open() {
	r.t.Helper()
	var err error
	if r.dir, err = disk.Open(r.path, r.time); err != nil {
		r.t.Fatal(err)
	}
}

// restart makes the service anew, as a process that was started again does.
func (r *rig) restart() {
	r.t.Helper()
	_ = r.dir.Close()
	r.open()
	f := faulty{r}
	r.config.Runs, r.config.Rejects, r.config.Audit = faultyRuns{r.dir.Runs, f}, faultyRejects{r.dir.Rejects, f},
		faultyAudit{r.dir.Audit, f}
	r.config.Store, r.config.Extractors, r.config.Sink, r.config.Source, r.config.Pauser = r.store, f, f, f, f
	r.service = operate.New(r.config)
}

// deploy puts an extractor into the catalogue.
func (r *rig) deploy(dataset, sql string) *extract.Program {
	r.t.Helper()
	p, err := extract.Compile(dataset+".sql", []byte(sql))
	if err != nil {
		r.t.Fatal(err)
	}
	r.must(r.store.PutDataset(r.t.Context(), p.Dataset()))
	r.sql[dataset] = sql
	return p
}

func (r *rig) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// keep keeps rejects as a file of the extractor, or of changes.
func (r *rig) keep(list ...twin.Reject) {
	r.t.Helper()
	folder := rejects.ExtractFolder(list[0].Dataset)
	if list[0].Kind == twin.KindChange {
		folder = rejects.ApplyFolder
	}
	file := rejects.Encode(list)
	name := rejects.Key(folder, rejects.Origin{Position: list[0].Position, ArrivedAt: list[0].ReceivedAt}, file)
	r.must(r.dir.Rejects.Write(r.t.Context(), name, file.Data, operate.Mark{}))
}

// reject is the n-th record of the source, which could not be read once.
func reject(n int, payload string, reason twin.Reason, column string) twin.Reject {
	r := twin.Reject{Kind: twin.KindRecord, Dataset: "boxes", ReceivedAt: arrived + twin.Millis(n),
		Payload:  []byte(payload),
		Position: twin.Position{Stream: "boxes", Shard: "shardId-000000000000", Sequence: fmt.Sprintf("%08d", n)}}
	r.Note(twin.Problem{Reason: reason, Detail: "it was wrong once", Column: column, Offset: 3})
	return r
}

// record is a record of a box that was measured so many seconds ago.
func record(box int, speed string, ago int) string {
	return fmt.Sprintf(`{"id":"box:%d","speed":%q,"ts":"%s"}`, box, speed, (now - twin.Millis(ago)*1000))
}

// answer is what a request was answered with.
type answer struct {
	status int
	body   map[string]any
	header map[string][]string
	text   string
}

// as makes a request as a caller; nil is nobody.
func (r *rig) as(c *access.Caller, method, path, body string) answer {
	r.t.Helper()
	request := httptest.NewRequest(method, path, strings.NewReader(body))
	if c != nil {
		request = request.WithContext(access.NewContext(request.Context(), *c))
	}
	w := httptest.NewRecorder()
	operate.Handler(r.service).ServeHTTP(w, request)
	a := answer{status: w.Code, header: w.Header(), text: w.Body.String()}
	r.must(json.Unmarshal(w.Body.Bytes(), &a.body))
	if w.Code >= 400 && (w.Header().Get("Content-Type") != "application/problem+json" ||
		a.body["status"] != float64(w.Code)) {
		r.t.Errorf("%s %s: %d with %s", method, path, w.Code, w.Body)
	}
	return a
}

// ask makes a run and returns its id.
func (r *rig) ask(request string) string {
	r.t.Helper()
	a := r.as(nil, "POST", operate.Path, request)
	if a.status != 202 {
		r.t.Fatalf("%s: %d %s", request, a.status, a.text)
	}
	return a.body["id"].(string)
}

// finish takes steps until a run has ended, and returns it.
func (r *rig) finish(id string) *operate.Run {
	r.t.Helper()
	for range 10_000 {
		more, err := r.service.Step(r.t.Context(), id, r.time().Add(time.Hour))
		r.must(err)
		if !more {
			break
		}
	}
	run, err := r.dir.Runs.Read(r.t.Context(), id)
	r.must(err)
	return run
}

// do makes a run and finishes it.
func (r *rig) do(request string) *operate.Run {
	r.t.Helper()
	return r.finish(r.ask(request))
}

// speeds are box=speed as they are stored, in order.
func (r *rig) speeds() (all []string) {
	r.t.Helper()
	components, err := r.store.Components(r.t.Context(),
		store.ComponentQuery{Datasets: []string{"boxes"}, Limit: 1_000_000})
	r.must(err)
	readings, err := r.store.Readings(r.t.Context(),
		store.ReadingQuery{Components: components, Datasets: []string{"boxes"}})
	r.must(err)
	for _, reading := range readings {
		all = append(all, reading.Component+"="+reading.Value)
	}
	slices.Sort(all)
	return all
}

// audited are the lines of the audit log.
func (r *rig) audited() (lines []operate.Audit) {
	r.t.Helper()
	f, err := os.Open(filepath.Join(r.path, "audit.log"))
	r.must(err)
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		var a operate.Audit
		r.must(json.Unmarshal(s.Bytes(), &a))
		lines = append(lines, a)
	}
	return lines
}

// groups are the listed rejects, as "reason column count again".
func (r *rig) groups(query string) (all []string) {
	r.t.Helper()
	cursor := ""
	for {
		a := r.as(nil, "GET", operate.Path+"/rejects?"+query+cursor, "")
		if a.status != 200 {
			r.t.Fatalf("%d %s", a.status, a.text)
		}
		for _, g := range a.body["groups"].([]any) {
			g := g.(map[string]any)
			all = append(all, fmt.Sprint(g["reason"], " ", g["column"], " ", g["count"], " ", g["again"]))
		}
		if a.body["cursor"] == nil {
			return all
		}
		cursor = "&cursor=" + a.body["cursor"].(string)
	}
}
