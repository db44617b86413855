package storetest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// ahead is how far ahead of the clock a forget takes readings where no dataset says more.
const ahead = twin.Millis(5 * 60_000)

// forget forgets a component, or with * at its end all that begin so.
func (f *fixture) forget(name string) store.Forgetting {
	f.Helper()
	prefix, isPrefix := strings.CutSuffix(name, "*")
	done, err := store.Forget(f.Context(), f.Store, store.Target{Name: prefix, Prefix: isPrefix})
	f.must(err)
	if want := f.clock.Millis() + ahead; !done.Done || done.Floor != want {
		f.Errorf("forgetting %s: %+v, want a floor of %d", name, done, want)
	}
	return done
}

// forget: what is forgotten is gone from everywhere, replays do not bring it back, and what was measured later than a
// clock may be ahead comes in.
func forget(t *testing.T, f *fixture) {
	f.wants("AAAA", at("load", 12, "1"), at("speed", 10, "1"), of("c:1", "e", "speed", 30, "1"),
		of("c:2", "d", "speed", 10, "1"))
	if done := f.forget("c:1"); done.Components != 1 || done.Items != 2 {
		t.Errorf("%+v", done)
	}
	both := store.ReadingQuery{Components: []string{"c:1", "c:2"}, Datasets: []string{"d", "e"}}
	f.reads(both, of("c:2", "d", "speed", 10, "1"))
	f.lists(store.ComponentQuery{Datasets: []string{"d", "e"}, Limit: 5}, "c:2")

	f.wants("LLLL", at("load", now, "9"), at("new", 5, "9"), at("speed", 10, "1"), of("c:1", "e", "new", 20, "1"))
	f.wants("L", of("c:1", "not before", "new", now+ahead, "1"))
	f.reads(both, of("c:2", "d", "speed", 10, "1"))
	f.lists(store.ComponentQuery{Datasets: []string{"d", "e", "not before"}, Limit: 5}, "c:2")

	f.wants("AL", at("load", now+ahead+1, "2"), at("speed", now+ahead, "1"))
	f.reads(both, at("load", now+ahead+1, "2"), of("c:2", "d", "speed", 10, "1"))
	f.lists(store.ComponentQuery{Datasets: []string{"d", "e"}, Limit: 5}, "c:1", "c:2")
	f.wants("L", at("speed", 20, "1")) // also while there are readings above it
	f.wants("A", at("speed", now+ahead+2, "1"))
}

// forgetClocksAhead: the duplicate of a reading whose clock was ahead does not come back, and neither does an old
// reading of a metric that was not there before.
func forgetClocksAhead(t *testing.T, f *fixture) {
	f.must(f.PutDataset(t.Context(), twin.Dataset{Name: "d", MaxFuture: time.Minute}))
	early, old := at("speed", now+50_000, "1"), at("load", now-24*hour, "1")
	f.wants("A", early)
	f.forget("c:1")
	f.clock.Add(time.Second)
	a := store.NewApplier(f.Store, f.clock.Now)
	if _, err := a.Apply(t.Context(), []twin.Change{*early, *old, *at("new", now+1000, "1")}); err != nil {
		t.Fatal(err)
	}
	f.holds()
	f.must(f.PutDataset(t.Context(), twin.Dataset{Name: "far", MaxFuture: 3 * time.Hour}))
	done, err := store.Forget(t.Context(), f.Store, store.Target{Name: "c:2"})
	f.must(err)
	if want := f.clock.Millis() + 3*hour; done.Floor != want {
		t.Errorf("the floor is %d, want %d", done.Floor, want)
	}
}

// forgetAbsent: what is not there when it is forgotten does not come either.
func forgetAbsent(t *testing.T, f *fixture) {
	if done := f.forget("c:1"); done.Items != 0 {
		t.Errorf("%+v", done)
	}
	f.wants("LA", at("load", 10, "1"), at("speed", now+ahead+1, "1"))
	f.wants("L", at("load", now+ahead, "1"))
	f.holds(at("speed", now+ahead+1, "1"))
	f.forget("v:*")
	f.wants("LA", of("v:7", "d", "speed", 10, "1"), of("v", "d", "speed", 10, "1"))
}

