package local_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/fleet"
	"github.com/railtwin/digitaltwin/internal/local"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/bolt"
)

// benchWagons is how many wagons send records, each once a second.
const benchWagons = 40

// wagonRecords are n records, second by second, of some 15 changes each.
func wagonRecords(n int) [][]byte {
	at := time.Now().Add(-time.Hour)
	wagons := fleet.New(1, benchWagons, at)
	var records [][]byte
	for len(records) < n {
		at = at.Add(time.Second)
		wagons.Advance(at, func(_ string, record []byte) { records = append(records, bytes.Clone(record)) })
	}
	return records[:n]
}

// counting is a store that counts writes, each of which waits for the disk.
type counting struct {
	*bolt.Store
	writes atomic.Int64
}

func (c *counting) Write(ctx context.Context, items []store.Item) ([][]store.Result, error) {
	c.writes.Add(1)
	return c.Store.Write(ctx, items)
}

// openWagons opens a twin of the wagons on a new file.
func openWagons(b *testing.B) (*local.Twin, *counting) {
	e, err := extractors.Get(local.WagonDataset)
	if err != nil {
		b.Fatal(err)
	}
	p, err := extract.Compile(e.Name+".sql", e.SQL)
	if err != nil {
		b.Fatal(err)
	}
	s, err := bolt.Open(filepath.Join(b.TempDir(), "twin.db"), nil)
	if err != nil {
		b.Fatal(err)
	}
	c := &counting{Store: s}
	twin, err := local.Open(b.Context(), []*extract.Program{p}, nil, c, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	return twin, c
}

// BenchmarkFeed takes records of a feed, as fast as they go, to the disk.
func BenchmarkFeed(b *testing.B) {
	twin, s := openWagons(b)
	feed := notifying{local.Once{Name: "bench", Records: wagonRecords(b.N)}, make(chan struct{})}
	twin.Add(local.WagonDataset, feed)
	b.ReportAllocs()
	b.ResetTimer()
	if err := twin.Run(b.Context(), func(context.Context) error { <-feed.sent; return nil }); err != nil {
		b.Fatal(err)
	}
	if got := twin.Status()[0]; got.Records != int64(b.N) {
		b.Fatalf("%+v of %d records", got, b.N)
	}
	b.ReportMetric(float64(s.writes.Load())/float64(b.N), "writes/op")
}

// BenchmarkSecond takes what the wagons send in a second to the disk, and waits for it.
func BenchmarkSecond(b *testing.B) {
	twin, s := openWagons(b)
	var seconds []string
	records := wagonRecords(100 * benchWagons)
	for len(records) > 0 {
		seconds = append(seconds, string(bytes.Join(records[:benchWagons], []byte("\n"))))
		records = records[benchWagons:]
	}
	err := twin.Run(b.Context(), func(context.Context) error {
		h := twin.Handler()
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			r := httptest.NewRequest("POST", "/dev/records/"+local.WagonDataset+"?framing=lines",
				bytes.NewBufferString(seconds[i%len(seconds)]))
			r.Host = "localhost"
			w := httptest.NewRecorder()
			if h.ServeHTTP(w, r); w.Code != 200 {
				b.Fatal(w.Code, w.Body)
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(s.writes.Load())/float64(b.N), "writes/op")
}
