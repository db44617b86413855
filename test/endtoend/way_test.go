package endtoend

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/internal/api"
	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/bolt"
	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// way is the whole way of one dataset, with a store of its own.
type way struct {
	t       *testing.T
	dataset string
	program *extract.Program
	out     *extract.Output
	packer  *stream.Packer
	applier *store.Applier
	api     http.Handler
	records int64 // fed so far
}

// served returns the extractors that the Go engine runs.
func served(t *testing.T) []extractors.Extractor {
	t.Helper()
	all := extractors.OnGo()
	if len(all) < 8 {
		t.Fatalf("only %d extractors compile", len(all))
	}
	return all
}

// clock is later than every sample, so that none is refused as from the future on a machine whose clock is behind.
func clock() time.Time { return time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC) }

func newWay(t *testing.T, e extractors.Extractor) *way {
	t.Helper()
	p, err := extract.Compile(e.Name+".sql", e.SQL)
	if err != nil {
		t.Fatal(err)
	}
	db, err := bolt.Open(filepath.Join(t.TempDir(), "twin.db"), &bolt.Options{NoSync: true, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	d := p.Dataset()
	if err := db.PutDataset(context.Background(), d); err != nil {
		t.Fatal(err)
	}
	return &way{
		t: t, dataset: d.Name, program: p, out: p.NewOutput(), packer: stream.NewPacker(d, 0),
		applier: store.NewApplier(db, clock),
		api:     api.New(api.Config{Reader: db, Now: clock}),
	}
}

// feed runs records, packs what comes out, reads it again from the stream and applies it, all at once.
// Every record arrives a millisecond after the one before it.
func (w *way) feed(records [][]byte) {
	w.t.Helper()
	w.packer.Reset()
	for i, r := range records {
		w.records++
		received := twin.MillisOf(clock()) + twin.Millis(w.records)
		w.packer.From(i, received, twin.Position{Stream: "test", Shard: "0", Sequence: strconv.FormatInt(w.records, 10)})
		w.program.Run(r, w.out)
		for j := range w.out.Rows {
			if err := w.packer.Add(&w.out.Rows[j]); err != nil {
				w.t.Fatal(err)
			}
		}
		for _, p := range w.out.Problems {
			w.t.Errorf("record %d: %s: %s (%s, byte %d)", i, p.Reason, p.Detail, p.Column, p.Offset)
		}
	}
	var changes []twin.Change
	for _, r := range w.packer.Records() {
		var bad []*stream.BadLine
		changes, bad = stream.Decode(r.Data, changes)
		for _, b := range bad {
			w.t.Error(b)
		}
	}
	results, err := w.applier.Apply(context.Background(), changes)
	if err != nil {
		w.t.Fatal(err)
	}
	for i, r := range results {
		if r.Outcome == store.Unfinished || r.Outcome == store.Refused {
			w.t.Errorf("%s %s: %v %s", changes[i].Component, changes[i].Metric, r.Outcome, r.Detail)
		}
	}
}

// reading is what the API says of one component.metric.
type reading struct {
	Component, Metric string
	Value             json.RawMessage
	Unit              *string
	EventTime         string
}

// unit returns the unit, "" for none.
func (r *reading) unit() string {
	if r.Unit == nil {
		return ""
	}
	return *r.Unit
}

// hasUnit reports whether a declared unit, nil for none, is that of r.
func (r *reading) hasUnit(declared *string) bool {
	return (declared == nil) == (r.Unit == nil) && (declared == nil || *declared == *r.Unit)
}

// get asks the API and returns the status; a body that is not JSON fails the test.
func (w *way) get(target string, into any) int {
	w.t.Helper()
	rec := httptest.NewRecorder()
	w.api.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, target, nil))
	if rec.Code == http.StatusOK {
		if err := json.Unmarshal(rec.Body.Bytes(), into); err != nil {
			w.t.Fatalf("%s: %v", target, err)
		}
	}
	return rec.Code
}

// all returns every reading of the dataset, over as many pages as that takes.
func (w *way) all(limit int) (all []reading) {
	w.t.Helper()
	for target := "/v1/readings?dataset=" + w.dataset + "&limit=" + strconv.Itoa(limit); target != ""; {
		var page struct {
			Readings []reading
			Next     *string
		}
		if code := w.get(target, &page); code != http.StatusOK {
			w.t.Fatalf("%s: status %d", target, code)
		}
		all = append(all, page.Readings...)
		if target = ""; page.Next != nil {
			target = *page.Next
		}
	}
	return all
}
