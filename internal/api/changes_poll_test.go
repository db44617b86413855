package api

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/feed"
	"github.com/railtwin/digitaltwin/internal/feed/feedtest"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// poll makes a long poll, and returns the answer up to its cursor, and the cursor.
func (r *changesRig) poll(target string) (text, cursor string) {
	r.Helper()
	w := get(r.T, as(reader, r.handler), target)
	if w.Code != 200 {
		r.Fatalf("%s: %d %s", target, w.Code, w.Body)
	}
	text, cursor, _ = strings.Cut(w.Body.String(), `,"cursor":"`)
	return text + "}", strings.TrimSuffix(cursor, `"}`)
}

// Ensure that a long poll has what came after its cursor, waits for it where there is nothing, and never says twice
// what was answered.
func TestChanges_Poll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newChangesRig(t, nil, 1<<20)
		r.change("wayside", "a:1 speed 0")
		const nothing = `{"gap":null,"forgotten":[],"changes":[]}`
		text, cursor := r.poll("/v1/changes?prefix=a:")
		if text != nothing {
			t.Errorf("at first: %s", text)
		}
		begin := time.Now()
		if text, _ = r.poll("/v1/changes?prefix=a:&wait=20&after=" + cursor); text != nothing ||
			time.Since(begin) != 20*time.Second {
			t.Errorf("after %s: %s", time.Since(begin), text)
		}
		go func() {
			time.Sleep(3 * time.Second)
			r.change("wayside", "b:1 speed 1")
			r.change("wayside", "a:1 speed 2")
		}()
		const change = `{"component":"a:1","metric":"speed","value":2,"unit":null,"eventTime":"2026-11-23T10:00:00.000Z",` +
			`"staleAt":"2026-11-23T13:00:00.000Z","dataset":"wayside"}`
		begin = time.Now()
		text, next := r.poll("/v1/changes?prefix=a:&wait=20&after=" + cursor)
		if text != `{"gap":null,"forgotten":[],"changes":[`+change+`]}` || time.Since(begin) > 5*time.Second {
			t.Errorf("after %s: %s", time.Since(begin), text)
		}
		if text, _ = r.poll("/v1/changes?prefix=a:&after=" + next); text != nothing {
			t.Errorf("again: %s", text)
		}
		time.Sleep(time.Second)
	})
}

// Ensure that a poll whose answer would be large ends early, and the next ones have the rest.
func TestChanges_PollPages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newChangesRig(t, nil, 64<<20)
		_, cursor := r.poll("/v1/changes")
		const batches = 300
		value := `"` + strings.Repeat("x", 7000) + `"`
		for range batches {
			r.change("wayside", "a:1 speed "+value)
		}
		n, polls := 0, 0
		for more := 1; more > 0; polls++ {
			var text string
			text, cursor = r.poll("/v1/changes?after=" + cursor)
			more = strings.Count(text, value)
			n += more
		}
		if n != batches || polls < 4 || polls > 7 {
			t.Errorf("%d changes in %d polls", n, polls)
		}
	})
}

// lost returns something that was forgotten of a:1, or where a dataset is named has expired of it.
func lost(dataset string, of ...feed.Lost) *feed.Batch {
	f := feed.Forgotten{Component: "a:1", Dataset: dataset, Before: at("09:00:00"), Lost: of}
	return &feed.Batch{Forgotten: []feed.Forgotten{f}}
}

