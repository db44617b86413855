package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/packed"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// metrics makes n changes of c:1 with names from first on.
func metrics(first, n int, eventTime twin.Millis, value string) []*twin.Change {
	var out []*twin.Change
	for i := range n {
		out = append(out, at(fmt.Sprintf("m%04d", first+i), eventTime, value))
	}
	return out
}

// manyMetrics: a component may have many metrics, which come at once or one by one, and each moves on by itself.
func manyMetrics(t *testing.T, f *fixture) {
	all := metrics(0, 1500, 1, "1.5")
	f.wants(allApplied(700), all[:700]...)
	for i := 700; i < 1500; i += 200 {
		f.wants(allApplied(200), all[i:i+200]...)
	}
	f.holds(all...)
	f.wants(repeated('S', 1500), all...)
	all[3], all[1499] = at("m0003", 2, "2"), at("m1499", 3, "2")
	f.wants("ALA", all[3], at("m0700", 0, "2"), all[1499])
	f.holds(all...)
	f.lists(store.ComponentQuery{Datasets: []string{"d"}, Limit: 3}, "c:1")
	value := `"` + strings.Repeat("ä", 350) + `"`
	for i := range 2 { // a twin that takes hundreds of parts, or pages of a query
		large := metrics(0, 480, twin.Millis(10+i), value)
		f.wants(allApplied(480), large...)
		copy(all, large)
		f.holds(all...)
	}
	_ = t
}

// groups: which metrics come together decides what a write costs and nothing else; a dataset may change it.
func groups(t *testing.T, f *fixture) {
	declare := func(k int) {
		d := twin.Dataset{Name: "d"}
		for i := range 300 {
			d.Metrics = append(d.Metrics, twin.Metric{Name: fmt.Sprintf("m%04d", i), Group: uint16(i / k)})
		}
		f.must(f.PutDataset(t.Context(), d))
	}
	declare(10)
	all := metrics(0, 300, 1, "1.5")
	for group := range slices.Chunk(all, 10) {
		f.wants(allApplied(10), group...)
	}
	f.holds(all...)
	declare(7)
	next := metrics(0, 300, 2, "2.5")
	f.wants(allApplied(300), next...)
	f.holds(next...)
	f.write(f.items(all...)...)
	f.holds(next...)
	declare(300)
	f.write(f.items(all...)...)
	f.holds(next...)
}

// large is a value as large as may be.
var large = `"` + strings.Repeat("v", twin.MaxValue-2) + `"`

// sizeCap: a dataset may keep so many parts for a component; what does not fit is refused, and nothing that is smaller
// is refused with it. What is there stays, also where what was to replace it is refused.
func sizeCap(t *testing.T, f *fixture) {
	all := metrics(0, 500, 1, large)
	got := ""
	for some := range slices.Chunk(all, 100) {
		got += f.write(f.items(some...)...)
	}
	applied := strings.Count(got, "A")
	if applied < packed.MaxParts/2 || applied > packed.MaxParts || strings.Count(got, "R") != len(all)-applied {
		t.Fatal(got)
	}
	want := all[:0:0]
	for i, c := range all {
		if got[i] == 'A' {
			want = append(want, c)
		}
	}
	f.holds(want...)
	next := at(want[0].Metric, 2, large)
	f.wants("A", next)
	f.wants("A", at(next.Metric, 3, "1")) // what is there may become smaller
	f.wants("S", at(next.Metric, 3, "1"))
	want[0] = at(next.Metric, 3, "1")
	f.holds(want...)
	f.wants("A", of("c:2", "d", "x", 1, large))
	f.wants("A", of("c:1", "other", "x", 1, large))
}

// manyParts: the cap holds for metrics without end, of which most are small, and whatever is refused of them leaves
// what was there before.
func manyParts(t *testing.T, f *fixture) {
	value := `"` + strings.Repeat("v", 400) + `"`
	all := metrics(0, 2500, 1, value)
	got := ""
	for some := range slices.Chunk(all, 250) {
		got += f.write(f.items(some...)...)
	}
	applied := strings.Count(got, "A")
	if bytes := applied * len(value); bytes > packed.MaxParts*packed.MaxPart || bytes < 100<<10 ||
		applied+strings.Count(got, "R") != len(all) {
		t.Errorf("%d bytes of values are kept", bytes)
	}
	want := all[:0:0]
	for i, c := range all {
		if got[i] == 'A' {
			want = append(want, c)
		}
	}
	f.holds(want...)
	const alone = 100 // metrics that grow one by one; the others do so by twenties
	for from := 0; from < len(want); {
		end := from + 1
		if from >= alone {
			end = min(from+20, len(want))
		}
		var larger []*twin.Change
		for _, c := range want[from:end] {
			larger = append(larger, at(c.Metric, 2, large))
		}
		for i, outcome := range f.write(f.items(larger...)...) {
			if outcome == 'A' {
				want[from+i] = larger[i]
			}
		}
		from = end
	}
	f.holds(want...)
	f.forget("c:1")
	f.holds()
}

// refusedGivesWay: where the newest change of a metric is refused, the one after it takes its place.
func refusedGivesWay(t *testing.T, f *fixture) {
	for some := range slices.Chunk(metrics(0, 500, 1, large), 100) {
		f.write(f.items(some...)...)
	}
	when := f.clock.Millis()
	for i := range 100 { // until one is refused: that depends on the part that its name falls into
		x := fmt.Sprint("x", i)
		results, err := store.NewApplier(f.Store, f.clock.Now).Apply(t.Context(), []twin.Change{
			*at(x, when-3, "1"), *at(x, when-1, large), *at(x, when-2, "2"), *at(x, when-2, "2"), *at(x, when-1, large),
		})
		f.must(err)
		got := ""
		for _, r := range results {
			got += string("UALSXR"[r.Outcome])
		}
		if got == "XRASR" {
			f.reads(store.ReadingQuery{Components: []string{"c:1"}, Datasets: []string{"d"}, Metrics: []string{x}},
				at(x, when-2, "2"))
			return
		}
		if got != "XAXXS" && got != "RRRRR" {
			t.Fatalf("%s: %s", x, got)
		}
	}
	t.Error("no large value is refused while small ones are not")
}
