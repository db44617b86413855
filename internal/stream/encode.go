package stream

import (
	"strconv"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// Row is what an engine delivers, the part of a change that differs from row to row. A type with the
// same fields converts to it.
type Row struct {
	Component, Metric, Value, Unit []byte // no unit is nil or empty
	EventTime                      twin.Millis
	Index                          uint16
}

// AppendChange appends c as one JSON object. Text that is not UTF-8 is written as it is, to be
// refused by [twin.Admit] where the change is read, and not silently altered here.
func AppendChange(dst []byte, c *twin.Change) []byte {
	dst = AppendHead(dst, c.Dataset, c.Extractor, c.Revision)
	dst = appendRow(dst, c.Component, c.Metric, c.Value, c.Unit, c.EventTime)
	dst = AppendTail(dst, c.ReceivedAt, c.Position)
	return appendIndex(dst, c.Index)
}

// AppendHead appends what all changes of an extractor begin with.
func AppendHead(dst []byte, dataset, extractor string, revision uint16) []byte {
	dst = append(dst, `{"dataset":`...)
	dst = appendString(dst, dataset)
	dst = append(dst, `,"extractor":`...)
	dst = appendString(dst, extractor)
	dst = append(dst, `,"revision":`...)
	return strconv.AppendUint(dst, uint64(revision), 10)
}

// AppendTail appends what all changes of a source record end with, but for the index.
func AppendTail(dst []byte, receivedAt twin.Millis, position twin.Position) []byte {
	dst = append(dst, `,"received_at":`...)
	if receivedAt == 0 {
		dst = append(dst, `null`...)
	} else {
		dst = append(dst, '"')
		dst = receivedAt.Append(dst)
		dst = append(dst, '"')
	}
	dst = append(dst, `,"position":`...)
	if position.IsZero() {
		return append(dst, `null`...)
	}
	dst = append(dst, '"')
	dst = appendEscaped(dst, position.Stream)
	dst = append(dst, '/')
	dst = appendEscaped(dst, position.Shard)
	dst = append(dst, '/')
	dst = appendEscaped(dst, position.Sequence)
	return append(dst, '"')
}

// AppendRow appends a change that is made of what [AppendHead] and [AppendTail] wrote and of r.
func AppendRow(dst, head, tail []byte, r *Row) []byte {
	dst = append(dst, head...)
	dst = appendRow(dst, r.Component, r.Metric, r.Value, r.Unit, r.EventTime)
	dst = append(dst, tail...)
	return appendIndex(dst, r.Index)
}

func appendRow[T string | []byte](dst []byte, component, metric, value, unit T, eventTime twin.Millis) []byte {
	dst = appendComponent(dst, component)
	dst = appendReading(dst, metric, value, unit)
	dst = append(dst, `,"event_time":"`...)
	dst = eventTime.Append(dst)
	return append(dst, '"')
}

func appendComponent[T string | []byte](dst []byte, component T) []byte {
	dst = append(dst, `,"component":`...)
	return appendString(dst, component)
}

func appendReading[T string | []byte](dst []byte, metric, value, unit T) []byte {
	dst = appendMetric(dst, metric)
	dst = appendEscaped(dst, value)
	return appendUnit(append(dst, '"'), unit)
}

// appendMetric appends what stands before a value, with its quote.
func appendMetric[T string | []byte](dst []byte, metric T) []byte {
	dst = append(dst, `,"metric":`...)
	dst = appendString(dst, metric)
	return append(dst, `,"value":"`...)
}

func appendUnit[T string | []byte](dst []byte, unit T) []byte {
	if len(unit) == 0 {
		return append(dst, `,"unit":null`...)
	}
	dst = append(dst, `,"unit":`...)
	return appendString(dst, unit)
}

func appendIndex(dst []byte, index uint16) []byte {
	dst = append(dst, `,"index":`...)
	dst = strconv.AppendUint(dst, uint64(index), 10)
	return append(dst, '}')
}

func appendString[T string | []byte](dst []byte, s T) []byte {
	dst = append(dst, '"')
	dst = appendEscaped(dst, s)
	return append(dst, '"')
}

// escapes are the bytes that a JSON string does not hold as they are.
var escapes = func() (e [256]bool) {
	for c := range byte(' ') {
		e[c] = true
	}
	e['"'], e['\\'] = true, true
	return e
}()

// appendEscaped appends s with what JSON does not allow within a string escaped.
func appendEscaped[T string | []byte](dst []byte, s T) []byte {
	const hex = "0123456789abcdef"
	start := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !escapes[c] {
			continue
		}
		dst = append(dst, s[start:i]...)
		start = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	return append(dst, s[start:]...)
}
