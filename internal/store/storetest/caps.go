package storetest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// metrics makes n readings of c:1 with names from first on.
func metrics(first, n int, eventTime twin.Millis, value string) []twin.Reading {
	var out []twin.Reading
	for i := range n {
		out = append(out, at(fmt.Sprintf("m%04d", first+i), eventTime, value))
	}
	return out
}

// metricCap: exactly MaxMetrics find room, in one call or in many; the others are refused and not an
// error; what is there still moves on, and forgetting makes room.
func metricCap(t *testing.T, f *fixture) {
	for n := 0; n < store.MaxMetrics+100; n += 50 {
		want := allApplied(50)
		if n >= store.MaxMetrics {
			want = repeated('R', 50)
		}
		f.wants(want, metrics(n, 50, 1, "1")...)
	}
	f.wants("ARA", at("m0001", 2, "2"), at("new", 2, "2"), at("m0499", 2, "2"))
	f.wants("SR", at("m0001", 2, "2"), at("new", 3, "2"))

	want := metrics(0, store.MaxMetrics, 1, "1")
	want[1], want[499] = at("m0001", 2, "2"), at("m0499", 2, "2")
	f.holds(want...)
	f.must(f.Forget(t.Context(), "c:1", 5))
	f.wants(allApplied(store.MaxMetrics)+"R", metrics(0, store.MaxMetrics+1, 6, "1")...)
	f.wants("R", at("new", 7, "1"))

	it := store.Item{Component: "c:2", Dataset: "d", Layout: twin.Narrow}
	for _, r := range metrics(0, store.MaxMetrics+1, 1, "1") {
		r.Component = "c:2"
		it.Readings = append(it.Readings, r)
	}
	if got := f.write(it); got != allApplied(store.MaxMetrics+1) {
		t.Errorf("narrow: %s", got)
	}
}

// large is a value as large as may be.
var large = `"` + strings.Repeat("v", twin.MaxValue-2) + `"`

// sizeCap: an item takes values up to the limit of its size; what does not fit is refused, and
// nothing that is smaller is refused with it.
func sizeCap(t *testing.T, f *fixture) {
	readings := metrics(0, 60, 1, large)
	got := f.write(items(readings...)...)
	applied := strings.Count(got, "A")
	if applied < 45 || applied > 49 || strings.Count(got, "R") != 60-applied {
		t.Fatal(got)
	}
	var want []twin.Reading
	for i, r := range readings {
		if got[i] == 'A' {
			want = append(want, r)
		}
	}
	f.holds(want...)
	f.wants("R", at("x", 1, large))
	f.wants("ARA", at("x", 1, "1"), at("y", 1, large), at("z", 1, "1"))
	next := want[0]
	f.wants("A", at(next.Metric, 2, large))
	f.wants("A", at(next.Metric, 3, "1"))
	f.wants("A", at("w", 1, `"`+strings.Repeat("v", 4000)+`"`))
}

// sizeCapNarrow: where each metric has an item of its own, there is no such limit.
func sizeCapNarrow(t *testing.T, f *fixture) {
	it := store.Item{Component: "c:1", Dataset: "d", Layout: twin.Narrow, Readings: metrics(0, 150, 1, large)} // more than a page of a query
	if got := f.write(it); got != allApplied(150) {
		t.Error(got)
	}
	f.holds(it.Readings...)
	f.lists(store.ComponentQuery{Datasets: []string{"d"}, Limit: 3}, "c:1")
	f.must(f.Forget(t.Context(), "c:1", 2))
	f.holds()
}

// bigTwin: a twin near both limits is written and read as a whole.
func bigTwin(t *testing.T, f *fixture) {
	value := `"` + strings.Repeat("ä", 350) + `"`
	for i := range 2 {
		readings := metrics(0, 480, twin.Millis(i), value)
		f.wants(allApplied(480), readings...)
		f.holds(readings...)
	}
	_ = t
}

// forget: what is forgotten is gone from everywhere, replays do not bring it back, and what comes
// later does; what the store does not hold is left alone.
func forget(t *testing.T, f *fixture) {
	f.wants("AAAA", at("speed", 10, "1"), at("load", 12, "1"), of("c:1", "e", "speed", 30, "1"), of("c:2", "d", "speed", 10, "1"))
	f.must(f.Forget(t.Context(), "c:1", 20))
	f.must(f.Forget(t.Context(), "c:9", 20))
	both := store.ReadingQuery{Components: []string{"c:1", "c:2"}, Datasets: []string{"d", "e"}}
	f.reads(both, of("c:2", "d", "speed", 10, "1"))
	f.lists(store.ComponentQuery{Datasets: []string{"d", "e"}, Limit: 5}, "c:2")

	f.wants("LLLL", at("speed", 10, "1"), at("load", 20, "9"), at("new", 5, "9"), of("c:1", "e", "new", 20, "1"))
	f.lists(store.ComponentQuery{Datasets: []string{"d", "e"}, Limit: 5}, "c:2")
	f.wants("A", of("c:9", "d", "speed", 10, "1"))

	f.wants("LA", at("speed", 20, "1"), at("load", 21, "2"))
	f.reads(both, at("load", 21, "2"), of("c:2", "d", "speed", 10, "1"))
	f.lists(store.ComponentQuery{Datasets: []string{"d", "e"}, Limit: 5}, "c:1", "c:2", "c:9")
	f.wants("L", at("speed", 20, "1")) // the floor stays while there are readings above it
	f.wants("A", at("speed", 22, "1"))
}

// forgetBackwards: forgetting again with an earlier time removes too, and the floor does not sink.
func forgetBackwards(t *testing.T, f *fixture) {
	f.wants("A", at("speed", 10, "1"))
	f.must(f.Forget(t.Context(), "c:1", 20))
	f.wants("A", at("speed", 30, "1"))
	f.must(f.Forget(t.Context(), "c:1", 15))
	f.holds()
	f.wants("L", at("speed", 18, "1"))
	f.must(f.Forget(t.Context(), "c:1", 40)) // nothing is there but the floor
	f.wants("L", at("speed", 39, "1"))
	f.wants("A", at("speed", 41, "1"))
}

// forgetPrefix: all components of a prefix are forgotten, over many pages, and no other.
func forgetPrefix(t *testing.T, f *fixture) {
	var readings []twin.Reading
	for i := range 150 {
		readings = append(readings, of(fmt.Sprintf("wagon:%d", i), []string{"d", "e"}[i%2], "speed", 1, "1"))
	}
	readings = append(readings, of("wagon", "d", "speed", 1, "1"), of("wagon;", "d", "speed", 1, "1"), of("wagon:x", "other", "speed", 1, "1"))
	f.wants(allApplied(len(readings)), readings...)
	n, err := store.ForgetPrefix(t.Context(), f.Store, []string{"d", "e"}, "wagon:", 5)
	if err != nil || n != 150 {
		t.Errorf("forgot %d, %v", n, err)
	}
	f.lists(store.ComponentQuery{Datasets: []string{"d", "e", "other"}, Limit: 200}, "wagon", "wagon:x", "wagon;")
	if n, err := store.ForgetPrefix(t.Context(), f.Store, []string{"d", "e"}, "wagon:", 5); err != nil || n != 0 {
		t.Errorf("forgot %d again, %v", n, err)
	}
}
