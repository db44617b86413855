package store_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/bolt"
	"github.com/railtwin/digitaltwin/internal/twin"
)

const now twin.Millis = 1_790_000_000_000

// double is a store in a file whose calls can be replaced.
type double struct {
	store.Store
	write    func([]store.Item) ([][]store.Result, error)
	datasets func() ([]twin.Dataset, error)
	advance  func(dataset string, newest twin.Millis) error
	items    []store.Item // that were offered
}

func newDouble(t testing.TB) *double {
	s, err := bolt.Open(filepath.Join(t.TempDir(), "twin.db"), &bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return &double{Store: s}
}

func (d *double) Write(ctx context.Context, items []store.Item) ([][]store.Result, error) {
	d.items = items
	if d.write != nil {
		return d.write(items)
	}
	return d.Store.Write(ctx, items)
}

func (d *double) Datasets(ctx context.Context) ([]twin.Dataset, error) {
	if d.datasets != nil {
		return d.datasets()
	}
	return d.Store.Datasets(ctx)
}

func (d *double) Advance(ctx context.Context, dataset string, newest twin.Millis) error {
	if d.advance != nil {
		return d.advance(dataset, newest)
	}
	return d.Store.Advance(ctx, dataset, newest)
}

func change(metric string, eventTime twin.Millis, value string) twin.Change {
	return twin.Change{Dataset: "d", Component: "c:1", Metric: metric, Value: value, EventTime: now + eventTime}
}

func clock() time.Time { return now.Time() }

// outcomes shows results, such as "ALR".
func outcomes(results []store.Result) string {
	var b []byte
	for _, r := range results {
		b = append(b, "UALSXR"[r.Outcome])
	}
	return string(b)
}

// Ensure that a batch reaches the store folded: one item per component and dataset, each metric once
// with its greatest rank, whatever the order, that every change but the winner is superseded, and that a duplicate of
// the winner is the same.
func TestApplier_Folds(t *testing.T) {
	changes := []twin.Change{
		change("speed", 5, "1"), change("load", 1, "1"), change("speed", 7, "2"), change("speed", 6, "3"),
		change("speed", 7, "2"), change("load", 0, "2"),
	}
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(8, seed))
		shuffled := slices.Clone(changes)
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		d := newDouble(t)
		results, err := store.NewApplier(d, clock).Apply(t.Context(), shuffled)
		if err != nil {
			t.Fatal(err)
		}
		if len(d.items) != 1 || len(d.items[0].Changes) != 2 {
			t.Fatalf("offered %+v", d.items)
		}
		won := map[string]int{}
		for i, result := range results {
			c := &shuffled[i]
			switch {
			case result.Outcome == store.Applied || result.Outcome == store.Same && c.Metric == "speed" && c.Value == "2":
				won[c.Metric+c.Value]++
			case result.Outcome != store.Superseded:
				t.Errorf("%+v: %+v", *c, result)
			}
		}
		if want := map[string]int{"speed2": 2, "load1": 1}; fmt.Sprint(won) != fmt.Sprint(want) {
			t.Errorf("won: %v, want %v", won, want)
		}
	}
}

// Ensure that a change which lost within its batch is not done with before the one that beat it is: else it would be
// skipped while the other never arrives. One that is refused gives way to the next, and its duplicate is refused too.
func TestApplier_SharedFate(t *testing.T) {
	broken := errors.New("broken")
	full := store.Result{Outcome: store.Refused, Reason: twin.TooLarge, Detail: "full"}
	changes := []twin.Change{
		change("speed", 5, "1"), change("load", 1, "1"), change("speed", 7, "2"), change("speed", 9, "3"),
		change("speed", -now, "}"), change("speed", 9, "3"),
	}
	applied := store.Result{Outcome: store.Applied}
	for _, tc := range []struct {
		speed []store.Result // of one offer after the other
		err   error
		want  string
	}{
		{[]store.Result{applied}, nil, "XAXARS"},
		{[]store.Result{{Outcome: store.Late}}, nil, "XAXLRL"},
		{[]store.Result{{Outcome: store.Same}}, nil, "XAXSRS"},
		{[]store.Result{{}}, broken, "UAUURU"},
		{[]store.Result{full, applied}, nil, "XAARRR"},
		{[]store.Result{full, full, {Outcome: store.Late}}, nil, "LARRRR"},
		{[]store.Result{full, full, full}, nil, "RARRRR"},
		{[]store.Result{full, {}}, broken, "UAURRR"},
	} {
		d := newDouble(t)
		offers := tc.speed
		d.write = func(items []store.Item) (results [][]store.Result, err error) {
			for _, it := range items {
				var of []store.Result
				for _, c := range it.Changes {
					r := applied
					if c.Metric == "speed" {
						r, offers = offers[0], offers[1:]
					}
					if of = append(of, r); r.Outcome == store.Unfinished {
						err = tc.err
					}
				}
				results = append(results, of)
			}
			return results, err
		}
		results, err := store.NewApplier(d, clock).Apply(t.Context(), changes)
		if got := outcomes(results); got != tc.want || !errors.Is(err, tc.err) || len(offers) > 0 {
			t.Errorf("%+v: got %s, %v, want %s, %v", tc.speed, got, err, tc.want, tc.err)
		}
		if results[4].Reason != twin.BadValue {
			t.Errorf("%+v: got the reasons %+v", tc.speed, results)
		}
	}
}

