package local_test

import (
	"encoding/json"
	"maps"
	"testing"
)

// follower holds the twin of a caller, by long polls.
type follower struct {
	caller, query string
	cursor        string
	held          twins

	gaps, changes, forgotten int
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
func (f *follower) read(t *testing.T, k *killable) twins {
	t.Helper()
	all := twins{}
	for cursor := ""; ; {
		var page struct {
			Readings []json.RawMessage
			Cursor   string
		}
		k.get(t, f.caller, "/v1/readings?limit=1000&cursor="+cursor+"&"+f.query, &page)
		for _, entry := range page.Readings {
			all.put(t, entry)
		}
		if cursor = page.Cursor; cursor == "" {
			return all
		}
	}
}

// follow takes up what has changed, and compares what is held with what is served.
func (f *follower) follow(t *testing.T, k *killable) {
	t.Helper()
	for more := true; more; {
		var answer struct {
			Gap       *struct{ From, To string }
			Forgotten []struct{ Component, Dataset, Before string }
			Changes   []json.RawMessage
			Cursor    string
		}
		k.get(t, f.caller, "/v1/changes?after="+f.cursor+"&"+f.query, &answer)
		if f.cursor == "" || answer.Gap != nil {
			f.gaps++
			f.held = f.read(t, k)
		}
		for _, gone := range answer.Forgotten {
			f.held.drop(gone.Component, gone.Dataset, gone.Before)
		}
		for _, entry := range answer.Changes {
			f.held.put(t, entry)
		}
		f.changes, f.forgotten = f.changes+len(answer.Changes), f.forgotten+len(answer.Forgotten)
		f.cursor, more = answer.Cursor, len(answer.Changes) > 0
	}
	want := f.read(t, k)
	for component, metrics := range want {
		for metric, h := range metrics {
			if got := f.held[component][metric]; string(got.entry) != string(h.entry) {
				t.Errorf("%s %s: holds %s, not %s", f.caller, f.query, got.entry, h.entry)
			}
		}
	}
	for component, metrics := range f.held {
		for metric, h := range metrics {
			if want[component][metric].entry == nil {
				t.Errorf("%s %s: still holds %s", f.caller, f.query, h.entry)
			}
		}
	}
	if t.Failed() {
		t.FailNow()
	}
}
