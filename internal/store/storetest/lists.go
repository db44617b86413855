package storetest

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// componentsPage: pages of any size, over any datasets, give each component once and in order.
func componentsPage(t *testing.T, f *fixture) {
	var readings []twin.Reading
	var names []string
	for i := range 60 {
		name := fmt.Sprintf("c:%d", i)
		names = append(names, name)
		readings = append(readings, of(name, fmt.Sprint("d", i%3), "speed", 1, "1"))
		if i%5 == 0 {
			readings = append(readings, of(name, "d1", "load", 1, "1"))
		}
	}
	f.wants(allApplied(len(readings)), readings...)
	its := store.Item{Component: "c:7", Dataset: "narrow", Layout: twin.Narrow, Readings: metrics(0, 30, 1, "1")}
	f.write(its)
	slices.Sort(names)
	all := []string{"d0", "d1", "d2", "narrow", "nobody's"}
	for _, limit := range []int{1, 7, 59, 60, 61, 1000} {
		var got []string
		q := store.ComponentQuery{Datasets: all, Prefix: "c", Limit: limit}
		for pages := 0; ; pages++ {
			page, err := f.Components(t.Context(), q)
			f.must(err)
			got = append(got, page...)
			if len(page) < limit || pages > 100 {
				break
			}
			q.After = page[len(page)-1]
		}
		if !slices.Equal(got, names) {
			t.Errorf("limit %d: got %q", limit, got)
		}
	}
	f.lists(store.ComponentQuery{Datasets: []string{"d1"}, Prefix: "c:1", Limit: 4}, "c:1", "c:10", "c:13", "c:15")
	f.lists(store.ComponentQuery{Datasets: []string{"d1"}, Prefix: "c:1", After: "c:13", Limit: 4}, "c:15", "c:16", "c:19")
	f.lists(store.ComponentQuery{Datasets: []string{"narrow"}, Limit: 4}, "c:7")
}

// oddNames: any UTF-8 is a name. Names come back as they are, in the order of their bytes, and a
// prefix or a page may begin at any of them.
func oddNames(t *testing.T, f *fixture) {
	names := []string{
		"a", "a\x00", "a\x00b", "a\x00\x01", "a\x01", "a b", "a%", "a%2F", "a%25", "a/b", "a#", "a#d", "a\\", `a"`, "a'", "A", "aä", "ae\u0301", "aé",
		"a\uffff", "a\ufffd", "a😀", "a😀b", "a\U0010ffff", "a\U0010ffffz", "a\U0010ffff\U0010ffff", "b", "#", "#catalogue", "\x00", "ÿ", "😀", "\U0010ffff",
		strings.Repeat("x", twin.MaxComponent), strings.Repeat("😀", twin.MaxComponent/4),
	}
	var readings []twin.Reading
	for i, name := range names {
		readings = append(readings, of(name, "d", names[len(names)-3-i%8], 1, "1"), of(name, "d", "m", 1, "1"))
	}
	f.wants(allApplied(len(readings)), readings...)
	f.must(f.PutDataset(t.Context(), twin.Dataset{Name: "d"}))
	slices.Sort(names)
	f.lists(store.ComponentQuery{Datasets: []string{"d"}, Limit: 1000}, names...)
	for _, prefix := range append(names, "", "a\x00\xff"[:2], "a\U0010ffff\U0010ffff\U0010ffff", "zz") {
		var want []string
		for _, name := range names {
			if strings.HasPrefix(name, prefix) {
				want = append(want, name)
			}
		}
		f.lists(store.ComponentQuery{Datasets: []string{"d"}, Prefix: prefix, Limit: 1000}, want...)
		for _, after := range names {
			i, found := slices.BinarySearch(want, after)
			if found {
				i++
			}
			f.lists(store.ComponentQuery{Datasets: []string{"d"}, Prefix: prefix, After: after, Limit: 2}, want[i:min(i+2, len(want))]...)
		}
	}
	f.reads(store.ReadingQuery{Components: names, Datasets: []string{"d"}}, store.InOrder(readings)...)
}

// catalogue: entries come back as they were, in order; the newest event time only grows, whatever is
// done to the entry.
func catalogue(t *testing.T, f *fixture) {
	full := twin.Dataset{
		Name: "wagons", Description: "Telematics, ä😀", Extractor: "0123456789ab", Revision: 3, Interval: 10 * time.Second,
		MetricIntervals: map[string]time.Duration{"mileage": time.Hour, "brake.applied": 0}, MaxFuture: time.Minute, ExpireAfter: 48 * time.Hour,
		Layout: twin.Narrow, Metrics: []twin.Metric{{Name: "axle.*.bearing.temperature", Units: []string{"Cel"}}, {Name: "speed", Units: []string{"", "km/h"}}},
	}
	check := func(want ...twin.Dataset) {
		t.Helper()
		got, err := f.Datasets(t.Context())
		f.must(err)
		if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	}
	check()
	f.must(f.PutDataset(t.Context(), full))
	f.must(f.PutDataset(t.Context(), twin.Dataset{Name: "bikes", Newest: 99}))
	check(twin.Dataset{Name: "bikes"}, full)

	f.must(f.Advance(t.Context(), "wagons", 50))
	f.must(f.Advance(t.Context(), "wagons", 40))
	f.must(f.Advance(t.Context(), "ahead", math.MaxInt64))
	full.Newest = 50
	check(twin.Dataset{Name: "bikes"}, full)
	full.Description = strings.Repeat("long ", 10_000)
	for i := range 1000 {
		full.Metrics = append(full.Metrics, twin.Metric{Name: fmt.Sprint("metric.", i), Units: []string{"Cel"}})
	}
	f.must(f.PutDataset(t.Context(), full))
	check(twin.Dataset{Name: "bikes"}, full)

	f.must(f.RemoveDataset(t.Context(), "bikes"))
	f.must(f.RemoveDataset(t.Context(), "nobody's"))
	f.must(f.PutDataset(t.Context(), twin.Dataset{Name: "ahead"}))
	check(twin.Dataset{Name: "ahead", Newest: math.MaxInt64}, full)
	f.must(f.Advance(t.Context(), "ahead", -1))
	f.must(f.RemoveDataset(t.Context(), "wagons"))
	check(twin.Dataset{Name: "ahead", Newest: math.MaxInt64})
	f.must(f.Advance(t.Context(), "old", -5))
	f.must(f.PutDataset(t.Context(), twin.Dataset{Name: "old"}))
	check(twin.Dataset{Name: "ahead", Newest: math.MaxInt64}, twin.Dataset{Name: "old", Newest: -5})
}
