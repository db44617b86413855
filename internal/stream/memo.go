package stream

import (
	"bytes"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// memo keeps texts of rows as they are written: of the last component and the last event times, which rows that
// follow each other share, and what stands around the value of each metric.
type memo struct {
	component     []byte
	componentText []byte
	components    int     // counts them: two rows with the same number have the same component
	key           int     // of the component
	refused       refusal // of the component

	times  [4]timeText // a device has measured its position or its load at times of their own, say
	oldest int         // of times

	kinds   []around    // by the kind of rows
	metrics [256]around // of rows without one, by the hash of the metric
	last    *around     // of metrics
}

// timeText is an event time and its text.
type timeText struct {
	at   twin.Millis
	text []byte
}

// around is what stands around the value of a metric.
type around struct {
	metric, unit []byte
	before       []byte  // from the comma after the change before it up to the quote before the value
	after        []byte  // from the quote after it on, to the end of the change, where it has no time or index of its own
	refused      refusal // of the metric or the unit
	next         *around
}

// ofComponent makes c the component of the memo.
func (m *memo) ofComponent(c []byte) {
	if m.components == 0 || !bytes.Equal(m.component, c) {
		m.components++
		m.component = append(m.component[:0], c...)
		m.componentText = append(appendComponent(m.componentText[:0], c), ',')
		m.key = bucket(c)
		m.refused = refusalOf(twin.CheckComponent(c))
	}
}

// ofTime returns the text of an event time, in quotes.
func (m *memo) ofTime(t twin.Millis) []byte {
	for i := range m.times {
		if known := &m.times[i]; known.at == t && known.text != nil {
			return known.text
		}
	}
	e := &m.times[m.oldest]
	m.oldest = (m.oldest + 1) % len(m.times)
	e.at, e.text = t, append(t.Append(append(e.text[:0], '"')), '"')
	return e.text
}

// refusal says why no change may have a name; its reason is empty if one may.
type refusal struct {
	reason twin.Reason
	detail string
}

func refusalOf(reason twin.Reason, detail string) refusal { return refusal{reason, detail} }

// check returns why a row may not become a change, nil if it may.
func (m *memo) check(r *Row, a *around) *twin.Problem {
	var no refusal
	switch {
	case m.refused.reason != "":
		no = m.refused
	case a.refused.reason != "":
		no = a.refused
	case !r.EventTime.InRange():
		no = refusal{twin.BadTime, r.EventTime.OutOfRange()}
	default:
		no = refusalOf(twin.CheckValue(r.Value))
	}
	if no.reason == "" {
		return nil
	}
	return &twin.Problem{Reason: no.reason, Detail: of(string(r.Metric), string(r.Component)) + no.detail, Offset: -1}
}

// around returns what stands around the value of a row.
func (m *memo) around(r *Row) *around {
	k := int(r.Kind)
	if k == 0 {
		return m.ofMetric(r)
	}
	if k >= len(m.kinds) {
		m.kinds = append(m.kinds, make([]around, k+1-len(m.kinds))...)
	}
	a := &m.kinds[k]
	if a.next == nil {
		a.set(r)
	}
	return a
}

// ofMetric is around for a row of no kind. A metric mostly follows the one that it followed before, as those of
// the elements of an array do.
func (m *memo) ofMetric(r *Row) *around {
	if m.last == nil {
		m.last = m.find(r)
		return m.last
	}
	a := m.last.next
	if !a.is(r) {
		a = m.find(r)
		m.last.next = a
	}
	m.last = a
	return a
}

// find looks the metric up at some places from that of its hash on, and makes room for it at the first that is
// free, or in the place of another one.
func (m *memo) find(r *Row) *around {
	const places = 4
	h := hash(r.Metric)
	for i := range uint64(places) {
		a := &m.metrics[(h+i)%uint64(len(m.metrics))]
		if a.next == nil {
			a.set(r)
		}
		if a.is(r) {
			return a
		}
	}
	a := &m.metrics[h%uint64(len(m.metrics))]
	a.set(r)
	return a
}

func (a *around) is(r *Row) bool {
	return bytes.Equal(a.metric, r.Metric) && bytes.Equal(a.unit, r.Unit)
}

func (a *around) set(r *Row) {
	a.metric, a.unit = append(a.metric[:0], r.Metric...), append(a.unit[:0], r.Unit...)
	a.before = append(appendString(append(a.before[:0], ",["...), r.Metric), `,"`...)
	if a.after = append(a.after[:0], '"'); len(r.Unit) > 0 {
		a.after = appendString(append(a.after, ','), r.Unit)
	}
	a.after = append(a.after, ']')
	if a.refused = refusalOf(twin.CheckMetric(r.Metric)); a.refused.reason == "" {
		a.refused = refusalOf(twin.CheckUnit(r.Unit))
	}
	if a.next == nil {
		a.next = a
	}
}
