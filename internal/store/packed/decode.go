package packed

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// ErrForm is the error of [Open] for what this version cannot read.
var ErrForm = errors.New("packed: a block is damaged, or of a later version")

// Open reads a block. It keeps no reference to data.
func Open(data []byte) (*Block, error) {
	d := &decoder{rest: string(data)}
	b := &Block{}
	if v := d.byte(); v != version {
		return nil, fmt.Errorf("%w: version %d", ErrForm, v)
	}
	b.Share = d.int()
	for range d.count(placeSize) {
		b.Cuts = append(b.Cuts, placeFrom(d.take(placeSize)))
	}
	d.tables()
	var before twin.Millis
	for d.rest != "" && !d.bad {
		before = d.run(b, before)
	}
	if d.bad {
		return nil, ErrForm
	}
	return b, d.order(b)
}

// decoder reads a block from the front. Once something is wrong, bad is set and all that it gives is zero.
type decoder struct {
	rest     string
	bad      bool
	runs     int
	sequence string // of the run before
	origins  []Lineage
	units    []string
}

func (d *decoder) fail() { d.bad, d.rest = true, "" }

func (d *decoder) byte() byte {
	if d.rest == "" {
		d.fail()
		return 0
	}
	v := d.rest[0]
	d.rest = d.rest[1:]
	return v
}

func (d *decoder) uvarint() uint64 {
	var v uint64
	for shift := 0; shift < 64; shift += 7 {
		b := d.byte()
		if shift == 63 && b > 1 {
			break
		}
		v |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return v
		}
	}
	d.fail()
	return 0
}

func (d *decoder) varint() int64 {
	v := d.uvarint()
	return int64(v>>1) ^ -int64(v&1)
}

// int reads a length or a number of bytes.
func (d *decoder) int() int {
	v := d.uvarint()
	if v > 1<<30 {
		d.fail()
		return 0
	}
	return int(v)
}

// count reads how many things of at least so many bytes follow.
func (d *decoder) count(size int) int {
	n := d.int()
	if n > len(d.rest)/size {
		d.fail()
		return 0
	}
	return n
}

func (d *decoder) take(n int) string {
	if n > len(d.rest) {
		d.fail()
		return ""
	}
	s := d.rest[:n]
	d.rest = d.rest[n:]
	return s
}

func (d *decoder) text() string { return d.take(d.int()) }

func (d *decoder) tables() {
	d.origins = make([]Lineage, d.count(3))
	for i := range d.origins {
		o := &d.origins[i]
		if n := d.int(); n&1 == 1 {
			o.Extractor = toHex(d.take(6))
		} else {
			o.Extractor = d.take(n >> 1)
		}
		o.Stream = d.text()
		if n := d.uvarint(); n&1 == 1 {
			o.Shard = shardName(n >> 1)
		} else if n>>1 > uint64(len(d.rest)) {
			d.fail()
		} else {
			o.Shard = d.take(int(n >> 1))
		}
	}
	d.units = make([]string, d.count(1))
	for i := range d.units {
		d.units[i] = d.text()
	}
}

// run reads a run and returns its event time.
func (d *decoder) run(b *Block, before twin.Millis) twin.Millis {
	var head Entry
	if d.runs == 0 {
		head.EventTime = twin.Millis(d.varint())
	} else {
		head.EventTime = before + twin.Millis(d.uvarint())
	}
	d.runs++
	revision := d.uvarint()
	if revision>>1 > 0xffff {
		d.fail()
	}
	if head.Revision = uint16(revision >> 1); revision&1 == 1 {
		head.ReceivedAt = head.EventTime + twin.Millis(d.varint())
	}
	origin := d.int()
	if origin >= len(d.origins) {
		d.fail()
		return 0
	}
	lineage := d.origins[origin]
	first, end := d.int(), d.int()
	lineage.number = first&1 == 1
	lineage.sequence = d.between(d.sequence, first>>1, end)
	d.sequence = lineage.sequence
	head.Lineage = &lineage
	n := d.count(6)
	b.Entries = slices.Grow(b.Entries, n)
	last := &Entry{}
	for range n {
		b.Entries = append(b.Entries, head)
		e := &b.Entries[len(b.Entries)-1]
		d.entry(e, last)
		last = e
	}
	return head.EventTime
}

// between reads a text that has so many bytes of another at its beginning and its end.
func (d *decoder) between(other string, head, tail int) string {
	middle := d.text()
	switch {
	case head+tail > len(other):
		d.fail()
		return ""
	case head+tail == 0:
		return middle
	}
	return other[:head] + middle + other[len(other)-tail:]
}

func (d *decoder) entry(e, last *Entry) {
	head, tail := d.int(), d.int()
	e.Metric = d.between(last.Metric, head, tail)
	index := int64(last.Index) + d.varint()
	if index < 0 || index > 1<<32-1 {
		d.fail()
	}
	e.Index = uint32(index)
	if unit := d.int(); unit > len(d.units) {
		d.fail()
	} else if unit > 0 {
		e.Unit = d.units[unit-1]
	}
	e.Value = d.text()
}

// order brings the entries into the order of metrics, each of which must be there once.
func (d *decoder) order(b *Block) error {
	if d.runs > 1 {
		slices.SortFunc(b.Entries, func(x, y Entry) int { return strings.Compare(x.Metric, y.Metric) })
	}
	for i := 1; i < len(b.Entries); i++ {
		if b.Entries[i-1].Metric >= b.Entries[i].Metric {
			return fmt.Errorf("%w: metric %q", ErrForm, b.Entries[i].Metric)
		}
	}
	for i := 1; i < len(b.Cuts); i++ {
		if b.Cuts[i-1] >= b.Cuts[i] {
			return fmt.Errorf("%w: its cuts", ErrForm)
		}
	}
	return nil
}
