package storetest

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// manyDatasets: a list over hundreds of datasets, or over some of them, gives what one after the other would.
func manyDatasets(t *testing.T, f *fixture) {
	var changes []*twin.Change
	byDataset := map[string][]string{}
	for i := range 400 {
		component, dataset := fmt.Sprintf("c:%03d", i), fmt.Sprintf("d%03d", i*7%150)
		changes = append(changes, of(component, dataset, "speed", 1, "1"))
		byDataset[dataset] = append(byDataset[dataset], component)
	}
	f.wants(allApplied(len(changes)), changes...)
	for _, every := range []int{1, 3, 10, 40} {
		q := store.ComponentQuery{Prefix: "c", Limit: 37}
		var want, got []string
		for i := 0; i < 150; i += every {
			name := fmt.Sprintf("d%03d", i)
			q.Datasets = append(q.Datasets, name)
			want = append(want, byDataset[name]...)
		}
		slices.Sort(want)
		for {
			page, err := f.Components(t.Context(), q)
			f.must(err)
			got = append(got, page...)
			if len(page) < q.Limit {
				break
			}
			q.After = page[len(page)-1]
		}
		if !slices.Equal(got, want) {
			t.Errorf("every %d-th dataset: got %q, want %q", every, got, want)
		}
	}
}

// componentsPage: pages of any size, over any datasets, give each component once and in order.
func componentsPage(t *testing.T, f *fixture) {
	var changes []*twin.Change
	var names []string
	for i := range 60 {
		name := fmt.Sprintf("c:%d", i)
		names = append(names, name)
		changes = append(changes, of(name, fmt.Sprint("d", i%3), "speed", 1, "1"))
		if i%5 == 0 {
			changes = append(changes, of(name, "d1", "load", 1, "1"))
		}
	}
	f.wants(allApplied(len(changes)), changes...)
	many := metrics(0, 300, 1, "1") // which take several parts
	for _, c := range many {
		c.Component, c.Dataset = "c:7", "many"
	}
	f.wants(allApplied(300), many...)
	slices.Sort(names)
	all := []string{"d0", "d1", "d2", "many", "nobody's"}
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
	f.lists(store.ComponentQuery{Datasets: []string{"many"}, Limit: 4}, "c:7")
}

// oddNames: any UTF-8 is a name. Names come back as they are, in the order of their bytes, and a
// prefix or a page may begin at any of them.
func oddNames(t *testing.T, f *fixture) {
	names := []string{
		"a", "a\x00", "a\x00b", "a\x00\x01", "a\x01", "a b", "a%", "a%2F", "a%25", "a/b", "a#", "a#d", "a\\", `a"`, "a'", "A",
		"aä", "ae\u0301", "aé",
		"a\uffff", "a\ufffd", "a😀", "a😀b", "a\U0010ffff", "a\U0010ffffz", "a\U0010ffff\U0010ffff", "b", "#", "#catalogue",
		"\x00", "ÿ", "😀", "\U0010ffff",
		strings.Repeat("x", twin.MaxComponent), strings.Repeat("😀", twin.MaxComponent/4),
	}
	var changes []*twin.Change
	for i, name := range names {
		changes = append(changes, of(name, "d", "m", 1, "1"), of(name, "d", names[len(names)-3-i%8], 1, "1"))
	}
	slices.SortFunc(changes, func(a, b *twin.Change) int { return strings.Compare(a.Metric, b.Metric) })
	f.wants(allApplied(len(changes)), changes...)
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
			f.lists(store.ComponentQuery{Datasets: []string{"d"}, Prefix: prefix, After: after, Limit: 2},
				want[i:min(i+2, len(want))]...)
		}
	}
	slices.SortFunc(changes, func(a, b *twin.Change) int {
		return cmp.Or(strings.Compare(a.Component, b.Component), strings.Compare(a.Metric, b.Metric))
	})
	f.reads(store.ReadingQuery{Components: names, Datasets: []string{"d"}}, changes...)
}

// catalogue: entries come back as they were, in order; the newest event time only grows, whatever is
// done to the entry, and a dataset stays paused.
func catalogue(t *testing.T, f *fixture) {
	full := twin.Dataset{
		Name: "wagons", Description: "Telematics, ä😀", Extractor: "0123456789ab", Revision: 3, Interval: 10 * time.Second,
		MetricIntervals: map[string]time.Duration{"mileage": time.Hour, "brake.applied": 0}, MaxFuture: time.Minute,
		ExpireAfter: 48 * time.Hour,
		Metrics: []twin.Metric{{Name: "axle.*.bearing.temperature", Units: []string{"Cel"}, Group: 3},
			{Name: "speed", Units: []string{"", "km/h"}}},
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
	f.must(f.PutDataset(t.Context(), twin.Dataset{Name: "bikes", Newest: 99, Paused: 98}))
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

	f.must(f.SetPaused(t.Context(), "bikes", 60))
	check(twin.Dataset{Name: "bikes", Paused: 60}, full)
	f.must(f.PutDataset(t.Context(), twin.Dataset{Name: "bikes"}))
	f.must(f.SetPaused(t.Context(), "wagons", 0))
	check(twin.Dataset{Name: "bikes", Paused: 60}, full)
	f.must(f.SetPaused(t.Context(), "bikes", 0))
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