// Ensure that what is forgotten takes with it what came before it in the same answer, that a change is sent to who is
// served it, and that nobody learns of what he may not read, not even that it was forgotten, or when it was measured.
func TestChanges_Access(t *testing.T) {
	hidden := func(dataset string, hidden, shown []string) *feed.Batch {
		c := twin.Change{Dataset: dataset, Component: "a:1", Metric: "speed", Value: "1", EventTime: at("09:30:00")}
		return &feed.Batch{Changes: []feed.Change{{Reading: c.Reading(), Hidden: hidden, Shown: shown}}}
	}
	early := func(dataset string) *feed.Batch {
		c := twin.Change{Dataset: dataset, Component: "a:1", Metric: "speed", Value: "0", EventTime: at("08:00:00")}
		return &feed.Batch{Changes: []feed.Change{{Reading: c.Reading()}}}
	}
	speed, load := feed.Lost{Dataset: "wayside", Metric: "speed", EventTime: at("08:00:00")},
		feed.Lost{Dataset: "wayside", Metric: "load", EventTime: at("09:00:00")}
	foreign := feed.Lost{Dataset: "hsl_hfp", Metric: "speed", EventTime: at("09:00:00")}
	const (
		everything = `{"datasets": "*"}`
		some       = `{"datasets": "wayside", "metrics": "speed"}`
	)
	for _, c := range []struct {
		name, grant string
		batches     []*feed.Batch
		// kinds: c is a change of wayside, h one of hsl_hfp, f what was forgotten, x has expired at 8, X at 9
		want string
	}{
		{"a change", some, []*feed.Batch{hidden("wayside", nil, nil)}, "c"},
		{"of another dataset", some, []*feed.Batch{hidden("hsl_hfp", nil, nil)}, ""},
		{"of a dataset that is gone", everything, []*feed.Batch{hidden("gone", nil, nil)}, ""},
		{"hidden by one that he may read", everything, []*feed.Batch{hidden("wayside", []string{"hsl_hfp"}, nil)}, ""},
		{"hidden by one that he may not read", some, []*feed.Batch{hidden("wayside", []string{"hsl_hfp"}, nil)}, "c"},
		{"shown again", everything, []*feed.Batch{hidden("wayside", nil, []string{"hsl_hfp"})}, "c"},
		{"shown again to others", some, []*feed.Batch{hidden("wayside", nil, []string{"hsl_hfp"})}, ""},
		{"shown again but hidden", everything, []*feed.Batch{hidden("wayside", []string{"oslo_bysykkel_gbfs"},
			[]string{"hsl_hfp"})}, ""},
		{"forgotten", some, []*feed.Batch{lost("", speed, foreign)}, "f"},
		{"forgotten, of others", some, []*feed.Batch{lost("", load, foreign)}, ""},
		{"expired", everything, []*feed.Batch{lost("wayside", speed, load)}, "X"},
		{"expired, the newer one of others", some, []*feed.Batch{lost("wayside", speed, load)}, "x"},
		{"expired, of others", some, []*feed.Batch{lost("wayside", load)}, ""},
		{"forgotten after a change", everything, []*feed.Batch{early("wayside"), early("hsl_hfp"), lost("", speed)}, "f"},
		{"expired after changes", everything, []*feed.Batch{early("hsl_hfp"), early("wayside"), lost("wayside", speed)},
			"xh"},
		{"forgotten before a change", everything, []*feed.Batch{lost("", speed), hidden("wayside", nil, nil)}, "fc"},
	} {
		r := &changesRig{T: t, log: feedtest.NewMemory(1<<20, time.Now)}
		r.handler = newHandler(Config{Reader: sample(), Authenticated: true, Rules: grants(t, c.grant),
			Changes: Changes{Log: r.log}})
		_, cursor := r.poll("/v1/changes")
		for _, b := range c.batches {
			if err := r.log.Append(context.Background(), b); err != nil {
				t.Fatal(err)
			}
		}
		text, _ := r.poll("/v1/changes?after=" + cursor)
		got := ""
		for kind, is := range map[string]string{
			"f": `"dataset":null,"before":"2026-11-23T09:00`, "x": `"dataset":"wayside","before":"2026-11-23T08:00`,
			"X": `"dataset":"wayside","before":"2026-11-23T09:00`,
		} {
			got += strings.Repeat(kind, strings.Count(text, is))
		}
		got += strings.Repeat("c", strings.Count(text, `"dataset":"wayside"}`)) +
			strings.Repeat("h", strings.Count(text, `"dataset":"hsl_hfp"}`))
		if got != c.want {
			t.Errorf("%s: %s, want %s: %s", c.name, got, c.want, text)
		}
	}
}

// Ensure that what cannot be followed is refused, with what to do.
func TestChanges_Refused(t *testing.T) {
	h := newHandler(Config{Reader: sample()})
	_, cursor := (&changesRig{T: t, handler: h}).poll("/v1/changes?prefix=a")
	for target, want := range map[string]string{
		"/v1/changes?wait=26":                  "400 invalid-parameter: wait must be an integer from 0 to 25.",
		"/v1/changes?wait=x":                   "400 invalid-parameter: wait must be",
		"/v1/changes?snapshot=yes":             "400 invalid-parameter: snapshot must be true or false.",
		"/v1/changes?snapshot=true":            "400 invalid-parameter: snapshot is for a stream only",
		"/v1/changes?limit=1":                  `400 unknown-parameter: There is no parameter "limit" here.`,
		"/v1/changes?after=x":                  "400 invalid-cursor: Invalid cursor: it is not base64url",
		"/v1/changes?after=" + cursor:          "400 invalid-cursor: Invalid cursor: it belongs to another list",
		"/v1/changes?prefix=a&after=" + cursor: "200",
		"/v1/changes?dataset=no":               `404 dataset-not-found: There is no dataset "no"`,
		"/v1/readings?after=x":                 "400 unknown-parameter",
	} {
		w := get(t, h, target)
		got := "200"
		if m, ok := decode(w.Body.Bytes()).(map[string]any); ok && w.Code != 200 {
			got = strings.TrimPrefix(w.Result().Status, "")[:3] + " " +
				strings.TrimPrefix(m["type"].(string), "urn:digital-twin:problem:") + ": " + m["detail"].(string)
		}
		if !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s, want %s", target, got, want)
		}
	}
	r := httptest.NewRequest("GET", "/v1/changes", nil)
	r.Header.Set(feed.LastEventID, "x")
	w := httptest.NewRecorder()
	if h.ServeHTTP(w, r); w.Code != 400 || !strings.Contains(w.Body.String(), feed.LastEventID) {
		t.Errorf("a wrong id: %d %s", w.Code, w.Body)
	}
	closed := newHandler(Config{Reader: sample(), Authenticated: true})
	if w := get(t, as(access.Caller{Client: "x"}, closed), "/v1/changes", "Accept", feed.ContentType); w.Code != 403 {
		t.Errorf("without the scope: %d %s", w.Code, w.Body)
	}
}

// FuzzChangesCursor holds that no text does harm as a cursor, and that what is read is what was written.
func FuzzChangesCursor(f *testing.F) {
	filters := []string{changesPath, "prefix", "a"}
	f.Add(string(appendChangesCursor(nil, filters, "12345678", feed.PositionAt(time.UnixMilli(1_790_000_000_000)))))
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		log, p, err := parseChangesCursor(text, filters, "after")
		if err != nil {
			return
		}
		if again := string(appendChangesCursor(nil, filters, log, p)); again != text || p.Time().IsZero() {
			t.Errorf("%q became %q", text, again)
		}
	})
}
