package stream

import (
	"bytes"
	"hash/maphash"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// memo keeps what rows share as it is written: those that follow each other the component, with which a change
// begins, and often the event time; those of a metric its name and unit. Writing these again would be most of the
// work of a row.
type memo struct {
	head, component []byte
	start           []byte // head and component as they are written
	key             int    // of the component
	time            twin.Millis
	text            []byte // time as it is written, with the quote behind it
	seed            maphash.Seed
	metrics         [256]metricMemo // by the hash of the name; the last one of a hash stays
}

// metricMemo is what stands around the value of a metric.
type metricMemo struct {
	metric, unit  []byte
	before, after []byte // up to the quote before the value, and from the one behind it to that before the time
}

// remember makes the memo that of a row.
func (m *memo) remember(head []byte, r *Row) {
	if len(m.start) == 0 || !bytes.Equal(m.component, r.Component) || !bytes.Equal(m.head, head) {
		m.head = append(m.head[:0], head...)
		m.component = append(m.component[:0], r.Component...)
		m.start = appendComponent(append(m.start[:0], head...), r.Component)
		m.key = bucket(r.Component)
	}
	if len(m.text) == 0 || m.time != r.EventTime {
		m.time = r.EventTime
		m.text = append(r.EventTime.Append(m.text[:0]), '"')
	}
}

// around returns the memo of a row's metric and unit.
func (m *memo) around(r *Row) *metricMemo {
	a := &m.metrics[maphash.Bytes(m.seed, r.Metric)%uint64(len(m.metrics))]
	if len(a.before) == 0 || !bytes.Equal(a.metric, r.Metric) || !bytes.Equal(a.unit, r.Unit) {
		a.metric, a.unit = append(a.metric[:0], r.Metric...), append(a.unit[:0], r.Unit...)
		a.before = appendMetric(a.before[:0], r.Metric)
		a.after = append(appendUnit(append(a.after[:0], '"'), r.Unit), `,"event_time":"`...)
	}
	return a
}

// appendRow appends what [AppendRow] does, for the row that was remembered.
func (m *memo) appendRow(dst, tail []byte, r *Row) []byte {
	around := m.around(r)
	dst = append(dst, m.start...)
	dst = append(dst, around.before...)
	dst = appendEscaped(dst, r.Value)
	dst = append(dst, around.after...)
	dst = append(dst, m.text...)
	dst = append(dst, tail...)
	return appendIndex(dst, r.Index)
}
