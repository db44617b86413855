package stream

import (
	"bytes"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// memo keeps what rows that follow each other share: the component, with which a change begins, and often the
// event time. Writing either again would be half the work of a row.
type memo struct {
	head, component []byte
	start           []byte // head and component as they are written
	key             int    // of the component
	time            twin.Millis
	text            []byte // time as it is written
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
		m.text = r.EventTime.Append(m.text[:0])
	}
}

// appendRow appends what [AppendRow] does, for the row that was remembered.
func (m *memo) appendRow(dst, tail []byte, r *Row) []byte {
	dst = append(dst, m.start...)
	dst = appendReading(dst, r.Metric, r.Value, r.Unit)
	dst = append(dst, `,"event_time":"`...)
	dst = append(dst, m.text...)
	dst = append(dst, '"')
	dst = append(dst, tail...)
	return appendIndex(dst, r.Index)
}
