package local_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/api"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/bolt"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// A fleet of 100,000 readings, of which 1,000 change in a second, a write each 1/20 s.
const (
	fleetComponents = 10_000
	fleetMetrics    = 10
	fleetWrites     = 20
	fleetChanges    = 50 // of a write
)

// readFleet is a store of them.
type readFleet struct {
	*testing.B
	store   *bolt.Store
	handler http.Handler
	now     twin.Millis
	cursor  string
}

func newFleet(b *testing.B, o *bolt.FeedOptions) *readFleet {
	s, err := bolt.Open(filepath.Join(b.TempDir(), "twin.db"), &bolt.Options{NoSync: true, Feed: o})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	if err := s.PutDataset(b.Context(), twin.Dataset{Name: "wagon_telemetry", Interval: 10 * time.Second}); err != nil {
		b.Fatal(err)
	}
	f := &readFleet{B: b, store: s, handler: api.New(api.Config{Reader: s, CatalogueAge: time.Hour,
		Changes: api.Changes{Log: s.Changes()}}), now: 1_790_000_000_000}
	for from := 0; from < fleetComponents; from += 100 {
		var items []store.Item
		for i := range 100 {
			var metrics []int
			for m := range fleetMetrics {
				metrics = append(metrics, m)
			}
			items = append(items, f.item(from+i, metrics...))
		}
		f.write(items)
	}
	return f
}

func (f *readFleet) item(component int, metrics ...int) store.Item {
	it := store.Item{Component: fmt.Sprintf("wagon:33-80-7845-%05d", component), Dataset: "wagon_telemetry"}
	for _, m := range metrics {
		it.Changes = append(it.Changes, &twin.Change{
			Component: it.Component, Dataset: it.Dataset, Metric: fmt.Sprintf("axle.%d.bearing.temperature", m), Unit: "Cel",
			Value: strconv.FormatFloat(float64(f.now%1000)/10, 'f', -1, 64), EventTime: f.now, Extractor: "0123456789ab",
		})
	}
	return it
}

func (f *readFleet) write(items []store.Item) {
	if _, err := f.store.Write(f.Context(), items); err != nil {
		f.Fatal(err)
	}
}

// second writes the changes of a second.
func (f *readFleet) second(r *rand.Rand) {
	for range fleetWrites {
		f.now += 50
		items := map[int]store.Item{}
		for len(items) < fleetChanges {
			i := r.IntN(fleetComponents)
			items[i] = f.item(i, r.IntN(fleetMetrics))
		}
		list := make([]store.Item, 0, len(items))
		for _, it := range items {
			list = append(list, it)
		}
		f.write(list)
	}
}

func (f *readFleet) get(target string) string {
	w := httptest.NewRecorder()
	if f.handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil)); w.Code != http.StatusOK {
		f.Fatalf("%s: %d %s", target, w.Code, w.Body)
	}
	return w.Body.String()
}

// cursorOf returns the cursor at the end of an answer.
func cursorOf(answer string) string {
	_, cursor, _ := strings.Cut(answer[strings.LastIndex(answer, `"cursor":`):], `:"`)
	return strings.TrimSuffix(cursor, `"}`)
}

// readAll reads all pages, and returns their bytes.
func (f *readFleet) readAll() (bytes int) {
	for cursor := ""; ; {
		page := f.get("/v1/readings?limit=1000&cursor=" + cursor)
		bytes += len(page)
		if cursor = cursorOf(page); cursor == "" {
			return bytes
		}
	}
}

// follow reads what has changed, and returns its bytes and how many changes they are.
func (f *readFleet) follow() (bytes, changes int) {
	for {
		answer := f.get("/v1/changes?after=" + f.cursor)
		f.cursor = cursorOf(answer)
		n := strings.Count(answer, `{"component"`)
		if bytes, changes = bytes+len(answer), changes+n; n == 0 {
			return bytes, changes
		}
	}
}

// BenchmarkFollow compares following 100,000 changing readings by the feed with reading all pages once a second, in
// bytes and CPU time. What the feed costs the writer is there once and not for each follower; it is told too.
//
//	go test ./internal/local -run XXX -bench Follow -benchtime 20x
func BenchmarkFollow(b *testing.B) {
	plain, fed := newFleet(b, nil), newFleet(b, &bolt.FeedOptions{})
	fed.cursor = cursorOf(fed.get("/v1/changes"))
	var wrote, wroteFed, followed, polled time.Duration
	var followedBytes, polledBytes int
	measure := func(into *time.Duration, do func()) {
		before := cpu()
		do()
		*into += cpu() - before
	}
	for n := uint64(0); b.Loop(); n++ {
		measure(&wrote, func() { plain.second(rand.New(rand.NewPCG(n, 0))) })
		measure(&wroteFed, func() { fed.second(rand.New(rand.NewPCG(n, 0))) })
		measure(&followed, func() {
			bytes, changes := fed.follow()
			if followedBytes += bytes; changes != fleetWrites*fleetChanges {
				b.Fatalf("%d changes", changes)
			}
		})
		measure(&polled, func() { polledBytes += fed.readAll() })
	}
	b.ReportMetric(float64(polledBytes)/float64(followedBytes), "times-the-bytes")
	b.ReportMetric(polled.Seconds()/followed.Seconds(), "times-the-CPU")
	b.ReportMetric(polled.Seconds()/(followed+max(wroteFed-wrote, 0)).Seconds(), "times-the-CPU-with-the-writer's")
	b.ReportMetric(wroteFed.Seconds()/wrote.Seconds(), "writer-ratio")
	if polledBytes < 20*followedBytes || polled < 20*followed {
		b.Errorf("following costs more than 1/20: %d of %d bytes, %s of %s", followedBytes, polledBytes, followed, polled)
	}
}
