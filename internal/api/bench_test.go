package api

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/access"
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
	begin, _ := slices.BinarySearch(c.components, max(q.Prefix, q.After+"\x00"))
	end := begin
	for end < len(c.components) && end-begin < q.Limit && strings.HasPrefix(c.components[end], q.Prefix) {
		end++
	}
	return c.components[begin:end], nil
}

func (c *canned) Readings(_ context.Context, q store.ReadingQuery) ([]twin.Reading, error) {
	c.scratch = c.scratch[:0]
	for _, name := range q.Components {
		at, _ := slices.BinarySearchFunc(c.readings, position{component: name}, compareToPosition)
		for ; at < len(c.readings) && c.readings[at].Component == name; at++ {
			c.scratch = append(c.scratch, c.readings[at])
		}
	}
	return c.scratch, nil
}

// writer is a ResponseWriter that keeps nothing.
type writer struct{ header http.Header }

func (w *writer) Header() http.Header         { return w.header }
func (w *writer) Write(b []byte) (int, error) { return len(b), nil }
func (w *writer) WriteHeader(int)             {}

// benchmark is a request and the store behind it.
type benchmark struct {
	name, target string
	reader       *canned
}

// readers are what the benchmarks read: a reading, a twin, a page, and the catalogue.
func readers() []benchmark {
	c := &canned{datasets: []twin.Dataset{{Name: "wagon_telemetry", Interval: 10 * time.Second}}}
	for i := range 40 {
		change := twin.Change{Dataset: "wagon_telemetry", Component: "wagon:33-80-7845-123-4",
			Metric: fmt.Sprintf("axle.%02d.bearing.temperature", i), Value: "41.5", Unit: "Cel", EventTime: at("10:00:00")}
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
		d := twin.Dataset{Name: fmt.Sprintf("dataset_%03d", i), Description: "One of many", Extractor: "0123456789ab",
			Interval: 10 * time.Second}
		for m := range 15 {
			d.Metrics = append(d.Metrics, twin.Metric{Name: fmt.Sprintf("axle.%02d.bearing.temperature", m),
				Units: []string{"Cel"}})
		}
		many.datasets = append(many.datasets, d)
	}
	one := &canned{datasets: c.datasets, readings: c.readings[:1]}
	return []benchmark{
		{"reading", "/v1/components/wagon:33-80-7845-123-4/metrics/axle.00.bearing.temperature", one},
		{"twin-40", "/v1/components/wagon:33-80-7845-123-4", c},
		{"page-100", "/v1/readings?limit=100", page},
		{"datasets-200", "/v1/datasets", many},
	}
}

func BenchmarkHandler(b *testing.B) {
	for _, bench := range readers() {
		b.Run(bench.name, func(b *testing.B) {
			serve := bench.over(b, context.Background(), Config{CatalogueAge: time.Hour})
			b.ReportAllocs()
			for b.Loop() {
				serve()
			}
		})
	}
}

// over returns what serves the request once by the handler of c.
func (bench benchmark) over(b *testing.B, ctx context.Context, c Config) func() {
	c.Reader = bench.reader
	h := New(c)
	r := httptest.NewRequest(http.MethodGet, bench.target, nil).WithContext(ctx)
	// Not by get: what it checks an answer with would have to be marked by each garbage collection.
	first := httptest.NewRecorder()
	if h.ServeHTTP(first, r); first.Code != 200 || bench.name == "page-100" &&
		strings.Count(first.Body.String(), `"value"`) != 100 {
		b.Fatalf("%d %.300s", first.Code, first.Body)
	}
	w := &writer{header: http.Header{}}
	return func() {
		clear(w.header)
		h.ServeHTTP(w, r)
	}
}

// BenchmarkRules compares a read under 200 grants, all of which apply to the caller, with one without rules, in turns,
// by the best of each.
func BenchmarkRules(b *testing.B) {
	var reads []string
	for i := range 100 {
		reads = append(reads,
			fmt.Sprintf(`{"datasets": ["wagon_telemetry", "dataset_%03d"], "components": "wagon:33-80-7845-%02d*"}`, i, i),
			fmt.Sprintf(`{"datasets": "dataset_%03d", "components": "wagon:85-%03d*", "metrics": ["position", "axle.%02d.*"]}`,
				i+100, i, i%20))
	}
	rules := grants(b, reads...)
	ctx := access.NewContext(context.Background(), reader)
	for _, bench := range readers() {
		b.Run(bench.name, func(b *testing.B) {
			sides := [2]func(){
				bench.over(b, context.Background(), Config{CatalogueAge: time.Hour}),
				bench.over(b, ctx, Config{CatalogueAge: time.Hour, Authenticated: true, Rules: rules}),
			}
			best := [2]time.Duration{time.Hour, time.Hour}
			for b.Loop() {
				for i, serve := range sides {
					begin := time.Now()
					for range 100 {
						serve()
					}
					best[i] = min(best[i], time.Since(begin))
				}
			}
			b.ReportMetric(float64(best[0].Nanoseconds())/100, "plain-ns")
			b.ReportMetric(float64(best[1].Nanoseconds())/100, "rules-ns")
			b.ReportMetric(float64(best[1])/float64(best[0]), "ratio")
		})
	}
}