// forgetAgain: forgetting again takes what has come since, and a floor does not sink.
func forgetAgain(t *testing.T, f *fixture) {
	f.wants("A", at("speed", 10, "1"))
	f.forget("c:1")
	f.wants("A", at("speed", now+ahead+5, "1"))
	f.clock.Add(time.Second)
	f.forget("c:1")
	f.holds()
	f.wants("LA", at("load", now+ahead+999, "1"), at("speed", now+ahead+1001, "1"))
	f.forget("c:*")
	f.wants("A", at("load", now+ahead+1001, "1"))
	f.clock.Add(-time.Second) // of another process
	f.forget("c:1")
	f.wants("L", at("mileage", now+ahead+500, "1"))
	f.holds(at("load", now+ahead+1001, "1"), at("speed", now+ahead+1001, "1"))
	_ = t
}

// forgetPrefix: all components of a prefix are forgotten, over many pages, and no other.
func forgetPrefix(t *testing.T, f *fixture) {
	var changes []*twin.Change
	for i := range 150 {
		changes = append(changes, of(fmt.Sprintf("wagon:%d", i), []string{"d", "e"}[i%2], "speed", 1, "1"))
	}
	changes = append(changes, of("wagon", "d", "speed", 1, "1"), of("wagon;", "d", "speed", 1, "1"),
		of("wagon:x", "other", "speed", 1, "1"))
	f.wants(allApplied(len(changes)), changes...)
	if done := f.forget("wagon:*"); done.Items != 151 || done.Pass != 2 {
		t.Errorf("%+v", done)
	}
	f.lists(store.ComponentQuery{Datasets: []string{"d", "e", "other"}, Limit: 200}, "wagon", "wagon;")
	if done := f.forget("wagon:*"); done.Items != 0 {
		t.Errorf("again: %+v", done)
	}
	f.wants("LL", of("wagon:7", "d", "speed", 2, "1"), of("wagon:new", "d", "speed", 2, "1"))
}

// forgetInSteps: a forget goes on from what it was written down as, and an end of its context breaks it off only.
func forgetInSteps(t *testing.T, f *fixture) {
	var changes []*twin.Change
	for i := range 200 {
		changes = append(changes, of(fmt.Sprintf("wagon:%03d", i), "d", "speed", 1, "1"))
	}
	f.wants(allApplied(len(changes)), changes...)
	begun, err := f.BeginForget(t.Context(), store.Target{Name: "wagon:", Prefix: true})
	f.must(err)
	f.wants("L", changes[0]) // from then on
	f.reads(store.ReadingQuery{Components: []string{"wagon:007"}, Datasets: []string{"d"}})
	written, err := json.Marshal(begun)
	f.must(err)
	var again store.Forgetting
	f.must(json.Unmarshal(written, &again))
	for range 10 {
		f.must(f.ContinueForget(t.Context(), &again))
	}
	if !again.Done || again.Components < 200 || again.Items != 200 {
		t.Errorf("%+v", again)
	}
	f.lists(store.ComponentQuery{Datasets: []string{"d"}, Limit: 200})
}

// forgetParts: a component that takes many parts is forgotten as a whole, and begins anew.
func forgetParts(t *testing.T, f *fixture) {
	all := metrics(0, 600, 1, "1.5")
	f.wants(allApplied(600), all...)
	f.forget("c:1")
	f.holds()
	f.lists(store.ComponentQuery{Datasets: []string{"d"}, Limit: 3})
	f.wants(repeated('L', 600), all...)
	next := metrics(0, 700, now+ahead+1, "2.5")
	f.wants(allApplied(700), next...)
	f.holds(next...)
	f.lists(store.ComponentQuery{Datasets: []string{"d"}, Limit: 3}, "c:1")
	_ = t
}
