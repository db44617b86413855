package stream

import (
	"cmp"
	"fmt"
	"hash/maphash"
	"slices"
	"strconv"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// Record is one record of the twin stream.
type Record struct {
	Key   string // the partition key
	Data  []byte
	First int // the first source record that a change in it came from, as given to the [Packer]
}

const (
	// DefaultSize is the size in bytes that a record is filled up to: one PUT payload unit of Kinesis
	// (25 KB). Larger records cost as many units for the same bytes, and make a failed record repeat
	// more changes.
	DefaultSize = 25_000
	// MaxSize is the greatest size of a record, key included.
	MaxSize = 1 << 20
	// Keys is the number of partition keys.
	Keys = 64
)

// keys are the partition keys in decimal, so that none is made for each record.
var keys = func() (k [Keys]string) {
	for i := range k {
		k[i] = strconv.Itoa(i)
	}
	return k
}()

// PartitionKey returns hash(component) mod 64 in decimal. The changes of a component keep together, so
// that they fold where they are applied, and those of many components share records.
func PartitionKey(component string) string { return keys[bucket(component)] }

// bucket is FNV-1a, folded so that every bit counts in the lowest six.
func bucket[T string | []byte](component T) int {
	h := uint64(14695981039346656037)
	for i := 0; i < len(component); i++ {
		h = (h ^ uint64(component[i])) * 1099511628211
	}
	h ^= h >> 32
	h ^= h >> 16
	return int(h % Keys)
}

// TooLargeError says that a change does not fit into a record of the stream.
type TooLargeError struct{ Size int }

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("stream: a change of %d bytes does not fit into a record of %d", e.Size, MaxSize)
}

// Packer gathers changes into records by partition key. It reuses its memory, so packing allocates
// nothing in the long run. It belongs to one goroutine.
type Packer struct {
	size int
	open [Keys]Record
	full []Record
	free [][]byte
	memo memo
}

// NewPacker returns a packer that fills records up to size bytes; 0 stands for [DefaultSize]. A greater
// change has a record of its own.
func NewPacker(size int) *Packer {
	if size <= 0 {
		size = DefaultSize
	}
	p := &Packer{size: min(size, MaxSize-2), memo: memo{seed: maphash.MakeSeed()}}
	for i := range p.open {
		p.open[i].Key = keys[i]
	}
	return p
}

// Add packs a change that came from the given source record; these are numbered upwards. The error is
// a [*TooLargeError], and then the change is left out.
func (p *Packer) Add(c *twin.Change, source int) error {
	r, start := p.begin(bucket(c.Component), source)
	r.Data = AppendChange(r.Data, c)
	return p.end(r, start, source)
}

// AddRow packs a row as [AppendRow] writes it.
func (p *Packer) AddRow(head, tail []byte, row *Row, source int) error {
	p.memo.remember(head, row)
	r, start := p.begin(p.memo.key, source)
	r.Data = p.memo.appendRow(r.Data, tail, row)
	return p.end(r, start, source)
}

// begin returns the open record of a key and the length of what it holds.
func (p *Packer) begin(key, source int) (r *Record, start int) {
	r = &p.open[key]
	if start = len(r.Data); start == 0 {
		r.First = source
		if r.Data == nil {
			r.Data = p.buffer()
		}
		return r, 0
	}
	r.Data = append(r.Data, '\n')
	return r, start
}

// end closes the record before the change that was just written from start on if the two are too much.
func (p *Packer) end(r *Record, start, source int) error {
	written := r.Data[start:]
	if start > 0 {
		written = written[1:] // the line feed
	}
	if len(written)+len(r.Key) > MaxSize {
		err := &TooLargeError{Size: len(written)}
		r.Data = r.Data[:start]
		return err
	}
	if start > 0 && len(r.Data) > p.size {
		next := append(p.buffer(), written...)
		p.full = append(p.full, Record{Key: r.Key, Data: r.Data[:start], First: r.First})
		r.Data, r.First = next, source
	}
	return nil
}

func (p *Packer) buffer() []byte {
	if n := len(p.free); n > 0 {
		b := p.free[n-1]
		p.free = p.free[:n-1]
		return b
	}
	return make([]byte, 0, min(p.size, DefaultSize)/8)
}

// Records closes all records and returns them, those of the earliest sources first. They are valid
// until Reset.
func (p *Packer) Records() []Record {
	for i := range p.open {
		if r := &p.open[i]; len(r.Data) > 0 {
			p.full = append(p.full, *r)
			r.Data = nil
		}
	}
	slices.SortStableFunc(p.full, func(a, b Record) int { return cmp.Compare(a.First, b.First) })
	return p.full
}

// Reset forgets all changes and takes the memory of the records back.
func (p *Packer) Reset() {
	p.Records()
	for _, r := range p.full {
		p.free = append(p.free, r.Data[:0])
	}
	p.full = p.full[:0]
}
