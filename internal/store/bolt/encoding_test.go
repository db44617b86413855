package bolt

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// FuzzKey ensures that keys give back what they are made of, that they lie in the order of the bytes
// of components, and that no component's keys mix with those of another.
func FuzzKey(f *testing.F) {
	f.Add("a", "a\x00", "d", "d#m")
	f.Add("a\x00\x01", "a\x00\xff", "", "#")
	f.Add("", "\x00", "\x00\x01", "x")
	f.Fuzz(func(t *testing.T, a, b, part1, part2 string) {
		x, y := itemKey(a, part1), itemKey(b, part2)
		if component, part := splitKey(x); string(component) != a || string(part) != part1 {
			t.Fatalf("%q %q came back as %q %q", a, part1, component, part)
		}
		if want := strings.Compare(a, b); want != 0 && bytes.Compare(x, y) != want {
			t.Fatalf("%q and %q lie in the wrong order", a, b)
		}
		if bytes.HasPrefix(y, itemPrefix(a)) != (a == b) {
			t.Fatalf("a key of %q is taken for one of %q", b, a)
		}
		if bytes.HasPrefix(y, appendComponent(nil, a)) != strings.HasPrefix(b, a) {
			t.Fatalf("the prefix %q does not fit the key of %q", a, b)
		}
		if after := afterComponent(appendComponent(nil, a)); (bytes.Compare(y, after) > 0) != (b > a) {
			t.Fatalf("%q does not lie right of what comes after %q", b, a)
		}
	})
}

// FuzzDecodeItem ensures that no bytes make the decoder fail, and that what it reads is what it would
// write, its size included.
func FuzzDecodeItem(f *testing.F) {
	var it item
	it.size = itemHeader
	for _, m := range []string{"speed", "load"} {
		r := (&twin.Change{Component: "c", Dataset: "d", Metric: m, Value: "1", Unit: "t", Extractor: "e", EventTime: 5, ReceivedAt: 6}).Reading()
		r.Source.Position = twin.Position{Stream: "s", Shard: "0", Sequence: "1"}
		it.offer(&r)
	}
	f.Add(it.encode())
	f.Add([]byte{})
	f.Add(it.encode()[:itemHeader+3])
	f.Fuzz(func(t *testing.T, data []byte) {
		it, err := decodeItem(data)
		if err != nil {
			return
		}
		readings, err := it.appendReadings(nil, "c", "d", nil)
		if err != nil {
			return
		}
		again := item{ttl: it.ttl, floor: it.floor, size: itemHeader}
		for i := range readings {
			e := newEntry(&readings[i])
			again.entries = append(again.entries, e)
			again.size += e.size()
		}
		encoded := again.encode()
		if len(encoded) != again.size {
			t.Fatalf("it counts %d bytes and has %d", again.size, len(encoded))
		}
		third, err := decodeItem(encoded)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := third.appendReadings(nil, "c", "d", nil); err != nil || !slices.Equal(got, readings) {
			t.Fatalf("%v came back as %v, %v", readings, got, err)
		}
	})
}

// Ensure that a file with an item that this version did not write is reported, with the item.
func TestStore_Corrupt(t *testing.T) {
	s, err := Open(t.TempDir()+"/twin.db", &Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	good := (&twin.Change{Component: "c", Dataset: "d", Metric: "speed", Value: "1", EventTime: 5}).Reading()
	it := item{size: itemHeader}
	it.offer(&good)
	for _, data := range [][]byte{{1}, it.encode()[:itemHeader+5], append(it.encode(), 0xff), append(it.encode(), 1, 1), append(it.encode(), append([]byte{twin.RankSize + 1}, bytes.Repeat([]byte{9}, twin.RankSize+1)...)...)} {
		err := s.db.Update(func(tx *bbolt.Tx) error { return tx.Bucket(itemsBucket).Put(itemKey("c", "d"), data) })
		if err != nil {
			t.Fatal(err)
		}
		if results, err := s.Write(t.Context(), []store.Item{{Component: "c", Dataset: "d", Readings: []twin.Reading{good}}}); err == nil || results[0][0].Outcome != store.Unfinished || !strings.Contains(err.Error(), "d of c") {
			t.Errorf("writing onto %x: %v %v", data, results, err)
		}
		if _, err := s.Readings(t.Context(), store.ReadingQuery{Components: []string{"c"}, Datasets: []string{"d"}}); err == nil {
			t.Errorf("%x is read", data)
		}
		if err := s.Forget(t.Context(), "c", 1); err == nil {
			t.Errorf("%x is forgotten", data)
		}
	}
	err = s.db.Update(func(tx *bbolt.Tx) error { return tx.Bucket(datasetsBucket).Put([]byte("d"), []byte("{")) })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Datasets(t.Context()); err == nil || !strings.Contains(err.Error(), "dataset d") {
		t.Errorf("the catalogue: %v", err)
	}
}
