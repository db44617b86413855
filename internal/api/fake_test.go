package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/feed"
	"github.com/railtwin/digitaltwin/internal/feed/feedtest"
	"github.com/railtwin/digitaltwin/internal/problem"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/twin"
)

var _ Reader = store.Reader(nil) // whatever reads a store, serves the API

// fake is a Reader over readings in memory. It refuses queries that a store may refuse.
type fake struct {
	datasets []twin.Dataset // in name order
	readings []twin.Reading
	err      error // of every call, if set
	panics   bool  // every call does
	calls    int   // of Components and Readings
	catalogs int   // of Datasets
}

func (f *fake) Datasets(context.Context) ([]twin.Dataset, error) {
	f.catalogs++
	if f.panics {
		panic("secret-name")
	}
	return slices.Clone(f.datasets), f.err
}

func (f *fake) Components(_ context.Context, q store.ComponentQuery) ([]string, error) {
	f.calls++
	if q.Limit <= 0 || len(q.Datasets) == 0 {
		return nil, errors.New("a query without limit or datasets")
	}
	var names []string
	for _, r := range f.readings {
		if slices.Contains(q.Datasets, r.Dataset) && strings.HasPrefix(r.Component, q.Prefix) && r.Component > q.After {
			names = append(names, r.Component)
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	return names[:min(q.Limit, len(names))], f.err
}

func (f *fake) Readings(_ context.Context, q store.ReadingQuery) ([]twin.Reading, error) {
	f.calls++
	if len(q.Components) == 0 || len(q.Datasets) == 0 {
		return nil, errors.New("a query without components or datasets")
	}
	var found []twin.Reading
	for _, r := range f.readings {
		if slices.Contains(q.Components, r.Component) && slices.Contains(q.Datasets, r.Dataset) &&
			(q.Metrics == nil || slices.Contains(q.Metrics, r.Metric)) {
			found = append(found, r)
		}
	}
	return found, f.err
}

// put adds the reading of a change.
func (f *fake) put(c twin.Change) { f.readings = append(f.readings, c.Reading()) }

// at is a time of day of the samples.
func at(clock string) twin.Millis {
	m, err := twin.ParseMillis("2026-11-23T" + clock + "Z")
	if err != nil {
		panic(err)
	}
	return m
}

// sample is a little of real datasets: two buses, two bike stations, and a bus that two datasets deliver.
func sample() *fake {
	f := &fake{datasets: []twin.Dataset{
		{Name: "hsl_hfp", Description: "Buses in Helsinki", Extractor: "0c81f3d94ab6", Interval: time.Second,
			MetricIntervals: map[string]time.Duration{"door.open": 0, "headsign": time.Minute}, Newest: at("10:00:02.5"),
			Metrics: []twin.Metric{{Name: "door.open", Units: []string{""}}, {Name: "speed", Units: []string{"m/s"}}}},
		{Name: "oslo_bysykkel_gbfs"},
		{Name: "wayside", Interval: time.Hour, Newest: at("10:00:01")},
	}}
	for _, c := range []twin.Change{
		{Dataset: "hsl_hfp", Component: "vehicle:22:790", Metric: "speed", Value: "11.94", Unit: "m/s",
			EventTime: at("10:00:00"),
			Extractor: "0c81f3d94ab6", ReceivedAt: at("10:00:01"),
			Position: twin.Position{Stream: "hfp", Shard: "shard-1", Sequence: "4959"}},
		{Dataset: "wayside", Component: "vehicle:22:790", Metric: "speed", Value: "12", Unit: "m/s",
			EventTime: at("10:00:01")},
		{Dataset: "hsl_hfp", Component: "vehicle:22:790", Metric: "door.open", Value: "false", EventTime: at("10:00:02.5")},
		{Dataset: "hsl_hfp", Component: "vehicle:22:790", Metric: "headsign", Value: `"Matinkylä (M)"`,
			EventTime: at("10:00:00")},
		{Dataset: "hsl_hfp", Component: "vehicle:18:436", Metric: "position", Value: `{"lat":60.1,"lon":24.9}`, Unit: "deg",
			EventTime: at("09:59:00")},
		{Dataset: "oslo_bysykkel_gbfs", Component: "bikestation:5220", Metric: "bikes.available", Value: "0", Unit: "1",
			EventTime: at("09:00:00")},
		{Dataset: "oslo_bysykkel_gbfs", Component: "bikestation:5220", Metric: "renting", Value: "null",
			EventTime: at("09:00:00")},
		{Dataset: "oslo_bysykkel_gbfs", Component: "bikestation:5113", Metric: "bikes.available", Value: "9007199254740993",
			Unit: "1", EventTime: at("09:00:00")},
	} {
		f.put(c)
	}
	return f
}

// grants returns rules that let everybody read what is described as in a file: {"datasets": "d", "components": "a*"}.
func grants(t testing.TB, reads ...string) *access.Rules {
	t.Helper()
	var list []string
	for _, r := range reads {
		list = append(list, `{"who": "*", "read": `+r+`}`)
	}
	return rulesOf(t, `{"grants": [`+strings.Join(list, ",")+`]}`)
}

func rulesOf(t testing.TB, text string) *access.Rules {
	t.Helper()
	rules, err := access.Parse("access.json", []byte(text), access.Known{})
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

// reader is a caller who may read, if rules let him.
var reader = access.Caller{Client: "app", Scopes: []string{access.ScopeRead}}

// as returns h as it is for a caller.
func as(c access.Caller, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(access.NewContext(r.Context(), c)))
	})
}

