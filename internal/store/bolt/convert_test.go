package bolt_test

import (
	"encoding/binary"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"go.etcd.io/bbolt"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/bolt"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// formerRank is a rank as it was stored before: of 28 bytes, or for a time of 30.
func formerRank(r twin.Rank, size int) []byte {
	if size == twin.RankSize {
		return r[:]
	}
	return slices.Concat(r[:18], r[20:])
}

// formerItem is the value of an item of the form before.
func formerItem(size int, floor twin.Rank, readings ...twin.Reading) []byte {
	value := append(make([]byte, 8), formerRank(floor, size)...)
	if floor == (twin.Rank{}) {
		value = make([]byte, 8+size)
	}
	for _, r := range readings {
		raw := formerRank(r.Rank, size)
		p := r.Source.Position
		for _, f := range []string{r.Metric, r.Value, r.Unit, r.Source.Extractor, p.Stream, p.Shard, p.Sequence} {
			raw = append(binary.AppendUvarint(raw, uint64(len(f))), f...)
		}
		value = append(binary.AppendUvarint(value, uint64(len(raw))), raw...)
	}
	return value
}

// Ensure that a file of the version before opens with all that it held: readings of both layouts and of both lengths of
// ranks, floors and catalogue; once and for all.
func TestOpen_Former(t *testing.T) {
	for _, size := range []int{twin.RankSize - 2, twin.RankSize} {
		path := filepath.Join(t.TempDir(), "twin.db")
		db, err := bbolt.Open(path, 0o600, &bbolt.Options{NoFreelistSync: true})
		if err != nil {
			t.Fatal(err)
		}
		reading := func(component, metric string, at twin.Millis) twin.Reading {
			return (&twin.Change{
				Component: component, Dataset: "d", Metric: metric, Value: "1.5", Unit: "km/h", EventTime: at, ReceivedAt: at + 5,
				Revision: 2, Index: 65535,
				Extractor: "0123456789ab", Position: twin.Position{Stream: "s", Shard: "feed-0", Sequence: "7"},
			}).Reading()
		}
		wide := []twin.Reading{reading("c\x00:1", "load", 10), reading("c\x00:1", "speed", 20)}
		narrow := []twin.Reading{reading("c:2", "load", 10), reading("c:2", "speed#x", 20)}
		err = db.Update(func(tx *bbolt.Tx) error {
			items, _ := tx.CreateBucket([]byte("items"))
			datasets, _ := tx.CreateBucket([]byte("datasets"))
			newest, err := tx.CreateBucket([]byte("newest"))
			for key, value := range map[string][]byte{
				"c\x00\xff:1\x00\x01d": formerItem(size, twin.Rank{}, wide...),
				"c:2\x00\x01d#load":    formerItem(size, twin.Rank{}, narrow[0]),
				"c:2\x00\x01d#speed#x": formerItem(size, twin.Rank{}, narrow[1]),
				"c:3\x00\x01d":         formerItem(size, (&twin.Change{EventTime: 30, ReceivedAt: twin.MaxMillis}).Rank()),
			} {
				if err == nil {
					err = items.Put([]byte(key), value)
				}
			}
			for i := range 2500 { // more than are converted at once
				if err == nil {
					err = items.Put(fmt.Appendf(nil, "e:%04d\x00\x01d", i),
						formerItem(size, twin.Rank{}, reading(fmt.Sprintf("e:%04d", i), "m", 1)))
				}
			}
			if err == nil {
				err = datasets.Put([]byte("d"), []byte(`{"Name":"d","Layout":"narrow"}`))
			}
			if err == nil {
				err = newest.Put([]byte("d"), binary.BigEndian.AppendUint64(nil, 20))
			}
			return err
		})
		if err != nil || db.Close() != nil {
			t.Fatal(err)
		}
		for range 2 {
			s, err := bolt.Open(path, &bolt.Options{NoSync: true})
			if err != nil {
				t.Fatal(err)
			}
			got, err := s.Readings(t.Context(), store.ReadingQuery{Components: []string{"c\x00:1", "c:2", "c:3"},
				Datasets: []string{"d"}})
			if want := slices.Concat(wide, narrow); err != nil || !slices.Equal(got, want) {
				t.Errorf("got  %+v, %v\nwant %+v", got, err, want)
			}
			if all, err := s.Components(t.Context(), store.ComponentQuery{Datasets: []string{"d"}, Limit: 5000}); err != nil ||
				len(all) != 2502 {
				t.Errorf("%d components, %v", len(all), err)
			}
			if d, err := s.Datasets(t.Context()); err != nil || len(d) != 1 || d[0].Newest != 20 {
				t.Errorf("datasets %+v, %v", d, err)
			}
			late := &twin.Change{Component: "c:3", Dataset: "d", Metric: "m", Value: "1", EventTime: 30}
			results, err := s.Write(t.Context(), []store.Item{{Component: "c:3", Dataset: "d", Changes: []*twin.Change{late}}})
			if err != nil || results[0][0].Outcome != store.Late {
				t.Errorf("below the floor: %v, %v", results, err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}