// Ensure that items carry the policy of their dataset, and their changes in the order of metrics.
func TestApplier_Policies(t *testing.T) {
	d := newDouble(t)
	if err := d.PutDataset(t.Context(), twin.Dataset{Name: "short", ExpireAfter: time.Minute,
		Metrics: []twin.Metric{{Name: "load"}, {Name: "speed", Group: 1}}}); err != nil {
		t.Fatal(err)
	}
	var changes []twin.Change
	for _, dataset := range []string{"short", "unknown", "short"} {
		for _, metric := range []string{"speed", "load"} {
			c := change(metric, -1000, "1")
			c.Dataset = dataset
			changes = append(changes, c)
		}
	}
	if _, err := store.NewApplier(d, clock).Apply(t.Context(), changes); err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, it := range d.items {
		apart := it.Places.Of("load")>>32 != it.Places.Of("speed")>>32
		got += fmt.Sprintf("%s %s %v %d %s %s; ", it.Dataset, it.ExpireAfter, apart, len(it.Changes), it.Changes[0].Metric,
			it.Changes[1].Metric)
	}
	if want := "short 1m0s true 2 load speed; unknown 0s false 2 load speed; "; got != want {
		t.Errorf("offered %s, want %s", got, want)
	}
}

// Ensure that the catalogue is read once a minute, that one which cannot be read again goes on as it
// was and is counted, and that without any nothing is done.
func TestApplier_PolicyCache(t *testing.T) {
	d, reads, stale, broken := newDouble(t), 0, 0, errors.New("broken")
	var err error
	d.datasets = func() ([]twin.Dataset, error) {
		reads++
		return []twin.Dataset{{Name: "d", ExpireAfter: time.Duration(reads) * time.Hour}}, err
	}
	at := now.Time()
	a := store.NewApplier(d, func() time.Time { return at })
	a.Stale = func(error) { stale++ }
	apply := func(want string, wantReads int, wantErr error) {
		t.Helper()
		old := twin.Change{Dataset: "d", Component: "c:1", Metric: "m", Value: "1", EventTime: twin.MillisOf(at) - 90*60_000}
		results, err := a.Apply(t.Context(), []twin.Change{old})
		if got := outcomes(results); got != want || reads != wantReads || !errors.Is(err, wantErr) {
			t.Errorf("got %s after %d reads, %v, want %s after %d, %v", got, reads, err, want, wantReads, wantErr)
		}
	}
	err = broken
	apply("U", 1, broken)
	err, reads = nil, 0
	apply("R", 1, nil)
	at = at.Add(59 * time.Second)
	apply("R", 1, nil)
	at = at.Add(time.Second)
	apply("A", 2, nil)
	at, err = at.Add(time.Hour), broken
	apply("A", 3, nil)
	apply("S", 3, nil)
	if stale != 1 {
		t.Errorf("%d stale catalogues counted, want 1", stale)
	}
}

