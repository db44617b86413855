package bolt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// A key is the component with each zero byte written as 00 FF, then 00 01, then the part. So keys are
// in the byte order of components, and no component's keys stand between those of another.

func appendComponent(key []byte, component string) []byte {
	for i := 0; i < len(component); i++ {
		if key = append(key, component[i]); component[i] == 0 {
			key = append(key, 0xff)
		}
	}
	return key
}

func itemPrefix(component string) []byte {
	return append(appendComponent(make([]byte, 0, len(component)+64), component), 0, 1)
}

func itemKey(component, part string) []byte { return append(itemPrefix(component), part...) }

// splitKey returns the component and the part of a key.
func splitKey(key []byte) (component, part []byte) {
	end := bytes.Index(key, []byte{0, 1})
	if end < 0 {
		return key, nil
	}
	component, part = key[:end], key[end+2:]
	if bytes.IndexByte(component, 0) >= 0 {
		component = bytes.ReplaceAll(component, []byte{0, 0xff}, []byte{0})
	}
	return component, part
}

// datasetOf returns the dataset of a part.
func datasetOf(part []byte) []byte {
	dataset, _, _ := bytes.Cut(part, []byte("#"))
	return dataset
}

// An item is
//
//	8   TTL, milliseconds; 0 for never
//	30  floor; zero where nothing was forgotten
//	    readings in the order of metrics, each: uvarint length of what follows, 30 rank, then metric,
//	    value, unit, extractor, stream, shard and sequence, each with a uvarint length before it
//
// The event time and the received-at stand in the rank.
type item struct {
	ttl     twin.Millis
	floor   twin.Rank
	entries []entry
	size    int // encoded
}

// entry is a reading as it is encoded, its length left out.
type entry struct {
	metric []byte
	raw    []byte
}

const itemHeader = 8 + twin.RankSize

var errCorrupt = errors.New("an item is not in the form that this version writes")

// decodeItem reads an item, which refers to the memory of data. No data is an empty item.
func decodeItem(data []byte) (it item, err error) {
	if it.size = itemHeader; data == nil {
		return it, nil
	}
	if len(data) < itemHeader {
		return it, errCorrupt
	}
	it.ttl = twin.Millis(binary.BigEndian.Uint64(data))
	it.floor = twin.Rank(data[8:itemHeader])
	it.size = len(data)
	for data = data[itemHeader:]; len(data) > 0; {
		var e entry
		if e.raw, data, err = cut(data); err != nil {
			return it, err
		}
		if len(e.raw) < twin.RankSize {
			return it, errCorrupt
		}
		if e.metric, _, err = cut(e.raw[twin.RankSize:]); err != nil {
			return it, err
		}
		it.entries = append(it.entries, e)
	}
	return it, nil
}

// hasReadings reports whether the item with this encoding holds any, and not only a floor.
func hasReadings(data []byte) bool { return len(data) > itemHeader }

func (it *item) encode() []byte {
	data := make([]byte, 0, it.size)
	data = binary.BigEndian.AppendUint64(data, uint64(it.ttl))
	data = append(data, it.floor[:]...)
	for _, e := range it.entries {
		data = binary.AppendUvarint(data, uint64(len(e.raw)))
		data = append(data, e.raw...)
	}
	return data
}

// find returns where a metric stands, or would.
func (it *item) find(metric string) (int, bool) {
	return slices.BinarySearchFunc(it.entries, metric, func(e entry, m string) int {
		return bytes.Compare(e.metric, []byte(m))
	})
}

func (e entry) rank() twin.Rank { return twin.Rank(e.raw[:twin.RankSize]) }

func (e entry) size() int {
	var b [binary.MaxVarintLen64]byte
	return binary.PutUvarint(b[:], uint64(len(e.raw))) + len(e.raw)
}

func newEntry(r *twin.Reading) entry {
	p := r.Source.Position
	fields := [...]string{r.Metric, r.Value, r.Unit, r.Source.Extractor, p.Stream, p.Shard, p.Sequence}
	size := twin.RankSize
	for _, f := range fields {
		size += len(f) + 2
	}
	raw := append(make([]byte, 0, size), r.Rank[:]...)
	for _, f := range fields {
		raw = binary.AppendUvarint(raw, uint64(len(f)))
		raw = append(raw, f...)
	}
	return entry{metric: []byte(r.Metric), raw: raw}
}

// reading decodes e.
func (e entry) reading(component, dataset string) (twin.Reading, error) {
	rank := e.rank()
	r := twin.Reading{Component: component, Dataset: dataset, Rank: rank, EventTime: rank.EventTime()}
	r.Source.ReceivedAt = rank.ReceivedAt()
	rest := e.raw[twin.RankSize:]
	p := &r.Source.Position
	for _, field := range [...]*string{&r.Metric, &r.Value, &r.Unit, &r.Source.Extractor, &p.Stream, &p.Shard, &p.Sequence} {
		var text []byte
		var err error
		if text, rest, err = cut(rest); err != nil {
			return r, err
		}
		*field = string(text)
	}
	return r, nil
}

// cut takes a length and as many bytes off data.
func cut(data []byte) (head, rest []byte, err error) {
	n, size := binary.Uvarint(data)
	if size <= 0 || n > uint64(len(data)-size) {
		return nil, nil, errCorrupt
	}
	return data[size : size+int(n)], data[size+int(n):], nil
}
