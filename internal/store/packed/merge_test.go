package packed

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/twin"
)

func same(a, b []Entry) bool { return slices.Equal(readings(a), readings(b)) }

// Ensure that joining is associative, commutative and idempotent, with floors on the way: what is kept depends on the
// set of what was joined.
func TestJoin_Properties(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for range 3000 {
		a, b, c := blockOf(randomChanges(r, r.IntN(12))...), blockOf(randomChanges(r, r.IntN(12))...),
			blockOf(randomChanges(r, r.IntN(12))...)
		if !same(Join(a, b), Join(b, a)) {
			t.Fatalf("not commutative: %v %v", readings(a), readings(b))
		}
		if !same(Join(Join(a, b), c), Join(a, Join(b, c))) {
			t.Fatalf("not associative: %v %v %v", readings(a), readings(b), readings(c))
		}
		if !same(Join(a, a), a) || !same(Join(Join(a, b), b), Join(a, b)) {
			t.Fatalf("not idempotent: %v %v", readings(a), readings(b))
		}
		floor := now + twin.Millis(r.IntN(5)-1)
		if !same(Above(Join(a, b), floor), Join(Above(a, floor), Above(b, floor))) {
			t.Fatalf("a floor of %d depends on when it is set: %v %v", floor, readings(a), readings(b))
		}
	}
}

// Ensure that an offer is judged by what joining does, and that equal ranks with other lineages end alike whichever
// comes first.
func TestOffer(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	seen := map[Verdict]int{}
	for range 5000 {
		changes := randomChanges(r, 1+r.IntN(12))
		stored, again := blockOf(changes...), *changes[0]
		again.Position = positions[r.IntN(len(positions))]
		offered := blockOf(append(randomChanges(r, r.IntN(6)), &again)...)
		floor := NoFloor
		if r.IntN(2) == 0 {
			floor = now + twin.Millis(r.IntN(3))
		}
		verdicts := make([]Verdict, len(offered))
		Offer(stored, offered, floor, verdicts)
		for i, v := range verdicts {
			seen[v]++
			o := &offered[i]
			at := slices.IndexFunc(stored, func(e Entry) bool { return e.Metric == o.Metric && e.EventTime > floor })
			want := Wins
			switch {
			case o.EventTime <= floor:
				want = Covered
			case at < 0:
			case o.rank() == stored[at].rank() && o.Compare(&stored[at]) > 0:
				want = Replaces
			case o.rank() == stored[at].rank():
				want = Equal
			case !o.rank().Wins(stored[at].rank()):
				want = Loses
			}
			if v != want {
				t.Fatalf("%+v against %+v with floor %d: %d, want %d", o, readings(stored), floor, v, want)
			}
		}
	}
	if len(seen) != 5 {
		t.Errorf("verdicts %v", seen)
	}
}

// Ensure that an expiry covers the newest reading and the floor, rounds up, and is never lowered.
func TestState_Expire(t *testing.T) {
	entry := func(at twin.Millis) []Entry { return blockOf(&twin.Change{Metric: "m", Value: "1", EventTime: at}) }
	for _, tc := range []struct {
		name  string
		state State
		after time.Duration
		want  int64
	}{
		{"none", State{Block: Block{Entries: entry(now)}, Floor: NoFloor, Expiry: 7}, 0, 0},
		{"by the newest", State{Block: Block{Entries: entry(now)}, Floor: now - 5000}, time.Hour, int64(now)/1000 + 3600},
		{"rounded up", State{Block: Block{Entries: entry(now + 1)}, Floor: NoFloor}, time.Hour, int64(now)/1000 + 3601},
		{"before 1970", State{Block: Block{Entries: entry(-3_600_000 - 1500)}, Floor: NoFloor, Expiry: -9}, time.Hour, -1},
		{"by the floor", State{Block: Block{Entries: entry(now)}, Floor: now + 5000}, time.Hour, int64(now)/1000 + 3605},
		{"by the floor alone", State{Floor: now}, time.Hour, int64(now)/1000 + 3600},
		{"not lowered", State{Block: Block{Entries: entry(now)}, Floor: NoFloor, Expiry: int64(now)/1000 + 9999}, time.Hour,
			int64(now)/1000 + 9999},
		{"split", State{Block: Block{Cuts: []Place{1}}, Floor: now, Expiry: 7}, time.Hour, 0},
		{"nothing", State{Floor: NoFloor, Expiry: 7}, time.Hour, 7},
	} {
		if tc.state.Expire(tc.after); tc.state.Expiry != tc.want {
			t.Errorf("%s: %d, want %d", tc.name, tc.state.Expiry, tc.want)
		}
	}
	if Expired(now, 0, now+1e12) || Expired(now, time.Hour, now+3_600_000) || !Expired(now, time.Hour, now+3_600_001) {
		t.Error("an age is judged wrong")
	}
}

// Ensure that a tag tells floors and blocks apart.
func TestTagOf(t *testing.T) {
	tags := map[Tag]bool{}
	for _, floor := range []twin.Millis{NoFloor, 0, now} {
		for _, block := range []string{"", "a", "b"} {
			tags[TagOf(floor, []byte(block))] = true
		}
	}
	if len(tags) != 9 {
		t.Errorf("%d tags of 9", len(tags))
	}
}
