package feed

import (
	"reflect"
	"slices"
	"testing"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// sample is a batch with everything in it.
func sample() *Batch {
	change := twin.Change{
		Dataset: "d", Component: "wagon:1", Metric: "speed", Value: "81.5", Unit: "km/h", EventTime: 1_790_000_000_000,
		Extractor:  "0123456789ab",
		ReceivedAt: 1_790_000_000_100, Position: twin.Position{Stream: "s", Shard: "shardId-000000000001", Sequence: "4959"},
	}
	b := &Batch{
		Forgotten: []Forgotten{
			{Component: "wagon:2", Before: -5, Lost: []Lost{{"d", "speed", -6}, {"e", "speed", -5}}},
			{Component: "wagon:1", Dataset: "e", Before: 7, Lost: []Lost{{"e", "load", 7}}},
		},
		Changes: []Change{{Reading: change.Reading(), Hidden: []string{"e", "f"}}},
	}
	change.Metric, change.Value, change.Unit = "load\n", `"<\u0000>"`, ""
	b.Changes = append(b.Changes, Change{Reading: change.Reading(), Shown: []string{"e"}})
	for i := range b.Changes {
		b.Changes[i].Rank = twin.Rank{} // which is not kept
	}
	return b
}

// Ensure that a batch comes back as it was, and that no part of one is taken for another.
func TestBatch_Encode(t *testing.T) {
	for _, b := range []*Batch{{}, sample()} {
		data := b.Encode([]byte("x"))[1:]
		got, err := Decode(data)
		if err != nil || !reflect.DeepEqual(got, b) {
			t.Errorf("got %+v, %v", got, err)
		}
		for n := range data {
			if part, err := Decode(data[:n]); err == nil && reflect.DeepEqual(part, b) {
				t.Errorf("%d bytes of %d are all of it", n, len(data))
			}
		}
	}
}

// Ensure that a batch is split into parts that together are the same, in the same order.
func TestBatch_Split(t *testing.T) {
	b := sample()
	for bytes := range 1000 {
		var all Batch
		parts := b.Split(bytes)
		for _, p := range parts {
			if len(all.Changes) > 0 && len(p.Forgotten) > 0 {
				t.Fatal("something forgotten follows a change")
			}
			if p.Empty() || p.Size() > bytes && len(p.Forgotten)+len(p.Changes) > 1 {
				t.Fatalf("a part of %d bytes, of at most %d", p.Size(), bytes)
			}
			all.Forgotten, all.Changes = append(all.Forgotten, p.Forgotten...), append(all.Changes, p.Changes...)
		}
		if !reflect.DeepEqual(&all, b) {
			t.Fatalf("%d parts are %+v", len(parts), all)
		}
	}
	if parts := (&Batch{}).Split(10); len(parts) != 0 {
		t.Errorf("nothing is %d parts", len(parts))
	}
}

// FuzzDecode holds that no bytes do harm, and that what is read can be written and read again.
func FuzzDecode(f *testing.F) {
	f.Add(sample().Encode(nil))
	f.Add([]byte{batchVersion, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := Decode(data)
		if err != nil {
			return
		}
		again, err := Decode(b.Encode(nil))
		if err != nil || !reflect.DeepEqual(again, b) {
			t.Errorf("%+v became %+v, %v", b, again, err)
		}
		if n := b.Size(); n < 0 || slices.ContainsFunc(b.Split(n/2+1), (*Batch).Empty) {
			t.Errorf("%d bytes", n)
		}
	})
}
