package feed

import (
	"errors"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// ErrForm is the error of [Decode] for what this version cannot read.
var ErrForm = errors.New("feed: a batch is damaged, or of a later version")

// Decode reads what [Batch.Encode] made. It keeps no reference to data; the texts of a batch are parts of one.
func Decode(data []byte) (*Batch, error) {
	if len(data) == 0 || data[0] != batchVersion {
		return nil, ErrForm
	}
	d := decoder{rest: string(data[1:])}
	b := &Batch{}
	for range d.count() {
		f := Forgotten{Component: d.text(), Dataset: d.text(), Before: twin.Millis(d.varint())}
		for range d.count() {
			f.Lost = append(f.Lost, Lost{Dataset: d.text(), Metric: d.text(), EventTime: twin.Millis(d.varint())})
		}
		b.Forgotten = append(b.Forgotten, f)
	}
	for d.rest != "" {
		b.Changes = append(b.Changes, d.change())
	}
	if d.bad {
		return nil, ErrForm
	}
	return b, nil
}

// decoder reads a batch from the front. Once something is wrong, bad is set and all that it gives is zero.
type decoder struct {
	rest  string
	bad   bool
	known []string
}

func (d *decoder) fail() { d.bad, d.rest = true, "" }

func (d *decoder) uvarint() (v uint64) {
	for i := range len(d.rest) {
		b := d.rest[i]
		if i == 9 && b > 1 {
			break
		}
		v |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			d.rest = d.rest[i+1:]
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

// count reads how many of something follow, each of which takes a byte at least.
func (d *decoder) count() int {
	n := d.uvarint()
	if n > uint64(len(d.rest)) {
		d.fail()
		return 0
	}
	return int(n)
}

func (d *decoder) take(n uint64) string {
	if n > uint64(len(d.rest)) {
		d.fail()
		return ""
	}
	s := d.rest[:n]
	d.rest = d.rest[n:]
	return s
}

func (d *decoder) once() string {
	n := d.uvarint()
	if n&1 == 1 {
		d.fail()
	}
	return d.take(n >> 1)
}

func (d *decoder) text() string {
	n := d.uvarint()
	if n&1 == 0 {
		s := d.take(n >> 1)
		if !d.bad {
			d.known = append(d.known, s)
		}
		return s
	}
	if n>>1 >= uint64(len(d.known)) {
		d.fail()
		return ""
	}
	return d.known[n>>1]
}

func (d *decoder) texts() (all []string) {
	for range d.count() {
		all = append(all, d.text())
	}
	return all
}

func (d *decoder) change() (c Change) {
	c.Component, c.Metric, c.Dataset = d.text(), d.text(), d.text()
	c.Value, c.Unit, c.EventTime = d.once(), d.text(), twin.Millis(d.varint())
	c.Source.Extractor, c.Source.ReceivedAt = d.text(), twin.Millis(d.varint())
	c.Source.Position = twin.Position{Stream: d.text(), Shard: d.text(), Sequence: d.text()}
	c.Hidden, c.Shown = d.texts(), d.texts()
	return c
}
