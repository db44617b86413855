package stream

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// Row is what a [Packer] takes.
type Row = twin.Row

// Packer gathers rows into records by partition key: the rows of a source record for one component in a line, several
// lines in a record. It takes only what every decoder and store takes but for the policies of a dataset: names and
// values are checked as [twin.Admit] does. It reuses its memory, so packing allocates nothing in the long run. It
// belongs to one goroutine.
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

// openRecord is a record that rows are still added to, to the last line of it, whose end is still to be written.
type openRecord struct {
	Record
	component, source int         // of the line, see memo.components and Packer.froms
	time              twin.Millis // of the line
	index             uint32      // of its last change
}

// lineEnd ends a line of changes.
const lineEnd = "]}"

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

// Add packs a row, or returns why it may not become a change; then it is left out.
func (p *Packer) Add(r *Row) *twin.Problem {
	m := &p.memo
	m.ofComponent(r.Component)
	a, kind := m.around(r), twin.ScalarOf(r.Value)
	if kind == twin.NoScalar || len(r.Value) > twin.MaxValue || m.refused.reason != "" || a.refused.reason != "" ||
		!r.EventTime.InRange() {
		if problem := m.check(r, a); problem != nil {
			return problem
		}
	}
	o := &p.open[m.key]
	if start := len(o.Data); start > 0 {
		if o.Data = p.appendNext(o.Data, o, r, kind, a); len(o.Data)+len(lineEnd) <= p.size {
			return nil
		}
		o.Data = o.Data[:start]
		p.close(o)
	}
	p.begin(o, r, kind, a)
	return nil
}

// close ends a record.
func (p *Packer) close(o *openRecord) {
	o.Data = append(o.Data, lineEnd...)
	p.full = append(p.full, o.Record)
	o.Data = nil
}

// begin makes r the first row of an empty record.
func (p *Packer) begin(o *openRecord, r *Row, kind twin.Scalar, a *around) {
	*o = openRecord{Record: Record{Key: o.Key, Data: p.buffer(), First: p.nth}}
	o.Data = p.appendLine(o.Data, o, r, kind, a)
}

// appendNext appends a row to the last line where that is of its source record and component, and as a line otherwise.
func (p *Packer) appendNext(dst []byte, o *openRecord, r *Row, kind twin.Scalar, a *around) []byte {
	if o.component != p.memo.components || o.source != p.froms {
		return p.appendLine(append(dst, lineEnd+"\n"...), o, r, kind, a)
	}
	dst = append(dst, a.before...)
	dst = appendValue(dst, r.Value, kind)
	if o.index++; o.time == r.EventTime && o.index == r.Index {
		return append(dst, a.after...)
	}
	return p.appendOwn(dst, o, r, a)
}

// appendOwn appends what stands behind a value with the event time and the index, as far as they are not as expected.
func (p *Packer) appendOwn(dst []byte, o *openRecord, r *Row, a *around) []byte {
	dst = append(dst, a.after[:len(a.after)-1]...)
	if o.time != r.EventTime {
		if len(a.unit) == 0 {
			dst = append(dst, ",null"...)
		}
		dst = append(append(dst, ','), p.memo.ofTime(r.EventTime)...)
	}
	if o.index != r.Index {
		o.index = r.Index
		dst = strconv.AppendUint(append(dst, ','), uint64(r.Index), 10)
	}
	return append(dst, ']')
}

// appendLine begins a line with a row.
func (p *Packer) appendLine(dst []byte, o *openRecord, r *Row, kind twin.Scalar, a *around) []byte {
	o.component, o.source, o.time, o.index = p.memo.components, p.froms, r.EventTime, r.Index
	dst = append(append(dst, '{'), p.origin...)
	dst = append(append(dst, p.memo.componentText...), `"event_time":`...)
	dst = append(append(dst, p.memo.ofTime(r.EventTime)...), ',')
	dst = append(append(dst, p.source...), `"index":`...)
	dst = append(strconv.AppendUint(dst, uint64(r.Index), 10), `,"changes":[`...)
	dst = append(dst, a.before[len(","):]...)
	dst = appendValue(dst, r.Value, kind)
	return append(dst, a.after...)
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
			p.close(o)
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
