//go:build !race

package dynamo_test

import (
	"flag"
	"fmt"
	"testing"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	"github.com/railtwin/digitaltwin/internal/twin"
)

var listedComponents = flag.Int("components", 3000, "components of other datasets among which a rare one is listed")

// fill writes n components, each of one of so many datasets.
func fill(t *testing.T, s *dynamo.Store, n, datasets int) (names []string) {
	t.Helper()
	for i := range datasets {
		names = append(names, fmt.Sprintf("d%03d", i))
	}
	for from := 0; from < n; from += 500 {
		var items []store.Item
		for i := from; i < min(from+500, n); i++ {
			c := &twin.Change{Component: fmt.Sprintf("c:%06d", i), Dataset: names[i%datasets], Metric: "speed", Value: "1",
				EventTime: 1}
			items = append(items, store.Item{Component: c.Component, Dataset: c.Dataset, Changes: []*twin.Change{c}})
		}
		if _, err := s.Write(t.Context(), items); err != nil {
			t.Fatal(err)
		}
	}
	return names
}

// Ensure that the components of a rare dataset are listed without reading those of others, alone and beside datasets
// that have none. The figure is with -components 100000.
func TestLists_Rare(t *testing.T) {
	m := newMeter(t)
	s := dynamo.New(m, m.table, nil)
	names := fill(t, s, *listedComponents, 20)
	rare := &twin.Change{Component: "c:001234;rare", Dataset: "rare", Metric: "speed", Value: "1", EventTime: 1}
	if _, err := s.Write(t.Context(), []store.Item{{Component: rare.Component, Dataset: rare.Dataset,
		Changes: []*twin.Change{rare}}}); err != nil {
		t.Fatal(err)
	}
	var none []string
	for i := range 20 {
		none = append(none, fmt.Sprint("none", i))
	}
	for _, tc := range []struct {
		what     string
		datasets []string
		most     int // items read, a multiple of the page's size
	}{
		{"a rare dataset", []string{"rare"}, 20},
		{"a few datasets", append(none[:7:7], "rare"), 20},
		{"many datasets, all rare", append(none, "rare"), 12 * 100},
	} {
		m.reset()
		got, err := s.Components(t.Context(), store.ComponentQuery{Datasets: tc.datasets, Limit: 100})
		if err != nil || len(got) != 1 || got[0] != rare.Component {
			t.Errorf("%s: listed %q, %v", tc.what, got, err)
		}
		if m.items > tc.most {
			t.Errorf("%s: %d items read of %d, want at most %d", tc.what, m.items, *listedComponents, tc.most)
		}
		t.Logf("%s: %d of %d items read in %d requests, %.1f units", tc.what, m.items, *listedComponents, m.requests, m.read)
	}
	m.reset()
	if got, err := s.Components(t.Context(), store.ComponentQuery{Datasets: append(names, "rare"),
		Limit: 100}); err != nil || len(got) != 100 || m.items > 1000 {
		t.Errorf("a page of all: %d components, %d items read, %v", len(got), m.items, err)
	}
}

// Ensure that a page over hundreds of datasets costs what one over a dozen does.
func TestLists_ManyDatasets(t *testing.T) {
	cost := func(datasets int) (units float64, requests int) {
		m := newMeter(t)
		s := dynamo.New(m, m.table, nil)
		names := fill(t, s, 3000, datasets)
		m.reset()
		for after := ""; ; { // all pages
			page, err := s.Components(t.Context(), store.ComponentQuery{Datasets: names, After: after, Limit: 100})
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				return m.read, m.requests
			}
			after = page[len(page)-1]
		}
	}
	fewUnits, fewRequests := cost(12)
	manyUnits, manyRequests := cost(200)
	t.Logf("over 12 datasets %.1f units, %d requests; over 200 %.1f units, %d requests", fewUnits, fewRequests, manyUnits,
		manyRequests)
	if manyUnits > 1.2*fewUnits || float64(manyRequests) > 1.2*float64(fewRequests) {
		t.Error("a page over 200 datasets costs more than 1.2 times of one over 12")
	}
}
