package storetest

import (
	"fmt"
	"testing"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// newestWins: the greater rank is kept, whatever comes when; losing is an outcome, and so is being stored already.
func newestWins(t *testing.T, f *fixture) {
	f.wants("A", at("speed", 10, "1"))
	f.wants("S", at("speed", 10, "1"))
	f.wants("L", at("speed", 9, "2"))
	f.holds(at("speed", 10, "1"))
	f.wants("A", at("speed", 11, "3"))
	f.wants("L", at("speed", 10, "1"))
	f.holds(at("speed", 11, "3"))

	one, two := at("load", 5, "1"), at("load", 5, "2")
	less, greater := one, two
	if one.Rank.Wins(two.Rank) {
		less, greater = two, one
	}
	f.wants("A", less)
	f.wants("A", greater)
	f.wants("L", less)
	f.holds(greater, at("speed", 11, "3"))

	f.wants("A", at("mileage", -10, "1")) // before 1970
	f.wants("A", at("mileage", 0, "2"))
	f.wants("L", at("mileage", -1, "3"))
}

// speedAndPosition is the history that decides what guards a write: a guard by the item's newest time would let
// the second record, whose position is newer, undo the speed of the first.
func speedAndPosition(t *testing.T, f *fixture) {
	f.wants("A", at("speed", 100, "80"))
	f.wants("LA", at("speed", 90, "75"), at("position", 110, `{"lat":1}`))
	f.holds(at("position", 110, `{"lat":1}`), at("speed", 100, "80"))
}

// everythingComesBack: each field of a reading is stored, lineage included, in every form it may have.
func everythingComesBack(t *testing.T, f *fixture) {
	var want []twin.Reading
	for i, p := range []twin.Position{
		{},
		{Stream: "wagons", Shard: "shardId-000000000003", Sequence: "49590338271490256608559692538361571095921575989136588898"},
		{Stream: "wagons", Shard: "shardId-000000000000", Sequence: "0"},
		{Stream: "a/b", Shard: "", Sequence: "007"},
		{Stream: "", Shard: "shardId-7", Sequence: "12x"},
		{Stream: "file:///tmp/x", Shard: "shardId-0000000000001", Sequence: ""},
		{Stream: "s", Shard: "shardId-999999999999", Sequence: "99999999999999999999999999999999999999999999999999999999999999999999"},
	} {
		for j, extractor := range []string{"", "0123456789ab", "0123456789AB", "flink", "ffffffffffff"} {
			c := twin.Change{
				Dataset: "d", Component: "c:1", Metric: fmt.Sprintf("m%d%d", i, j), Value: `{"a":[null,"ä😀\u0000"]}`, Unit: "µg/m3",
				Extractor: extractor, Revision: uint16(j), EventTime: now - twin.Millis(i), ReceivedAt: twin.Millis(now * (j % 2)), Position: p, Index: uint32(i),
			}
			want = append(want, c.Reading())
		}
	}
	if got := f.write(items(want...)...); got != allApplied(len(want)) {
		t.Fatal(got)
	}
	f.holds(want...)
}

func allApplied(n int) string { return repeated('A', n) }

func repeated(outcome byte, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = outcome
	}
	return string(b)
}

// resultsPerReading: one call may bring many items with readings that fare differently, or none.
func resultsPerReading(t *testing.T, f *fixture) {
	f.wants("AAA", of("c:1", "d", "a", 10, "1"), of("c:1", "d", "b", 10, "1"), of("c:2", "d", "a", 10, "1"))
	f.wants("LAASA",
		of("c:1", "d", "a", 9, "2"), of("c:1", "d", "b", 11, "2"), of("c:1", "d", "c", 1, "2"),
		of("c:2", "d", "a", 10, "1"), of("c:1", "other", "a", 1, "1"))
	f.wants("")
	if got := f.write(store.Item{Component: "c:1", Dataset: "d"}); got != "" {
		t.Errorf("no reading gave %s", got)
	}
}

