package packed

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// metrics are n changes of one record, a group for each k of them.
func metrics(n, k int) (declared []twin.Metric, changes []*twin.Change) {
	for i := range n {
		name := fmt.Sprintf("axle.%d.bearing.temperature", i)
		declared = append(declared, twin.Metric{Name: name, Group: uint16(i / k)})
		changes = append(changes, &twin.Change{Metric: name, Value: "41.5", Unit: "Cel", EventTime: now, Index: uint32(i),
			Extractor: "0123456789ab", Position: positions[1]})
	}
	return declared, changes
}

// partsOf takes entries apart at cuts.
func partsOf(entries []Entry, places *Places, cuts []Place) map[uint64][]Entry {
	parts := map[uint64][]Entry{}
	for _, e := range entries {
		n := Child(0, cuts, places.Of(e.Metric))
		parts[n] = append(parts[n], e)
	}
	return parts
}

// Ensure that a block is cut into hardly more parts than it has kilobytes, each of which fits, and that no group that
// fits into a part is taken apart.
func TestCut(t *testing.T) {
	for _, tc := range []struct{ n, k, most int }{{100, 100, 4}, {200, 5, 6}, {500, 500, 16}, {500, 5, 16}, {500, 20, 16},
		{60, 30, 3}, {500, 1, 16}} {
		declared, changes := metrics(tc.n, tc.k)
		places, entries, room := NewPlaces(declared), blockOf(changes...), Room("wagon:33-80-7845-123-4", "wagon_telemetry")
		parts := partsOf(entries, places, Cut(entries, places, room, MaxParts))
		if len(parts) > tc.most {
			t.Errorf("%d metrics in groups of %d make %d parts, more than %d", tc.n, tc.k, len(parts), tc.most)
		}
		touched, all := map[string]bool{}, 0
		for number, part := range parts {
			if size := (&Block{Entries: part}).Size(); size > room {
				t.Errorf("%d metrics in groups of %d: a part has %d bytes, more than %d", tc.n, tc.k, size, room)
			}
			for _, e := range part {
				touched[fmt.Sprint(places.Of(e.Metric).group(), " ", number)] = true
			}
			all += len(part)
		}
		if all != tc.n {
			t.Errorf("%d metrics of %d are in parts", all, tc.n)
		}
		if groups := (tc.n + tc.k - 1) / tc.k; tc.k <= 30 && len(touched) > groups {
			t.Errorf("%d groups of %d metrics touch %d parts", groups, tc.k, len(touched))
		}
	}
}

// Ensure that whatever is in a block, cutting it ends, loses nothing and makes at least two parts where that can be.
func TestCut_Any(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for n := range 300 {
		var changes []*twin.Change
		for i := range 2 + n%150 {
			c := randomChange(r)
			c.Metric, c.Value = fmt.Sprintf("%s.%d", c.Metric, i), `"`+strings.Repeat("v", r.IntN(1+r.IntN(1+n*20)))+`"`
			changes = append(changes, c)
		}
		entries := blockOf(changes...)
		room := 200 + r.IntN(800)
		most := 2 + r.IntN(100)
		cuts := Cut(entries, nil, room, most)
		if parts := partsOf(entries, nil, cuts); len(cuts) == 0 || len(parts) < 2 || len(parts) > most ||
			!slices.IsSorted(cuts) {
			t.Fatalf("%d entries make %d parts with %d cuts", len(entries), len(parts), len(cuts))
		}
	}
	if cuts := Cut(blockOf(randomChange(r)), nil, 10, 64); cuts != nil {
		t.Errorf("one entry is cut at %v", cuts)
	}
}

// Ensure that the parts of a twin have numbers of their own, however often it is split.
func TestChild(t *testing.T) {
	seen := map[uint64]bool{0: true}
	cuts := []Place{10, 20, 30}
	for _, number := range []uint64{0, 1, 2, 4, 65, 130, 4161} {
		for _, at := range []Place{0, 9, 10, 19, 20, 30, 1 << 40} {
			seen[Child(number, cuts, at)] = true
		}
	}
	if len(seen) != 1+7*4 {
		t.Errorf("%d numbers of 29", len(seen))
	}
	if Child(0, cuts, 9) != 1 || Child(0, cuts, 10) != 2 || Child(0, cuts, 30) != 4 {
		t.Error("a cut does not begin its part")
	}
	number := uint64(0)
	for !Deepest(number) {
		next := Child(number, []Place{1}, 5)
		if next <= number {
			t.Fatalf("the part of %d is %d", number, next)
		}
		number = next
	}
}

// Ensure that the room of a block and the units of its item add up to whole units, whatever the names.
func TestRoom(t *testing.T) {
	for _, component := range []string{"c:1", "wagon:33-80-7845-123-4", strings.Repeat("x", 600),
		strings.Repeat("x", 1024)} {
		for _, dataset := range []string{"d", "wagon_telemetry", strings.Repeat("d", 255)} {
			room := Room(component, dataset)
			names := around + len(component) + 2*len(dataset)
			if (room+names)%unit != 0 || room < 256 || Units(component, dataset, room)+1 != Units(component, dataset, room+1) {
				t.Errorf("%d and %d bytes of names leave %d", len(component), len(dataset), room)
			}
		}
	}
}

// Ensure that a metric is placed by its own declaration before that of a pattern, and one that is not declared at all
// with the last group, always at the same place.
func TestPlaces(t *testing.T) {
	p := NewPlaces([]twin.Metric{{Name: "*.temperature", Group: 1}, {Name: "cargo.temperature", Group: 2},
		{Name: "speed", Group: 3}})
	for metric, group := range map[string]uint16{"axle.temperature": 1, "cargo.temperature": 2, "speed": 3, "other": 3} {
		for range 2 {
			if at := p.Of(metric); at.group() != group {
				t.Errorf("%s is in group %d, want %d", metric, at.group(), group)
			}
		}
	}
	for i := range 2 * mostKnown {
		p.Of(fmt.Sprint("m", i))
	}
	if len(p.known) > mostKnown {
		t.Errorf("%d places are remembered", len(p.known))
	}
}
