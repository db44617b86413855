package feed

import "encoding/binary"

// The form of a batch, without its position:
//
//	1  version
//	   uvarint number of what was forgotten, and for each: component, dataset, varint before,
//	   uvarint number of lost readings, and for each: dataset, metric, varint event time
//	   changes up to the end, each: component, metric, dataset, value, unit, varint event time,
//	   extractor, varint received at, stream, shard, sequence, hidden, shown
//
// Hidden and shown are a uvarint number of datasets and those. A text is a uvarint length times two and its bytes, and
// where it has come before uvarint number of that one times two and one.
const batchVersion = 1

// Encode appends b to dst, without its position and the ranks of its readings.
func (b *Batch) Encode(dst []byte) []byte {
	e := encoder{out: append(dst, batchVersion), known: map[string]uint64{}}
	e.uvarint(uint64(len(b.Forgotten)))
	for i := range b.Forgotten {
		f := &b.Forgotten[i]
		e.text(f.Component)
		e.text(f.Dataset)
		e.varint(int64(f.Before))
		e.uvarint(uint64(len(f.Lost)))
		for _, c := range f.Lost {
			e.text(c.Dataset)
			e.text(c.Metric)
			e.varint(int64(c.EventTime))
		}
	}
	for i := range b.Changes {
		e.change(&b.Changes[i])
	}
	return e.out
}

type encoder struct {
	out   []byte
	known map[string]uint64
}

func (e *encoder) uvarint(n uint64) { e.out = binary.AppendUvarint(e.out, n) }
func (e *encoder) varint(n int64)   { e.out = binary.AppendVarint(e.out, n) }

// once appends a text that hardly comes again.
func (e *encoder) once(s string) {
	e.uvarint(uint64(len(s)) << 1)
	e.out = append(e.out, s...)
}

func (e *encoder) text(s string) {
	if n, ok := e.known[s]; ok {
		e.uvarint(n<<1 | 1)
		return
	}
	e.known[s] = uint64(len(e.known))
	e.once(s)
}

func (e *encoder) texts(all []string) {
	e.uvarint(uint64(len(all)))
	for _, s := range all {
		e.text(s)
	}
}

func (e *encoder) change(c *Change) {
	e.text(c.Component)
	e.text(c.Metric)
	e.text(c.Dataset)
	e.once(c.Value)
	e.text(c.Unit)
	e.varint(int64(c.EventTime))
	e.text(c.Source.Extractor)
	e.varint(int64(c.Source.ReceivedAt))
	e.text(c.Source.Position.Stream)
	e.text(c.Source.Position.Shard)
	e.text(c.Source.Position.Sequence)
	e.texts(c.Hidden)
	e.texts(c.Shown)
}
