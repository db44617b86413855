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

	less, greater := at("load", 5, "1"), at("load", 5, "2")
	if less.Compare(greater) > 0 {
		less, greater = greater, less
	}
	f.wants("A", less)
	f.wants("A", greater)
	f.wants("L", less)
	f.holds(greater, at("speed", 11, "3"))

	f.wants("A", at("mileage", -10, "1")) // before 1970
	f.wants("A", at("mileage", 0, "2"))
	f.wants("L", at("mileage", -1, "3"))
	_ = t
}

// speedAndPosition is the history that decides what guards a write: a guard by the item's newest time would let
// the second record, whose position is newer, undo the speed of the first.
func speedAndPosition(t *testing.T, f *fixture) {
	f.wants("A", at("speed", 100, "80"))
	f.wants("AL", at("position", 110, `{"lat":1}`), at("speed", 90, "75"))
	f.holds(at("position", 110, `{"lat":1}`), at("speed", 100, "80"))
	_ = t
}

// ties: a duplicate is the same wherever it comes from, and the state does not depend on which came first: the greater
// lineage stays.
func ties(t *testing.T, f *fixture) {
	from := func(sequence string) *twin.Change {
		c := at("speed", 10, "1")
		c.Position.Sequence = sequence
		return c
	}
	f.wants("A", from("3"))
	f.wants("S", from("1"))
	f.holds(from("3"))
	f.wants("S", from("7"))
	f.holds(from("7"))
	f.wants("S", from("3"))
	f.holds(from("7"))
	_ = t
}

// everythingComesBack: each field of a reading is stored, lineage included, in every form it may have.
func everythingComesBack(t *testing.T, f *fixture) {
	var want []*twin.Change
	for i, p := range []twin.Position{
		{},
		{Stream: "wagons", Shard: "shardId-000000000003",
			Sequence: "49590338271490256608559692538361571095921575989136588898"},
		{Stream: "wagons", Shard: "shardId-000000000000", Sequence: "0"},
		{Stream: "a/b", Shard: "", Sequence: "007"},
		{Stream: "", Shard: "shardId-7", Sequence: "12x"},
		{Stream: "file:///tmp/x", Shard: "shardId-0000000000001", Sequence: ""},
		{Stream: "s", Shard: "shardId-999999999999",
			Sequence: "99999999999999999999999999999999999999999999999999999999999999999999"},
	} {
		for j, extractor := range []string{"", "0123456789ab", "0123456789AB", "flink", "ffffffffffff"} {
			want = append(want, &twin.Change{
				Dataset: "d", Component: "c:1", Metric: fmt.Sprintf("m%d%d", i, j), Value: `{"a":[null,"ä😀\u0000"]}`, Unit: "µg/m3",
				Extractor: extractor, Revision: uint16(j), EventTime: now - twin.Millis(i), ReceivedAt: now * twin.Millis(j%2),
				Position: p, Index: uint32(i),
			})
		}
	}
	if got := f.write(f.items(want...)...); got != allApplied(len(want)) {
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

// resultsPerChange: one call may bring many items with changes that fare differently, or none.
func resultsPerChange(t *testing.T, f *fixture) {
	f.wants("AAA", of("c:1", "d", "a", 10, "1"), of("c:1", "d", "b", 10, "1"), of("c:2", "d", "a", 10, "1"))
	f.wants("LAASA",
		of("c:1", "d", "a", 9, "2"), of("c:1", "d", "b", 11, "2"), of("c:1", "d", "c", 1, "2"),
		of("c:2", "d", "a", 10, "1"), of("c:1", "other", "a", 1, "1"))
	f.wants("")
	if got := f.write(store.Item{Component: "c:1", Dataset: "d"}); got != "" {
		t.Errorf("no change gave %s", got)
	}
}

// severalDatasets: the readings of one metric by several datasets stand side by side, and what a
// reader may not read is not there for it.
func severalDatasets(t *testing.T, f *fixture) {
	a, b, x := of("c:1", "a", "speed", 10, "1"), of("c:1", "b", "speed", 12, "2"), of("c:1", "a", "load", 3, "3")
	f.wants("AAA", x, a, b)
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
	_ = t
}

// readingSelects: a query gives the metrics and components that it names, each once and in order.
func readingSelects(t *testing.T, f *fixture) {
	var all []*twin.Change
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
	_ = t
}
