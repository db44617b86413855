package storetest

import (
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/twin"
)

const hour = 3_600_000 // ms

// expiry: a reading that is older than its dataset lets it be is not served, in any call; its component may be listed
// as long as the store has not tidied up, and can be read.
func expiry(t *testing.T, f *fixture) {
	f.must(f.PutDataset(t.Context(), twin.Dataset{Name: "d", ExpireAfter: time.Hour}))
	f.wants("AA", at("load", now-hour, "1"), at("speed", now-1000, "1"))
	f.wants("A", of("c:1", "ever", "speed", now-5*hour, "1"))
	f.holds(at("load", now-hour, "1"), at("speed", now-1000, "1"))
	f.clock.Add(time.Millisecond)
	f.holds(at("speed", now-1000, "1"))
	f.clock.Add(time.Hour)
	f.holds()
	both := store.ReadingQuery{Components: []string{"c:1"}, Datasets: []string{"d", "ever"}}
	f.reads(both, of("c:1", "ever", "speed", now-5*hour, "1"))
	both.Metrics = []string{"speed"}
	f.reads(both, of("c:1", "ever", "speed", now-5*hour, "1"))
	f.wants("A", at("speed", now+hour, "2"))
	f.holds(at("speed", now+hour, "2"))
}

// expiredNeighbour: whoever is written beside an expired reading does not bring it back, and it does not live on with
// them.
func expiredNeighbour(t *testing.T, f *fixture) {
	f.must(f.PutDataset(t.Context(), twin.Dataset{Name: "d", ExpireAfter: time.Hour}))
	a := store.NewApplier(f.Store, f.clock.Now)
	put := func(metrics ...string) {
		t.Helper()
		var changes []twin.Change
		for _, m := range metrics {
			changes = append(changes, *at(m, f.clock.Millis(), "1"))
		}
		if _, err := a.Apply(t.Context(), changes); err != nil {
			t.Fatal(err)
		}
	}
	put("load", "speed")
	f.clock.Add(3 * time.Hour)
	f.holds()
	put("speed")
	f.holds(at("speed", f.clock.Millis(), "1"))
	for range 20 {
		f.clock.Add(50 * time.Minute)
		put("speed")
		f.holds(at("speed", f.clock.Millis(), "1"))
	}
	late := *at("load", f.clock.Millis()-2*hour, "1")
	if results, err := a.Apply(t.Context(), []twin.Change{late}); err != nil || results[0].Reason != twin.Expired {
		t.Errorf("an old reading again: %+v, %v", results, err)
	}
}

// expiryChanges: the time that a dataset says now counts, also for what was written under another.
func expiryChanges(t *testing.T, f *fixture) {
	declare := func(d time.Duration) {
		f.must(f.PutDataset(t.Context(), twin.Dataset{Name: "d", ExpireAfter: d}))
		f.clock.Add(2 * time.Minute) // a store may use a catalogue for a minute
	}
	declare(0)
	f.wants("A", at("speed", now, "1"))
	f.clock.Add(30 * time.Minute)
	declare(10 * time.Minute)
	f.holds()
	f.wants("A", at("load", now+hour/2, "1"))
	declare(24 * time.Hour)
	f.holds(at("load", now+hour/2, "1"), at("speed", now, "1"))
	declare(0)
	f.clock.Add(1000 * time.Hour)
	f.holds(at("load", now+hour/2, "1"), at("speed", now, "1"))
}
