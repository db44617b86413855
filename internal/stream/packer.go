package stream

import (
	"cmp"
	"slices"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// Row is what an engine delivers, the part of a change that differs from row to row. A pointer to a type with
// the same fields converts to one.
type Row struct {
	Component, Metric, Value, Unit []byte // the value is one JSON text; no unit is nil or empty
	EventTime                      twin.Millis
	Index                          uint32
	Kind                           uint16 // not 0: all rows of a [Packer] with this number have this metric and unit
}

// Packer gathers rows into records by partition key. Within a record a row says only what differs from the
// one before it: most are a fifth as long as alone. It reuses its memory, so packing allocates nothing in
// the long run. It belongs to one goroutine.
type Packer struct {
	size   int
	origin []byte // what all rows share
	source []byte // what the rows of the source record share
	nth    int    // source record, as given
	froms  int    // counts source records
	open   [Keys]openRecord
	full   []Record
	free   [][]byte
	memo   memo
}

// openRecord is a record that rows are still added to, and what the next row may leave out: what its last one
// said.
type openRecord struct {
	Record
	component, source int // see memo.components and Packer.froms
	time              twin.Millis
	index             uint32
}

// NewPacker returns a packer of the rows of a dataset. It fills records up to size bytes; 0 stands for
// [DefaultSize]. A greater change has a record of its own.
func NewPacker(d twin.Dataset, size int) *Packer {
	if size <= 0 {
		size = DefaultSize
	}
	p := &Packer{size: min(size, MaxSize-2), origin: append(appendOrigin(nil, d.Name, d.Extractor, d.Revision), ',')}
	p.From(0, 0, twin.Position{})
	for i := range p.open {
		p.open[i].Key = keys[i]
	}
	return p
}

// From says which source record the next rows come from: its number, which only grows, when it arrived, 0
// where that is unknown, and where it lies.
func (p *Packer) From(n int, receivedAt twin.Millis, position twin.Position) {
	p.nth = n
	p.froms++
	p.source = append(appendSource(p.source[:0], receivedAt, position), ',')
}

// Add packs a row. The error is a [*TooLargeError], and then the row is left out.
func (p *Packer) Add(r *Row) error {
	m := &p.memo
	m.ofComponent(r.Component)
	o := &p.open[m.key]
	if start := len(o.Data); start > 0 {
		if o.Data = p.appendNext(o.Data, o, r); len(o.Data) <= p.size {
			return nil
		}
		o.Data = o.Data[:start]
		p.full = append(p.full, o.Record)
		o.Data = nil
	}
	return p.begin(o, r)
}

// begin makes r the first row of an empty record, which says everything.
func (p *Packer) begin(o *openRecord, r *Row) error {
	if o.Data == nil {
		o.Data = p.buffer()
	}
	*o = openRecord{Record: Record{Key: o.Key, Data: o.Data, First: p.nth}}
	dst := append(append(o.Data, '{'), p.origin...)
	dst = p.appendChanged(dst, o, r)
	a := p.memo.around(r)
	dst = append(dst, a.before[bare:]...)
	dst = appendValue(dst, r.Value)
	dst = appendIndexed(dst, a.after, o, r)
	if len(dst)+len(o.Key) > MaxSize {
		o.Data = dst[:0]
		return &TooLargeError{Size: len(dst)}
	}
	o.Data = dst
	return nil
}

// appendNext appends what of r the row before did not say.
func (p *Packer) appendNext(dst []byte, o *openRecord, r *Row) []byte {
	a := p.memo.around(r)
	if o.component == p.memo.components && o.source == p.froms && o.time == r.EventTime {
		dst = append(dst, a.before...)
	} else {
		dst = append(dst, "\n{"...)
		dst = p.appendChanged(dst, o, r)
		dst = append(dst, a.before[bare:]...)
	}
	dst = appendValue(dst, r.Value)
	if o.index++; o.index == r.Index {
		return append(dst, a.after...)
	}
	return appendIndexed(dst, a.after, o, r)
}

// appendChanged appends what r does not share with the row before, each with a comma behind it.
func (p *Packer) appendChanged(dst []byte, o *openRecord, r *Row) []byte {
	if o.component != p.memo.components {
		o.component = p.memo.components
		dst = append(dst, p.memo.componentText...)
	}
	if o.source == 0 || o.time != r.EventTime {
		o.time = r.EventTime
		dst = append(dst, p.memo.ofTime(r.EventTime)...)
	}
	if o.source != p.froms {
		o.source = p.froms
		dst = append(dst, p.source...)
	}
	return dst
}

// appendIndexed appends what stands behind a value, with the index.
func appendIndexed(dst, after []byte, o *openRecord, r *Row) []byte {
	o.index = r.Index
	dst = append(dst, after[:len(after)-1]...)
	return append(appendIndex(dst, r.Index), '}')
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
		if o := &p.open[i]; len(o.Data) > 0 {
			p.full = append(p.full, o.Record)
			o.Data = nil
		}
	}
	slices.SortStableFunc(p.full, func(a, b Record) int { return cmp.Compare(a.First, b.First) })
	return p.full
}

// Reset forgets all rows and takes the memory of the records back.
func (p *Packer) Reset() {
	p.Records()
	for _, r := range p.full {
		p.free = append(p.free, r.Data[:0])
	}
	p.full = p.full[:0]
}
