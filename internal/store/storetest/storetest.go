// Package storetest holds every [store.Store] to one behaviour.
//
// [Run] is the conformance suite, one rule of the contract a test. [Histories] writes random
// histories of changes and compares what is left of them with a model of ten lines.
package storetest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Clock is the time at which all tests run. A store under test goes by it.
func Clock() time.Time { return time.UnixMilli(now) }

const now = 1_790_000_000_000

// Run holds a store to the contract. open returns an empty one, whose clock is [Clock].
func Run(t *testing.T, open func(*testing.T) store.Store) {
	for _, tc := range []struct {
		name string
		test func(*testing.T, *fixture)
	}{
		{"newest wins", newestWins},
		{"speed and position", speedAndPosition},
		{"everything comes back", everythingComesBack},
		{"results per reading", resultsPerReading},
		{"several datasets", severalDatasets},
		{"narrow", narrow},
		{"layout changes", layoutChanges},
		{"reading selects", readingSelects},
		{"ttl", ttl},
		{"metric cap", metricCap},
		{"size cap", sizeCap},
		{"size cap, narrow", sizeCapNarrow},
		{"big twin", bigTwin},
		{"forget", forget},
		{"forget backwards", forgetBackwards},
		{"forget prefix", forgetPrefix},
		{"components page by page", componentsPage},
		{"odd names", oddNames},
		{"catalogue", catalogue},
		{"writers race", writersRace},
		{"new metrics race", newMetricsRace},
		{"cancelled", cancelled},
		{"applier", applier},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.test(t, &fixture{T: t, Store: open(t)})
		})
	}
}

// fixture is a store whose calls must not fail.
type fixture struct {
	*testing.T
	store.Store
}

// at makes a reading of dataset "d" and component "c:1".
func at(metric string, eventTime twin.Millis, value string) twin.Reading {
	return of("c:1", "d", metric, eventTime, value)
}

func of(component, dataset, metric string, eventTime twin.Millis, value string) twin.Reading {
	c := twin.Change{Component: component, Dataset: dataset, Metric: metric, Value: value, EventTime: eventTime}
	return c.Reading()
}

// items puts readings into items, wide ones.
func items(readings ...twin.Reading) []store.Item {
	var out []store.Item
	for _, r := range readings {
		i := slices.IndexFunc(out, func(it store.Item) bool { return it.Component == r.Component && it.Dataset == r.Dataset })
		if i < 0 {
			i = len(out)
			out = append(out, store.Item{Component: r.Component, Dataset: r.Dataset, Layout: twin.Wide})
		}
		out[i].Readings = append(out[i].Readings, r)
	}
	return out
}

// write writes items and returns the outcomes one after the other, such as "ALR".
func (f *fixture) write(items ...store.Item) string {
	f.Helper()
	results, err := f.Write(f.Context(), items)
	if err != nil {
		f.Fatal(err)
	}
	if len(results) != len(items) {
		f.Fatalf("%d results for %d items", len(results), len(items))
	}
	var out []byte
	for i, item := range results {
		if len(item) != len(items[i].Readings) {
			f.Fatalf("%d results for %d readings", len(item), len(items[i].Readings))
		}
		for _, r := range item {
			out = append(out, "UALSXR"[r.Outcome])
			if refused := r.Outcome == store.Refused; refused != (r.Reason != "") || refused != (r.Detail != "") {
				f.Errorf("a result says %+v", r)
			}
		}
	}
	return string(out)
}

// wants writes readings in one call and checks the outcomes.
func (f *fixture) wants(outcomes string, readings ...twin.Reading) {
	f.Helper()
	if got := f.write(items(readings...)...); got != outcomes {
		f.Errorf("writing %v gave %s, want %s", brief(readings), got, outcomes)
	}
}

// reads checks what the store holds of components in datasets.
func (f *fixture) reads(q store.ReadingQuery, want ...twin.Reading) {
	f.Helper()
	got, err := f.Readings(f.Context(), q)
	if err != nil {
		f.Fatal(err)
	}
	if !slices.Equal(got, want) {
		f.Errorf("%+v: got %v, want %v", q, brief(got), brief(want))
	}
}

// holds checks the twin of c:1 in dataset d.
func (f *fixture) holds(want ...twin.Reading) {
	f.Helper()
	f.reads(store.ReadingQuery{Components: []string{"c:1"}, Datasets: []string{"d"}}, want...)
}

func (f *fixture) lists(q store.ComponentQuery, want ...string) {
	f.Helper()
	got, err := f.Components(f.Context(), q)
	if err != nil {
		f.Fatal(err)
	}
	if !slices.Equal(got, want) {
		f.Errorf("%+v: got %q, want %q", q, got, want)
	}
}

func (f *fixture) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

// brief shows readings for a message.
func brief(readings []twin.Reading) string {
	var out []string
	for _, r := range readings {
		out = append(out, fmt.Sprintf("%s/%s.%s@%d=%.20s", r.Dataset, r.Component, r.Metric, int64(r.EventTime), r.Value))
	}
	return fmt.Sprint(out)
}

// cancelled: a call whose context has ended says so and finishes nothing.
func cancelled(t *testing.T, f *fixture) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	results, err := f.Write(ctx, items(at("speed", 1, "1"), at("load", 1, "1")))
	if err == nil || len(results) != 1 || len(results[0]) != 2 || results[0][0].Outcome != store.Unfinished {
		t.Errorf("writing: %v %v", results, err)
	}
	if _, err := f.Readings(ctx, store.ReadingQuery{Components: []string{"c:1"}, Datasets: []string{"d"}}); err == nil {
		t.Error("reading goes on")
	}
	if _, err := f.Components(ctx, store.ComponentQuery{Datasets: []string{"d"}, Limit: 1}); err == nil {
		t.Error("listing goes on")
	}
	if _, err := f.Datasets(ctx); err == nil {
		t.Error("reading the catalogue goes on")
	}
	for what, err := range map[string]error{
		"forgetting": f.Forget(ctx, "c:1", 1), "advancing": f.Advance(ctx, "d", 1),
		"putting": f.PutDataset(ctx, twin.Dataset{Name: "d"}), "removing": f.RemoveDataset(ctx, "d"),
	} {
		if err == nil {
			t.Errorf("%s goes on", what)
		}
	}
	f.holds()
}