// Ensure that the newest event time is told once it grows, at most every ten seconds, and that a failure to tell it
// leaves the changes as they are and is made up for by a later call.
func TestApplier_Advances(t *testing.T) {
	d, broken := newDouble(t), errors.New("broken")
	var told []twin.Millis
	var err error
	d.advance = func(dataset string, newest twin.Millis) error {
		told = append(told, newest-now)
		return err
	}
	at := now.Time()
	clock := func() time.Time { return at }
	a := store.NewApplier(d, clock)
	apply := func(wantErr error, changes ...twin.Change) {
		t.Helper()
		results, err := a.Apply(t.Context(), changes)
		if !errors.Is(err, wantErr) || slices.ContainsFunc(results,
			func(r store.Result) bool { return r.Outcome == store.Unfinished }) {
			t.Errorf("got %s, %v", outcomes(results), err)
		}
	}
	later := func() { at = at.Add(10 * time.Second) }
	apply(nil)
	apply(nil, change("a", -5, "1"), change("b", 3, "1"), change("c", 2, "}"))
	later()
	apply(nil, change("a", 2, "1"), change("c", 1, "1"))       // newer readings, but not the newest
	apply(nil, change("b", 3, "1"), change("a", 600_000, "1")) // late and refused
	apply(nil, change("b", 5, "1"))
	apply(nil, change("b", 6, "1")) // too soon
	at = at.Add(10*time.Second - 1)
	apply(nil, change("b", 7, "1"))
	at = at.Add(1)
	apply(nil, change("b", 2, "1"))
	later()
	err = broken
	apply(broken, change("a", 8, "1"))
	err = nil
	apply(nil, change("c", 8, "1")) // the failure is remembered too
	later()
	apply(nil, change("c", 8, "1"))
	a = store.NewApplier(d, clock)  // another process, whose forerunner may have ended before it told
	apply(nil, change("c", 8, "1")) // stored already
	apply(nil, change("b", 1, "1")) // late
	if want := []twin.Millis{3, 5, 7, 8, 8, 8}; !slices.Equal(told, want) {
		t.Errorf("told %v, want %v", told, want)
	}
}

// Ensure that the clock of an applier is that of the machine if none is given.
func TestNewApplier_Clock(t *testing.T) {
	d := newDouble(t)
	c := change("speed", 0, "1")
	c.EventTime = twin.MillisOf(time.Now())
	later := c
	later.EventTime += 2 * twin.Millis(twin.DefaultMaxFuture.Milliseconds())
	results, err := store.NewApplier(d, nil).Apply(t.Context(), []twin.Change{c, later})
	if got := outcomes(results); err != nil || got != "AR" || results[1].Reason != twin.Future {
		t.Errorf("got %s, %v", got, err)
	}
}

func ExampleApplier() {
	dir, err := os.MkdirTemp("", "twin-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	s, err := bolt.Open(filepath.Join(dir, "twin.db"), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = s.Close() }()
	ctx := context.Background()
	results, err := store.NewApplier(s, nil).Apply(ctx, []twin.Change{
		{Dataset: "wagons", Component: "wagon:1", Metric: "speed", Value: "82.4", Unit: "km/h", EventTime: 1_700_000_000_000},
		{Dataset: "wagons", Component: "wagon:1", Metric: "speed", Value: "81.9", Unit: "km/h", EventTime: 1_699_999_999_000},
	})
	fmt.Println(results[0].Outcome == store.Applied, results[1].Outcome == store.Superseded, err)
	readings, err := s.Readings(ctx, store.ReadingQuery{Components: []string{"wagon:1"}, Datasets: []string{"wagons"}})
	fmt.Println(readings[0].Value, readings[0].EventTime, err)
	// Output:
	// true true <nil>
	// 82.4 2023-11-14T22:13:20.000Z <nil>
}

// BenchmarkApplier applies batches of 500 changes of 100 components to a store that does nothing.
func BenchmarkApplier(b *testing.B) {
	d := newDouble(b)
	d.write = func(items []store.Item) ([][]store.Result, error) {
		results := make([][]store.Result, len(items))
		for i := range items {
			results[i] = make([]store.Result, len(items[i].Changes))
		}
		return results, nil
	}
	var changes []twin.Change
	for i := range 500 {
		c := change(fmt.Sprint("metric.", i%5), 0, "82.4")
		c.Component = fmt.Sprint("wagon:", i/5)
		changes = append(changes, c)
	}
	a := store.NewApplier(d, clock)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := a.Apply(b.Context(), changes); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*len(changes))/b.Elapsed().Seconds(), "changes/s")
}
