package packed

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/twin"
)

const now twin.Millis = 1_790_000_000_000

var positions = []twin.Position{
	{},
	{Stream: "wagons", Shard: "shardId-000000000003",
		Sequence: "49590338271490256608559692538361571095921575989136588898"},
	{Stream: "wagons", Shard: "shardId-000000000000", Sequence: "0"},
	{Stream: "wagons", Shard: "shardId-999999999999", Sequence: "007"},
	{Stream: "a/b", Sequence: "12x"},
	{Shard: "shardId-7"},
	{Stream: "file:///tmp/x", Shard: "shardId-0000000000001", Sequence: strings.Repeat("9", 100)},
	{Stream: "s", Shard: "ä", Sequence: strings.Repeat("9", 101)},
}

// randomChange is a change of few metrics and times, so that many meet.
func randomChange(r *rand.Rand) *twin.Change {
	c := &twin.Change{
		Component: "c:1", Dataset: "d",
		Metric: fmt.Sprintf([]string{"axle.%d.bearing.temperature", "m%d", "%d", "ä%d\u0301"}[r.IntN(4)], r.IntN(4)),
		Value:  []string{"1", "41.5", `{"lat":1}`, "null", "2"}[r.IntN(5)], Unit: []string{"", "Cel", "km/h"}[r.IntN(3)],
		EventTime: now + twin.Millis(r.IntN(4)), Revision: uint16(r.IntN(2)), Index: uint32(r.IntN(3)),
		Extractor: []string{"", "0123456789ab", "0123456789AB", "flink"}[r.IntN(4)],
		Position:  positions[r.IntN(len(positions))],
	}
	if r.IntN(2) == 0 {
		c.ReceivedAt = now + twin.Millis(r.IntN(3)-1)
	}
	return c
}

// blockOf joins changes into entries, one by one.
func blockOf(changes ...*twin.Change) []Entry {
	var entries []Entry
	for _, c := range changes {
		entries = Join(entries, []Entry{NewEntry(c, nil)})
	}
	return entries
}

func randomChanges(r *rand.Rand, n int) []*twin.Change {
	changes := make([]*twin.Change, n)
	for i := range changes {
		changes[i] = randomChange(r)
	}
	return changes
}

// readings are entries as a reader gets them.
func readings(entries []Entry) []twin.Reading {
	out := make([]twin.Reading, len(entries))
	for i := range entries {
		out[i] = entries[i].Reading("c:1", "d")
	}
	return out
}

// Ensure that a block opens as what it was made of, whatever that is, and that each field of a change comes back.
func TestBlock_RoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for n := range 3000 {
		changes := randomChanges(r, n%40)
		b := Block{Share: r.IntN(2) * r.IntN(MaxParts), Entries: blockOf(changes...)}
		if n%10 == 0 {
			b = Block{Share: b.Share, Cuts: []Place{0, 1, 1<<48 - 1}[r.IntN(3):]}
		}
		opened, err := Open(b.Append(nil))
		if err != nil {
			t.Fatal(err)
		}
		if opened.Share != b.Share || !slices.Equal(opened.Cuts, b.Cuts) ||
			!slices.Equal(readings(opened.Entries), readings(b.Entries)) {
			t.Fatalf("%+v opens as %+v", readings(b.Entries), readings(opened.Entries))
		}
		for i, reading := range readings(opened.Entries) {
			want := bestOf(changes, reading.Metric).Reading()
			if reading != want {
				t.Fatalf("%d: got %+v, want %+v", i, reading, want)
			}
			if again := EntryOf(&reading); again.Compare(&opened.Entries[i]) != 0 {
				t.Fatalf("the entry of %+v is %+v", reading, again)
			}
		}
	}
}

func bestOf(changes []*twin.Change, metric string) *twin.Change {
	var best *twin.Change
	for _, c := range changes {
		if c.Metric == metric && (best == nil || c.Compare(best) > 0) {
			best = c
		}
	}
	return best
}

// Ensure that the form is canonical: the bytes depend on the readings alone, not on how they were joined or opened.
func TestBlock_Canonical(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for n := range 1000 {
		changes := randomChanges(r, n%40)
		want := (&Block{Entries: blockOf(changes...)}).Append(nil)
		for range 3 {
			r.Shuffle(len(changes), func(i, j int) { changes[i], changes[j] = changes[j], changes[i] })
			half := len(changes) / 2
			joined := Join(blockOf(changes[:half]...), blockOf(changes[half:]...))
			if got := (&Block{Entries: joined}).Append(nil); !bytes.Equal(got, want) {
				t.Fatalf("%x\n%x", got, want)
			}
		}
		opened, err := Open(want)
		if err != nil {
			t.Fatal(err)
		}
		if got := opened.Append(nil); !bytes.Equal(got, want) {
			t.Fatalf("opened and written: %x\n%x", got, want)
		}
	}
}