// severalDatasets: the readings of one metric by several datasets stand side by side, and what a
// reader may not read is not there for it.
func severalDatasets(t *testing.T, f *fixture) {
	a, b, x := of("c:1", "a", "speed", 10, "1"), of("c:1", "b", "speed", 12, "2"), of("c:1", "a", "load", 3, "3")
	f.wants("AAA", a, x, b)
	f.wants("L", of("c:1", "b", "speed", 11, "9"))
	q := store.ReadingQuery{Components: []string{"c:1"}, Datasets: []string{"b", "a"}}
	f.reads(q, x, a, b)
	q.Datasets = []string{"a"}
	f.reads(q, x, a)
	q.Datasets = []string{"b", "nobody's"}
	f.reads(q, b)
	q.Datasets = nil
	f.reads(q)
	f.lists(store.ComponentQuery{Datasets: []string{"a", "b"}, Limit: 5}, "c:1")
	f.lists(store.ComponentQuery{Datasets: []string{"b"}, Limit: 5}, "c:1")
	f.lists(store.ComponentQuery{Datasets: []string{"nobody's"}, Limit: 5})
	f.lists(store.ComponentQuery{Limit: 5})
}

// narrow: an item per metric behaves as one for all.
func narrow(t *testing.T, f *fixture) {
	it := store.Item{Component: "c:1", Dataset: "d", Layout: twin.Narrow, Readings: []twin.Reading{at("speed", 10, "1"), at("a#b", 10, "2"), at("a", 10, "3")}}
	if got := f.write(it); got != "AAA" {
		t.Error(got)
	}
	it.Readings = []twin.Reading{at("speed", 9, "9"), at("a", 11, "4")}
	if got := f.write(it); got != "LA" {
		t.Error(got)
	}
	f.holds(at("a", 11, "4"), at("a#b", 10, "2"), at("speed", 10, "1"))
	f.reads(store.ReadingQuery{Components: []string{"c:1"}, Datasets: []string{"d"}, Metrics: []string{"a#b"}}, at("a#b", 10, "2"))
	f.lists(store.ComponentQuery{Datasets: []string{"d"}, Limit: 5}, "c:1")
	f.must(f.Forget(t.Context(), "c:1", 20))
	f.holds()
	f.lists(store.ComponentQuery{Datasets: []string{"d"}, Limit: 5})
	it.Readings = []twin.Reading{at("speed", 20, "1"), at("a", 21, "1")}
	if got := f.write(it); got != "LA" {
		t.Error(got)
	}
}

// layoutChanges: after a dataset has changed its layout, a metric is still served once, by its rank.
func layoutChanges(t *testing.T, f *fixture) {
	f.wants("AA", at("speed", 10, "1"), at("load", 10, "1"))
	it := store.Item{Component: "c:1", Dataset: "d", Layout: twin.Narrow, Readings: []twin.Reading{at("speed", 12, "2"), at("load", 8, "2")}}
	f.write(it)
	f.holds(at("load", 10, "1"), at("speed", 12, "2"))
	f.lists(store.ComponentQuery{Datasets: []string{"d"}, Limit: 5}, "c:1")
	f.must(f.Forget(t.Context(), "c:1", 20))
	f.holds()
}

// readingSelects: a query gives the metrics and components that it names, each once and in order.
func readingSelects(t *testing.T, f *fixture) {
	var all []twin.Reading
	for _, component := range []string{"c:1", "c:10", "c:2", "ä"} {
		for _, metric := range []string{"a", "axle.1.temperature", "b#c", "pm2.5"} {
			all = append(all, of(component, "d", metric, 1, "1"))
		}
	}
	f.wants(allApplied(len(all)), all...)
	q := store.ReadingQuery{Components: []string{"ä", "c:2", "c:10", "c:1", "c:2", "none"}, Datasets: []string{"d"}}
	f.reads(q, all...)
	q.Metrics = []string{"pm2.5", "a", "a", "nothing"}
	f.reads(q, all[0], all[3], all[4], all[7], all[8], all[11], all[12], all[15])
	q.Metrics = []string{}
	f.reads(q)
	q.Metrics = nil
	for i := range 300 { // more than a request of any store names
		q.Metrics = append(q.Metrics, fmt.Sprint("m", i))
	}
	q.Metrics = append(q.Metrics, "b#c")
	f.reads(q, all[2], all[6], all[10], all[14])
	q.Components = nil
	f.reads(q)
}

// ttl: what is past its time is not read; the last write decides, also that there is no end.
func ttl(t *testing.T, f *fixture) {
	write := func(ttl, eventTime twin.Millis) {
		it := items(at("speed", eventTime, "1"))[0]
		it.TTL = ttl
		if got := f.write(it); got != "A" {
			t.Error(got)
		}
	}
	write(now+60_000, 1)
	f.holds(at("speed", 1, "1"))
	write(now-60_000, 2)
	f.holds()
	write(now+60_000, 3)
	f.holds(at("speed", 3, "1"))
	write(now-60_000, 4)
	write(0, 5)
	f.holds(at("speed", 5, "1"))
}
