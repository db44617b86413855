package bolt

import (
	"bytes"
	"encoding/binary"

	"go.etcd.io/bbolt"

	"github.com/railtwin/digitaltwin/internal/store/packed"
	"github.com/railtwin/digitaltwin/internal/store/swap"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// The form of before, 1, had a bucket "items" with one item for each component and dataset, or for each of its metrics:
//
//	key    component as now, then the dataset, or dataset#metric
//	value  8 expiry in milliseconds, 28 or 30 floor, then readings, each: uvarint length, 28 or 30 rank, then metric,
//	       value, unit, extractor, stream, shard and sequence, each with a uvarint length before it
//
// A rank of 28 bytes has an index of two bytes where there are four now.
var formerBucket = []byte("items")

const formerRank = twin.RankSize - 2

// convertAtOnce is how many items are converted in a transaction.
const convertAtOnce = 1000

// convert brings a file of the form of before into the present one, and does nothing to any other.
func (s *Store) convert() error {
	for {
		done := true
		err := s.updateFile(func(file *bbolt.Tx) error {
			former := file.Bucket(formerBucket)
			if former == nil {
				return nil
			}
			cursor := former.Cursor()
			n := 0
			for key, value := cursor.First(); key != nil && n < convertAtOnce; key, value = cursor.First() {
				if err := convertItem(file, key, value); err != nil {
					return err
				}
				if err := cursor.Delete(); err != nil {
					return err
				}
				n++
			}
			if done = n < convertAtOnce; done {
				return file.DeleteBucket(formerBucket)
			}
			return nil
		})
		if err != nil || done {
			return err
		}
	}
}

func convertItem(file *bbolt.Tx, key, value []byte) error {
	component, part, ok := cutName(key)
	if !ok {
		return errCorrupt
	}
	dataset, _, _ := bytes.Cut(part, []byte("#"))
	older, err := readFormer(value, twin.RankSize)
	if err != nil {
		if older, err = readFormer(value, formerRank); err != nil {
			return err
		}
	}
	k := swap.Key{Component: component, Dataset: string(dataset)}
	parts := file.Bucket(bucketNames[partsBucket])
	it, err := openItem(parts.Get(itemKey(k)))
	if err != nil {
		return err
	}
	it.Floor = max(it.Floor, older.Floor)
	it.Block.Entries = packed.Above(packed.Join(it.Block.Entries, older.Block.Entries), it.Floor)
	it.Expiry = max(it.Expiry, older.Expiry)
	return parts.Put(itemKey(k), appendItem(nil, &it.State, it.Block.Append(nil)))
}

// readFormer reads the value of an item of the form of before, whose ranks have so many bytes.
func readFormer(value []byte, rankSize int) (s packed.State, err error) {
	s.Floor = packed.NoFloor
	if len(value) < 8+rankSize {
		return s, errCorrupt
	}
	if ends := int64(binary.BigEndian.Uint64(value)); ends > 0 {
		s.Expiry = ends/1000 + 1
	}
	if floor := value[8 : 8+rankSize]; !bytes.Equal(floor, make([]byte, rankSize)) {
		s.Floor = twin.FormerRank(floor).EventTime()
	}
	for value = value[8+rankSize:]; len(value) > 0; {
		raw, rest, ok := cut(value, 0)
		if !ok || len(raw) < rankSize {
			return s, errCorrupt
		}
		value = rest
		r := twin.Reading{Rank: twin.FormerRank(raw[:rankSize])}
		r.EventTime, r.Source.ReceivedAt = r.Rank.EventTime(), r.Rank.ReceivedAt()
		raw = raw[rankSize:]
		p := &r.Source.Position
		for _, field := range [...]*string{&r.Metric, &r.Value, &r.Unit, &r.Source.Extractor, &p.Stream, &p.Shard,
			&p.Sequence} {
			var text []byte
			if text, raw, ok = cut(raw, 0); !ok {
				return s, errCorrupt
			}
			*field = string(text)
		}
		if len(raw) > 0 {
			return s, errCorrupt
		}
		s.Block.Entries = packed.Join(s.Block.Entries, []packed.Entry{packed.EntryOf(&r)})
	}
	return s, nil
}
