package twin_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// Ensure that changes are ordered as their ranks are, and by where they came from where those tie.
func TestChange_Compare(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	pick := func(values ...string) string { return values[r.IntN(len(values))] }
	change := func() *twin.Change {
		return &twin.Change{
			EventTime: twin.Millis(r.IntN(3) - 1), Revision: uint16(r.IntN(2)), ReceivedAt: twin.Millis(r.IntN(3) - 1),
			Index: uint32(r.IntN(2)),
			Value: pick("1", "2"), Unit: pick("", "m"), Extractor: pick("a", "b"),
			Position: twin.Position{Stream: pick("s", "t"), Shard: pick("", "0"), Sequence: pick("1", "10", "2")},
		}
	}
	for range 20_000 {
		a, b, c := change(), change(), change()
		got := a.Compare(b)
		x, y := a.Rank(), b.Rank()
		if want := strings.Compare(string(x[:]), string(y[:])); want != 0 && got != want {
			t.Fatalf("%+v, %+v: %d, by rank %d", a, b, got, want)
		}
		if (got == 0) != (*a == *b) || got != -b.Compare(a) {
			t.Fatalf("%+v, %+v: %d and %d", a, b, got, b.Compare(a))
		}
		if a.SameRank(b) != (x == y) {
			t.Fatalf("%+v, %+v: the same rank: %v", a, b, a.SameRank(b))
		}
		if got > 0 && b.Compare(c) > 0 && a.Compare(c) <= 0 {
			t.Fatalf("not transitive: %+v, %+v, %+v", a, b, c)
		}
	}
}
