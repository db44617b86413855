package store_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/emulator"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/bolt"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// both are the stores, which go by a clock, one after the other.
func both(t *testing.T, clock func() time.Time) map[string]store.Store {
	t.Helper()
	client := emulator.Client(emulator.DynamoDB(t))
	if err := dynamo.CreateTable(t.Context(), client, "twin"); err != nil {
		t.Fatal(err)
	}
	b, err := bolt.Open(filepath.Join(t.TempDir(), "twin.db"), &bolt.Options{NoSync: true, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return map[string]store.Store{"bolt": b, "dynamo": dynamo.New(client, "twin",
		&dynamo.Options{Now: clock, ForgetWait: -1})}
}

// Ensure that a reading that has expired does not come back, and that a metric that is never measured again expires
// although its neighbours go on.
func TestExpiredReadingStaysAway(t *testing.T) {
	now := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	for name, s := range both(t, clock) {
		now = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
		if err := s.PutDataset(t.Context(), twin.Dataset{Name: "d", ExpireAfter: time.Hour}); err != nil {
			t.Fatal(err)
		}
		put := func(metrics ...string) {
			t.Helper()
			var changes []twin.Change
			for _, m := range metrics {
				changes = append(changes, twin.Change{Dataset: "d", Component: "c", Metric: m, Value: "1",
					EventTime: twin.MillisOf(now)})
			}
			if _, err := store.NewApplier(s, clock).Apply(t.Context(), changes); err != nil {
				t.Fatal(err)
			}
		}
		shows := func(when string, want int) {
			t.Helper()
			readings, err := s.Readings(t.Context(), store.ReadingQuery{Components: []string{"c"}, Datasets: []string{"d"}})
			if err != nil || len(readings) != want {
				t.Errorf("%s, %s: %d readings, want %d, %v", name, when, len(readings), want, err)
			}
		}
		put("speed", "load")
		now = now.Add(3 * time.Hour)
		shows("after three hours of silence", 0)
		put("speed")
		shows("after one new speed", 1)
		for range 100 {
			now = now.Add(50 * time.Minute)
			put("speed")
		}
		shows("after 83 hours more", 1)
	}
}

// Ensure that a component that is forgotten stays so when the same records are delivered once more: also one whose
// clock was ahead, and an old one of a metric that is seen for the first time.
func TestForgottenStaysForgotten(t *testing.T) {
	now := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	for name, s := range both(t, clock) {
		now = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
		if err := s.PutDataset(t.Context(), twin.Dataset{Name: "d"}); err != nil {
			t.Fatal(err)
		}
		a := store.NewApplier(s, clock)
		apply := func(metric string, at time.Duration) {
			t.Helper()
			c := twin.Change{Dataset: "d", Component: "c", Metric: metric, Value: "1", EventTime: twin.MillisOf(now.Add(at))}
			if _, err := a.Apply(t.Context(), []twin.Change{c}); err != nil {
				t.Fatal(err)
			}
		}
		apply("speed", 2*time.Minute)
		if _, err := store.Forget(t.Context(), s, store.Target{Name: "c"}); err != nil {
			t.Fatal(err)
		}
		apply("speed", 2*time.Minute)
		now = now.Add(time.Second)
		apply("load", -24*time.Hour)
		readings, err := s.Readings(t.Context(), store.ReadingQuery{Components: []string{"c"}, Datasets: []string{"d"}})
		if err != nil || len(readings) > 0 {
			t.Errorf("%s: %+v, %v", name, readings, err)
		}
	}
}