// restricted returns the handler over f for a caller who may read what is described, see grants.
func restricted(t testing.TB, f Reader, reads ...string) http.Handler {
	t.Helper()
	return as(reader, newHandler(Config{Reader: f, Authenticated: true, Rules: grants(t, reads...)}))
}

// restrictedLog returns the handler over the sample and a log, see restricted.
func restrictedLog(t testing.TB, log feed.Log, reads ...string) http.Handler {
	t.Helper()
	return as(reader, newHandler(Config{Reader: sample(), Authenticated: true, Rules: grants(t, reads...),
		Changes: Changes{Log: log}}))
}

// newHandler returns the handler of c, quiet.
func newHandler(c Config) http.Handler {
	if c.Changes.Log == nil {
		c.Changes.Log = feedtest.NewMemory(1<<20, time.Now)
	}
	if c.Inside == nil {
		c.Inside = told{}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return New(c)
}

// get asks h for target. The headers are pairs.
func get(t testing.TB, h http.Handler, target string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	return do(t, h, http.MethodGet, target, "", headers...)
}

// do sends one request and checks the answer against the OpenAPI document, so that each test of a handler is a
// test of its description too.
func do(t testing.TB, h http.Handler, method, target, body string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if err := described(r, w); err != nil {
		t.Errorf("%s %s: %v", method, clip(target), err)
	}
	return w
}

// problemOf returns the kind of problem that w is: "404 component-not-found".
func problemOf(w *httptest.ResponseRecorder) string {
	m, _ := decode(w.Body.Bytes()).(map[string]any)
	name, _ := m["type"].(string)
	return fmt.Sprintf("%d %s", w.Code, strings.TrimPrefix(name, problem.Type))
}

func clip(s string) string { return s[:min(len(s), 200)] }

// failsAt is a Reader whose n-th call of Components or Readings fails.
type failsAt struct {
	*fake
	n int
}

func (f *failsAt) Components(ctx context.Context, q store.ComponentQuery) ([]string, error) {
	names, err := f.fake.Components(ctx, q)
	return names, errors.Join(err, f.fault())
}

func (f *failsAt) Readings(ctx context.Context, q store.ReadingQuery) ([]twin.Reading, error) {
	readings, err := f.fake.Readings(ctx, q)
	return readings, errors.Join(err, f.fault())
}

func (f *failsAt) fault() error {
	if f.calls == f.n {
		return errors.New("timeout")
	}
	return nil
}

// withContext returns h as it is for calls with a context.
func withContext(ctx context.Context, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(w, r.WithContext(ctx)) })
}
