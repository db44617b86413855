package api

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/internal/extract"
	trains "github.com/railtwin/digitaltwin/internal/fleet"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// stored is a store of the newest readings of records of a dataset.
func stored(t *testing.T, dataset string, records [][]byte) *canned {
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
	wagons.Advance(start.Add(time.Minute), func(_ string, record []byte) { records = append(records, bytes.Clone(record)) })
	return records
}

// Ensure that 1,000 readings take at most 8 KB compressed: of the real datasets that have so many, and of the generated fleet,
// in whose readings nearly every digit is random, as rows and features. (As a list of readings they take 9.3 KB.)
func TestReadingsAreSmallCompressed(t *testing.T) {
	for _, test := range []struct {
		dataset string
		records [][]byte
		queries []string
	}{
		{"hsl_hfp", extractors.Records("hsl_hfp"), []string{"limit=1000", "limit=1000&format=csv", "limit=1000&format=ndjson"}},
		{"oslo_bysykkel_gbfs", extractors.Records("oslo_bysykkel_gbfs"), []string{"limit=1000", "limit=1000&format=csv", "limit=1000&format=ndjson"}},
		{"wagon_telemetry", wagonRecords(90), []string{"format=rows", "format=geojson"}},
	} {
		c := stored(t, test.dataset, test.records)
		if len(c.readings) < 1000 {
			t.Fatalf("%s has %d readings", test.dataset, len(c.readings))
		}
		h := Compress(newHandler(Config{Reader: c}))
		for _, query := range test.queries {
			r := httptest.NewRequest(http.MethodGet, "/v1/readings?"+query, nil)
			r.Header.Set("Accept-Encoding", "gzip")
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			size := w.Body.Len()
			t.Logf("%s, %s: %d bytes, %d compressed", test.dataset, query, len(inflated(t, w)), size)
			if size > 8<<10 || w.Code != 200 {
				t.Errorf("%s, %s: %d, %d bytes", test.dataset, query, w.Code, size)
			}
		}
	}
}