// Ensure that blocks of the sizes that the costs are planned with stay that small.
func TestBlock_Size(t *testing.T) {
	for _, tc := range []struct{ metrics, most int }{{1, 150}, {15, 400}, {40, 800}} {
		var changes []*twin.Change
		for i := range tc.metrics {
			changes = append(changes, &twin.Change{
				Metric: fmt.Sprintf("axle.%d.bearing.temperature", i), Value: "41.5", Unit: "Cel", EventTime: now,
				ReceivedAt: now + 900, Revision: 1, Index: uint32(i),
				Extractor: "0123456789ab", Position: twin.Position{Stream: "wagon-telemetry-SourceStream3F2A91C7-Qm4Xk0aZ8bTy",
					Shard: "shardId-000000000002", Sequence: positions[1].Sequence},
			})
		}
		if got := (&Block{Entries: blockOf(changes...)}).Size(); got > tc.most {
			t.Errorf("%d metrics take %d bytes, more than %d", tc.metrics, got, tc.most)
		}
	}
}

// Ensure that whatever is opened is a block or an error, never a crash, and that a block means the same when it is
// written and opened again.
func FuzzOpen(f *testing.F) {
	r := rand.New(rand.NewPCG(3, 3))
	for n := range 20 {
		f.Add((&Block{Entries: blockOf(randomChanges(r, n)...)}).Append(nil))
	}
	f.Add((&Block{Cuts: []Place{3, 5}}).Append(nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := Open(data)
		if err != nil {
			if !errors.Is(err, ErrForm) {
				t.Errorf("the error is %v", err)
			}
			return
		}
		again, err := Open(b.Append(nil))
		if err != nil || !reflect.DeepEqual(readings(again.Entries), readings(b.Entries)) ||
			!slices.Equal(again.Cuts, b.Cuts) || again.Share != b.Share {
			t.Errorf("%v: %+v\n%+v", err, b, again)
		}
	})
}

// Ensure that every cut of a block, and every byte of it that is another, is a block or an error.
func TestOpen_Damaged(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	data := (&Block{Entries: blockOf(randomChanges(r, 30)...)}).Append(nil)
	for i := range data {
		if _, err := Open(data[:i]); err != nil && !errors.Is(err, ErrForm) {
			t.Fatal(err)
		}
		for bit := range 8 {
			other := bytes.Clone(data)
			other[i] ^= 1 << bit
			if _, err := Open(other); err != nil && !errors.Is(err, ErrForm) {
				t.Fatal(err)
			}
		}
	}
	later := bytes.Clone(data)
	later[0] = version + 1
	if _, err := Open(later); !errors.Is(err, ErrForm) {
		t.Errorf("a later version: %v", err)
	}
}

// BenchmarkBlock opens, joins and writes the block of a component of 15 metrics.
func BenchmarkBlock(b *testing.B) {
	changes := func(at twin.Millis) (all []*twin.Change) {
		for i := range 15 {
			all = append(all, &twin.Change{
				Metric: fmt.Sprintf("axle.%02d.bearing.temperature", i), Value: "41.5", Unit: "Cel", EventTime: now + at,
				ReceivedAt: now + at + 900, Index: uint32(i),
				Extractor: "0123456789ab", Position: positions[1],
			})
		}
		return all
	}
	data := (&Block{Entries: blockOf(changes(0)...)}).Append(nil)
	next := changes(1000)
	b.ReportAllocs()
	for b.Loop() {
		opened, err := Open(data)
		if err != nil {
			b.Fatal(err)
		}
		offered := make([]Entry, 0, len(next))
		var last *Entry
		for _, c := range next {
			offered = append(offered, NewEntry(c, last))
			last = &offered[len(offered)-1]
		}
		verdicts := make([]Verdict, len(offered))
		Offer(opened.Entries, offered, NoFloor, verdicts)
		opened.Entries = Join(opened.Entries, offered)
		block := opened.Append(make([]byte, 0, 1024))
		_ = TagOf(NoFloor, block)
	}
}
