package dynamo_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/railtwin/digitaltwin/internal/emulator"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	"github.com/railtwin/digitaltwin/internal/store/dynamo/dynamotest"
	"github.com/railtwin/digitaltwin/internal/store/storetest"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// upgraded is a table of the version before, and both versions of its writer.
type upgraded struct {
	*testing.T
	*dynamotest.Alone
	former *former
	client *dynamodb.Client
	table  string
	clock  *storetest.Clock
}

func newUpgraded(t *testing.T) *upgraded {
	t.Helper()
	client := emulator.Client(emulator.DynamoDB(t))
	clock := storetest.NewClock()
	u := &upgraded{T: t, client: client, table: newTable(t, client), clock: clock}
	u.Alone = newAlone(t, client, u.table, clock)
	u.former = &former{client: client, table: u.table, clock: clock, policy: func(string) *twin.Dataset { return nil },
		narrow: "narrow"}
	if err := u.Downgrade(t.Context()); err != nil {
		t.Fatal(err)
	}
	return u
}

func (u *upgraded) written(changes ...*twin.Change) string {
	u.Helper()
	var values []twin.Change
	for _, c := range changes {
		values = append(values, *c)
	}
	results, err := store.NewApplier(u.Alone, u.clock.Now).Apply(u.Context(), values)
	if err != nil {
		u.Fatal(err)
	}
	out := ""
	for _, r := range results {
		out += string("UALSXR"[r.Outcome])
	}
	return out
}

func (u *upgraded) formerly(changes ...*twin.Change) {
	u.Helper()
	var values []twin.Change
	for _, c := range changes {
		values = append(values, *c)
	}
	u.former.apply(u.T, values)
}

func (u *upgraded) holds(component string, want ...*twin.Change) {
	u.Helper()
	got, err := u.Readings(u.Context(), store.ReadingQuery{Components: []string{component},
		Datasets: []string{"d", "narrow"}})
	if err != nil {
		u.Fatal(err)
	}
	var readings []twin.Reading
	for _, c := range want {
		readings = append(readings, c.Reading())
	}
	if !slices.Equal(got, readings) {
		u.Errorf("got  %+v\nwant %+v", got, readings)
	}
}

func (u *upgraded) lists(want ...string) {
	u.Helper()
	// more than the index of each is asked for
	datasets := []string{"d", "narrow", "3", "4", "5", "6", "7", "8", "9", "10"}
	got, err := u.Components(u.Context(), store.ComponentQuery{Datasets: datasets, Limit: 100})
	if err != nil || !slices.Equal(got, want) {
		u.Errorf("listed %q, %v; want %q", got, err, want)
	}
}

func (u *upgraded) upgrade(tidy bool) dynamo.Upgrade {
	u.Helper()
	up := dynamo.Upgrade{Tidy: tidy}
	for !up.Done {
		if err := u.Upgrade(u.Context(), &up); err != nil {
			u.Fatal(err)
		}
		b, err := json.Marshal(up)
		if err != nil {
			u.Fatal(err)
		}
		up = dynamo.Upgrade{}
		if err := json.Unmarshal(b, &up); err != nil {
			u.Fatal(err)
		}
	}
	return up
}

func at(component, metric string, at twin.Millis, value string) *twin.Change {
	return sample(component, metric, storetest.NewClock().Millis()+at, value)
}

// Ensure that what the version before has written is served and listed, lineage and all, and joined with the first
// write: by its rank, of which a duplicate of then is the same.
func TestUpgrade_FirstWrite(t *testing.T) {
	u := newUpgraded(t)
	speed, load, mileage := at("c:1", "speed", 10, "80"), at("c:1", "load", 20, "5"), at("c:1", "mileage", 5, "1")
	u.formerly(speed, load, mileage)
	u.holds("c:1", load, mileage, speed)
	u.lists("c:1")
	heading := at("c:1", "heading", 1, "90")
	newer := at("c:1", "speed", 11, "81")
	if got := u.written(heading, at("c:1", "load", 19, "4"), newer, mileage); got != "ALAS" {
		t.Errorf("the first write: %s", got)
	}
	u.holds("c:1", heading, load, mileage, newer)
	late := at("c:1", "load", 21, "6") // by the version before, which is still there
	u.formerly(late)
	u.holds("c:1", heading, late, mileage, newer)
	if got := u.written(at("c:1", "load", 22, "7")); got != "A" {
		t.Errorf("a later write: %s", got)
	}
	u.holds("c:1", heading, at("c:1", "load", 22, "7"), mileage, newer)
}

// Ensure that what was forgotten before stays so.
func TestUpgrade_Floor(t *testing.T) {
	u := newUpgraded(t)
	now := u.clock.Millis()
	u.former.floor(t, "c:1", "d", now+10)
	u.former.floor(t, "c:2", "d", now+10)
	u.former.floor(t, "c:3", "narrow#x", now+10)
	if got := u.written(at("c:1", "speed", 10, "1"), at("c:1", "load", 11, "1")); got != "LA" {
		t.Errorf("got %s", got)
	}
	u.holds("c:1", at("c:1", "load", 11, "1"))
	u.upgrade(true)
	if got := u.written(at("c:1", "speed", 9, "1"), at("c:2", "speed", 10, "1"),
		at("c:2", "load", 11, "1")); got != "LLA" {
		t.Errorf("after the upgrade: %s", got)
	}
}

// Ensure that a table without items of the form before needs nothing more, and one that waits does nothing.
func TestUpgrade_Fresh(t *testing.T) {
	u := newUpgraded(t)
	up := dynamo.Upgrade{NotBefore: u.clock.Now().Add(time.Minute)}
	if err := u.Upgrade(t.Context(), &up); err != nil || up.Done {
		t.Errorf("%+v, %v", up, err)
	}
	u.clock.Add(time.Minute)
	if err := u.Upgrade(t.Context(), &up); err != nil || !up.Done {
		t.Errorf("%+v, %v", up, err)
	}
	if _, err := store.Forget(t.Context(), u.Alone, store.Target{Name: "c:1"}); err != nil {
		t.Error(err)
	}
}

// Ensure that random histories end where the model says, written by the version before, by both at once, by this one,
// and again by the one before, with upgrades on the way.
func TestUpgrade_Histories(t *testing.T) {
	client := emulator.Client(emulator.DynamoDB(t))
	storetest.Histories(t, func(t *testing.T) storetest.World {
		clock, table := storetest.NewClock(), newTable(t, client)
		a := newAlone(t, client, table, clock)
		f := &former{client: client, table: table, clock: clock, policy: storetest.Dataset, narrow: "also"}
		upgrade := func(t *testing.T, tidy bool) {
			if up := (dynamo.Upgrade{Tidy: tidy}); a.Upgrade(t.Context(), &up) != nil || !up.Done || up.Left > 0 {
				t.Errorf("%+v", up)
			}
		}
		return storetest.World{
			Store: a, Clock: clock, Versions: []storetest.Applies{f.apply},
			Begin: func(t *testing.T) {
				if err := a.Downgrade(t.Context()); err != nil {
					t.Error(err)
				}
			},
			During: func(t *testing.T, phase int) {
				if phase == 1 {
					upgrade(t, false)
					if err := a.Downgrade(t.Context()); err != nil { // for the version before may write yet
						t.Error(err)
					}
				}
			},
			BeforeForget: func(t *testing.T) {
				upgrade(t, false)
				upgrade(t, true)
			},
		}
	}, histories())
}
