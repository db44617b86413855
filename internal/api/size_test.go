package api

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/internal/extract"
	trains "github.com/railtwin/digitaltwin/internal/fleet"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// stored is a store of the newest readings of records of a dataset.
func stored(t testing.TB, dataset string, records [][]byte) *canned {
	t.Helper()
	e, err := extractors.Get(dataset)
	if err != nil {
		t.Fatal(err)
	}
	p, err := extract.Compile(e.Name+".sql", e.SQL)
	if err != nil {
		t.Fatal(err)
	}
	c := &canned{datasets: []twin.Dataset{p.Dataset()}}
	out := p.NewOutput()
	for _, record := range records {
		p.Run(record, out)
		for i := range out.Rows {
			change := p.Change(&out.Rows[i], 0, twin.Position{})
			c.readings = append(c.readings, change.Reading())
		}
	}
	c.readings = twin.Newest(c.readings)
	for _, r := range c.readings {
		c.components = append(c.components, r.Component)
	}
	c.components = slices.Compact(c.components)
	return c
}

// wagonRecords are the records of a minute of some wagons.
func wagonRecords(n int) (records [][]byte) {
	start := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	wagons := trains.New(1, n, start)
	wagons.Advance(start.Add(time.Minute), func(_ string,
		record []byte) {
		records = append(records, bytes.Clone(record))
	})
	return records
}

// thousandReadings serves 1,000 readings of each of some datasets: real ones that have so many, and the generated
// fleet, in whose readings nearly every digit is random.
func thousandReadings(t testing.TB) map[string]http.Handler {
	all := map[string]http.Handler{}
	for dataset, records := range map[string][][]byte{
		"hsl_hfp":            extractors.Records("hsl_hfp"),
		"oslo_bysykkel_gbfs": extractors.Records("oslo_bysykkel_gbfs"),
		"wagon_telemetry":    wagonRecords(90),
	} {
		c := stored(t, dataset, records)
		if len(c.readings) < 1000 {
			t.Fatalf("%s has %d readings", dataset, len(c.readings))
		}
		all[dataset] = Compress(newHandler(Config{Reader: c}))
	}
	return all
}

// Ensure that 1,000 readings take at most 8 KB compressed by Brotli, in every form, and so do those of the real
// datasets by gzip; and that the docs have the sizes. (Of the real datasets a row is not as many readings.)
func TestReadingsAreSmallCompressed(t *testing.T) {
	text, err := os.ReadFile("../../docs/forms.md")
	if err != nil {
		t.Fatal(err)
	}
	docs := strings.Join(strings.Fields(string(text)), " ")
	for dataset, h := range thousandReadings(t) {
		generated := dataset == "wagon_telemetry"
		queries := []string{"limit=1000", "limit=1000&format=csv", "limit=1000&format=ndjson"}
		if generated {
			queries = append(queries, "format=rows", "format=geojson")
		}
		for _, query := range queries {
			sizes := map[string]int{}
			for _, coding := range []string{"", "gzip", "br"} {
				r := httptest.NewRequest(http.MethodGet, "/v1/readings?"+query, nil)
				r.Header.Set("Accept-Encoding", coding)
				w := httptest.NewRecorder()
				h.ServeHTTP(w, r)
				sizes[coding] = w.Body.Len()
				if w.Code != 200 || w.Header().Get("Content-Encoding") != coding {
					t.Errorf("%s, %s: %d %v", dataset, query, w.Code, w.Header())
				}
				if sizes[coding] > 8<<10 && (coding == "br" || coding == "gzip" && !generated) {
					t.Errorf("%s, %s, %s: %d bytes", dataset, query, coding, sizes[coding])
				}
			}
			t.Logf("%s, %s: %d bytes, %d by gzip, %d by Brotli", dataset, query, sizes[""], sizes["gzip"], sizes["br"])
			if query != "limit=1000" {
				continue
			}
			thousands := func(n int) string { return fmt.Sprintf("%d,%03d", n/1000, n%1000) }
			row := fmt.Sprintf("| `%s` | %s | %s | %s |", dataset, thousands(sizes[""]), thousands(sizes["gzip"]),
				thousands(sizes["br"]))
			if !strings.Contains(docs, row) {
				t.Errorf("docs/forms.md does not have: %s", row)
			}
		}
	}
}

// BenchmarkCodings is what a page of 1,000 readings costs as it is and compressed, in turns: by the mean CPU time of
// each, and as many times that of gzip.
func BenchmarkCodings(b *testing.B) {
	for dataset, h := range thousandReadings(b) {
		b.Run(dataset, func(b *testing.B) {
			codings := []string{"", "gzip", "br"}
			var spent [3]time.Duration
			for b.Loop() {
				for i, coding := range codings {
					r := httptest.NewRequest(http.MethodGet, "/v1/readings?limit=1000", nil)
					r.Header.Set("Accept-Encoding", coding)
					w := &writer{header: http.Header{}}
					begin := processorTime(b)
					h.ServeHTTP(w, r)
					spent[i] += processorTime(b) - begin
				}
			}
			for i, name := range []string{"plain", "gzip", "br"} {
				b.ReportMetric(float64(spent[i].Microseconds())/float64(b.N), name+"-us")
			}
			b.ReportMetric(float64(spent[2])/float64(spent[1]), "br/gzip")
		})
	}
}

// processorTime returns the CPU time of this process.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
