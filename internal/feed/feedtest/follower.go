// Package feedtest is a follower of the change feed, for tests only.
package feedtest

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/access"
)

// Follower holds the twin of a caller, by long polls.
type Follower struct {
	Caller, Query string

	// Late reports whether followers may not have been told yet that readings of a dataset with this event time are gone.
	// Nil says that they have always.
	Late func(dataset string, eventTime time.Time) bool

	Gaps, Changes, Forgotten int // that it got

	cursor string
	held   twins
}

// Serve returns the answer to a request.
type Serve func(r *http.Request) *httptest.ResponseRecorder

// get makes a call of the API as the caller.
func (f *Follower) get(t *testing.T, serve Serve, target string, into any) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, target, nil)
	w := serve(r.WithContext(access.NewContext(r.Context(),
		access.Caller{Client: f.Caller, Scopes: []string{access.ScopeRead}})))
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", target, w.Code, w.Body)
	}
	if err := json.NewDecoder(io.LimitReader(w.Body, 64<<20)).Decode(into); err != nil {
		t.Fatal(err)
	}
}

// twins is readings by component and metric.
type twins map[string]map[string]held

// held is a reading, and what of it decides.
type held struct {
	Component, Metric, Dataset string
	EventTime                  string // of one form, so that texts compare as times
	entry                      json.RawMessage
}

// put takes up a reading, unless an older one.
func (w twins) put(t *testing.T, entry json.RawMessage) {
	t.Helper()
	h := held{entry: entry}
	if err := json.Unmarshal(entry, &h); err != nil {
		t.Fatal(err)
	}
	if w[h.Component] == nil {
		w[h.Component] = map[string]held{}
	}
	if h.EventTime >= w[h.Component][h.Metric].EventTime {
		w[h.Component][h.Metric] = h
	}
}

// drop drops what was forgotten.
func (w twins) drop(component, dataset, before string) {
	maps.DeleteFunc(w[component], func(_ string, h held) bool {
		return (dataset == "" || h.Dataset == dataset) && h.EventTime <= before
	})
}

// read reads everything anew.
func (f *Follower) read(t *testing.T, serve Serve) twins {
	t.Helper()
	all := twins{}
	for cursor := ""; ; {
		var page struct {
			Readings []json.RawMessage
			Cursor   string
		}
		f.get(t, serve, "/v1/readings?limit=1000&cursor="+cursor+"&"+f.Query, &page)
		for _, entry := range page.Readings {
			all.put(t, entry)
		}
		if cursor = page.Cursor; cursor == "" {
			return all
		}
	}
}

// Follow takes up what has changed, and compares what is held with what is served.
func (f *Follower) Follow(t *testing.T, serve Serve) {
	t.Helper()
	for more := true; more; {
		var answer struct {
			Gap       *struct{ From, To string }
			Forgotten []struct{ Component, Dataset, Before string }
			Changes   []json.RawMessage
			Cursor    string
		}
		f.get(t, serve, "/v1/changes?after="+f.cursor+"&"+f.Query, &answer)
		if f.cursor == "" || answer.Gap != nil {
			f.Gaps++
			f.held = f.read(t, serve)
		}
		for _, gone := range answer.Forgotten {
			f.held.drop(gone.Component, gone.Dataset, gone.Before)
		}
		for _, entry := range answer.Changes {
			f.held.put(t, entry)
		}
		f.Changes, f.Forgotten = f.Changes+len(answer.Changes), f.Forgotten+len(answer.Forgotten)
		f.cursor, more = answer.Cursor, len(answer.Changes)+len(answer.Forgotten) > 0
	}
	want := f.read(t, serve)
	for component, metrics := range want {
		for metric, h := range metrics {
			if got := f.held[component][metric]; string(got.entry) != string(h.entry) && !f.late(t, &got) {
				t.Errorf("%s %s: holds %s, not %s", f.Caller, f.Query, got.entry, h.entry)
			}
		}
	}
	for component, metrics := range f.held {
		for metric, h := range metrics {
			if want[component][metric].entry == nil && !f.late(t, &h) {
				t.Errorf("%s %s: still holds %s", f.Caller, f.Query, h.entry)
			}
		}
	}
	if t.Failed() {
		t.FailNow()
	}
}

// late reports whether the follower may still hold a reading that is not served any more.
func (f *Follower) late(t *testing.T, h *held) bool {
	if f.Late == nil || h.entry == nil {
		return false
	}
	at, err := time.Parse(time.RFC3339, h.EventTime)
	if err != nil {
		t.Fatal(err)
	}
	return f.Late(h.Dataset, at)
}
