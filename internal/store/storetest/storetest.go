// Package storetest holds every [store.Store] to one behaviour.
//
// [Run] is the conformance suite, one rule of the contract a test; [Races] is a part of it. [Histories] writes random
// histories of changes and compares what is left of them with a model of ten lines.
package storetest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/packed"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// now is the time at which all tests begin.
const now twin.Millis = 1_790_000_000_000

// Clock is a time that tests move on. A store under test goes by it.
type Clock struct {
	mu  sync.Mutex
	now twin.Millis
}

// NewClock returns a clock that stands at the time at which all tests begin.
func NewClock() *Clock { return &Clock{now: now} }

// Now returns the time of the clock.
func (c *Clock) Now() time.Time { return c.Millis().Time() }

// Millis returns the time of the clock.
func (c *Clock) Millis() twin.Millis {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Add moves the clock on.
func (c *Clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now += twin.Millis(d.Milliseconds())
}

// rule is a rule of the contract.
type rule struct {
	name string
	test func(*testing.T, *fixture)
}

// races are the rules for several writers at the same time.
var races = []rule{
	{"writers race", writersRace},
	{"new metrics race", newMetricsRace},
	{"forget races", forgetRaces},
}

// rules are all rules.
var rules = append([]rule{
	{"newest wins", newestWins},
	{"speed and position", speedAndPosition},
	{"ties", ties},
	{"everything comes back", everythingComesBack},
	{"results per change", resultsPerChange},
	{"several datasets", severalDatasets},
	{"reading selects", readingSelects},
	{"many metrics", manyMetrics},
	{"groups", groups},
	{"size cap", sizeCap},
	{"many parts", manyParts},
	{"refused gives way", refusedGivesWay},
	{"expiry", expiry},
	{"expired neighbour", expiredNeighbour},
	{"expiry changes", expiryChanges},
	{"forget", forget},
	{"forget clocks ahead", forgetClocksAhead},
	{"forget what is not there", forgetAbsent},
	{"forget again", forgetAgain},
	{"forget prefix", forgetPrefix},
	{"forget in steps", forgetInSteps},
	{"forget parts", forgetParts},
	{"components page by page", componentsPage},
	{"many datasets", manyDatasets},
	{"odd names", oddNames},
	{"catalogue", catalogue},
	{"cancelled", cancelled},
	{"applier", applier},
}, races...)

// Open returns an empty store that goes by the clock and does not wait when it forgets.
type Open func(t *testing.T, clock *Clock) store.Store

// Run holds a store to the contract.
func Run(t *testing.T, open Open) { run(t, open, rules) }

// Races holds a store to the part of the contract that is for several writers at the same time, for a run with the race
// detector of a store that is slow.
func Races(t *testing.T, open Open) { run(t, open, races) }

func run(t *testing.T, open Open, rules []rule) {
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			clock := NewClock()
			r.test(t, &fixture{T: t, Store: open(t, clock), clock: clock})
		})
	}
}

// fixture is a store whose calls must not fail.
type fixture struct {
	*testing.T
	store.Store
	clock *Clock
}

// at makes a change of dataset "d" and component "c:1".
func at(metric string, eventTime twin.Millis, value string) *twin.Change {
	return of("c:1", "d", metric, eventTime, value)
}

func of(component, dataset, metric string, eventTime twin.Millis, value string) *twin.Change {
	return &twin.Change{Component: component, Dataset: dataset, Metric: metric, Value: value, EventTime: eventTime}
}

// items puts changes into items, with the policy of their datasets as the catalogue has it.
func (f *fixture) items(changes ...*twin.Change) []store.Item {
	f.Helper()
	datasets, err := f.Datasets(f.Context())
	f.must(err)
	var out []store.Item
	for _, c := range changes {
		i := slices.IndexFunc(out, func(it store.Item) bool { return it.Component == c.Component && it.Dataset == c.Dataset })
		if i < 0 {
			i = len(out)
			out = append(out, store.Item{Component: c.Component, Dataset: c.Dataset})
			if n := slices.IndexFunc(datasets, func(d twin.Dataset) bool { return d.Name == c.Dataset }); n >= 0 {
				out[i].ExpireAfter, out[i].Places = datasets[n].ExpireAfter, packed.NewPlaces(datasets[n].Metrics)
			}
		}
		out[i].Changes = append(out[i].Changes, c)
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
		if len(item) != len(items[i].Changes) {
			f.Fatalf("%d results for %d changes", len(item), len(items[i].Changes))
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

// wants writes changes in one call, by component and dataset in the order of metrics, and checks the outcomes.
func (f *fixture) wants(outcomes string, changes ...*twin.Change) {
	f.Helper()
	if got := f.write(f.items(changes...)...); got != outcomes {
		f.Errorf("writing %v gave %s, want %s", brief(readings(changes)), got, outcomes)
	}
}

// readings are the readings that changes become.
func readings(changes []*twin.Change) []twin.Reading {
	var out []twin.Reading
	for _, c := range changes {
		out = append(out, c.Reading())
	}
	return out
}

// reads checks what the store holds of components in datasets.
func (f *fixture) reads(q store.ReadingQuery, want ...*twin.Change) {
	f.Helper()
	got, err := f.Readings(f.Context(), q)
	if err != nil {
		f.Fatal(err)
	}
	if want := readings(want); !slices.Equal(got, want) {
		f.Errorf("%.200s: got %v, want %v", fmt.Sprintf("%+v", q), brief(got), brief(want))
	}
}

// holds checks the twin of c:1 in dataset d.
func (f *fixture) holds(want ...*twin.Change) {
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
		f.Errorf("%+v: got %.300q, want %.300q", q, got, want)
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
	return fmt.Sprintf("%d %.1000s", len(out), fmt.Sprint(out))
}

// cancelled: a call whose context has ended says so and finishes nothing.
func cancelled(t *testing.T, f *fixture) {
	ctx, cancel := context.WithCancel(t.Context())
	items := f.items(at("load", 1, "1"), at("speed", 1, "1"))
	cancel()
	results, err := f.Write(ctx, items)
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
	_, begun := f.BeginForget(ctx, store.Target{Name: "c:1"})
	for what, err := range map[string]error{
		"forgetting": begun, "forgetting more": f.ContinueForget(ctx, &store.Forgetting{}),
		"advancing": f.Advance(ctx, "d", 1), "pausing": f.SetPaused(ctx, "d", 1),
		"putting": f.PutDataset(ctx, twin.Dataset{Name: "d"}), "removing": f.RemoveDataset(ctx, "d"),
	} {
		if err == nil {
			t.Errorf("%s goes on", what)
		}
	}
	f.holds()
}
