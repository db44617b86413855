package api

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// canned is a Reader that has its answers ready, so that a benchmark measures the handler.
type canned struct {
	datasets   []twin.Dataset
	components []string
	readings   []twin.Reading
	scratch    []twin.Reading
}

func (c *canned) Datasets(context.Context) ([]twin.Dataset, error) { return c.datasets, nil }

func (c *canned) Components(_ context.Context, q store.ComponentQuery) ([]string, error) {
	return c.components[:min(len(c.components), q.Limit)], nil
}

func (c *canned) Readings(context.Context, store.ReadingQuery) ([]twin.Reading, error) {
	c.scratch = append(c.scratch[:0], c.readings...)
	return c.scratch, nil
}

// writer is a ResponseWriter that keeps nothing.
type writer struct{ header http.Header }

func (w *writer) Header() http.Header         { return w.header }
func (w *writer) Write(b []byte) (int, error) { return len(b), nil }
func (w *writer) WriteHeader(int)             {}

func ask(h http.Handler, target string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
	return w
}

func BenchmarkHandler(b *testing.B) {
	c := &canned{datasets: []twin.Dataset{{Name: "wagon_telemetry", Interval: 10 * time.Second}}}
	for i := range 40 {
		change := twin.Change{Dataset: "wagon_telemetry", Component: "wagon:33-80-7845-123-4", Metric: fmt.Sprintf("axle.%02d.bearing.temperature", i), Value: "41.5", Unit: "Cel", EventTime: at("10:00:00")}
		c.readings = append(c.readings, change.Reading())
	}
	page := &canned{datasets: c.datasets}
	for i := range 20 {
		name := fmt.Sprintf("wagon:33-80-7845-%03d-4", i)
		page.components = append(page.components, name)
		for _, r := range c.readings[:8] {
			r.Component = name
			page.readings = append(page.readings, r)
		}
	}
	many := &canned{}
	for i := range 200 {
		d := twin.Dataset{Name: fmt.Sprintf("dataset_%03d", i), Description: "One of many", Extractor: "0123456789ab", Interval: 10 * time.Second}
		for m := range 15 {
			d.Metrics = append(d.Metrics, twin.Metric{Name: fmt.Sprintf("axle.%02d.bearing.temperature", m), Units: []string{"Cel"}})
		}
		many.datasets = append(many.datasets, d)
	}
	one := &canned{datasets: c.datasets, readings: c.readings[:1]}
	for _, bench := range []struct {
		name, target string
		reader       *canned
	}{
		{"reading", "/v1/components/wagon:33-80-7845-123-4/metrics/axle.00.bearing.temperature", one},
		{"twin-40", "/v1/components/wagon:33-80-7845-123-4", c},
		{"page-100", "/v1/readings?limit=100", page},
		{"datasets-200", "/v1/datasets", many},
	} {
		b.Run(bench.name, func(b *testing.B) {
			h := New(Config{Reader: bench.reader, CatalogueAge: time.Hour})
			// Not by get: what it checks an answer with would have to be marked by each garbage collection.
			if w := ask(h, bench.target); w.Code != 200 || bench.name == "page-100" && strings.Count(w.Body.String(), `"value"`) != 100 {
				b.Fatalf("%d %s", w.Code, w.Body)
			}
			r := httptest.NewRequest(http.MethodGet, bench.target, nil)
			w := &writer{header: http.Header{}}
			b.ReportAllocs()
			for b.Loop() {
				clear(w.header)
				h.ServeHTTP(w, r)
			}
		})
	}
}
