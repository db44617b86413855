package stream

import (
	"strconv"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// AppendChange appends c as one JSON object that says everything. Text that is not UTF-8 is written as it
// is, to be refused by [twin.Admit] where the change is read, and not silently altered here.
func AppendChange(dst []byte, c *twin.Change) []byte {
	dst = appendOrigin(append(dst, '{'), c.Dataset, c.Extractor, c.Revision)
	dst = appendComponent(append(dst, ','), c.Component)
	dst = appendMetric(append(dst, ','), c.Metric)
	dst = appendEscaped(dst, c.Value)
	if dst = append(dst, `",`...); c.Unit == "" {
		dst = append(dst, `"unit":null`...)
	} else {
		dst = appendUnit(dst, c.Unit)
	}
	dst = appendEventTime(append(dst, ','), c.EventTime)
	dst = appendSource(append(dst, ','), c.ReceivedAt, c.Position)
	return append(appendIndex(dst, c.Index), '}')
}

// appendOrigin appends what all changes of an extractor share.
func appendOrigin(dst []byte, dataset, extractor string, revision uint16) []byte {
	dst = append(dst, `"dataset":`...)
	dst = appendString(dst, dataset)
	dst = append(dst, `,"extractor":`...)
	dst = appendString(dst, extractor)
	dst = append(dst, `,"revision":`...)
	return strconv.AppendUint(dst, uint64(revision), 10)
}

// appendSource appends what all changes of a source record share.
func appendSource(dst []byte, receivedAt twin.Millis, position twin.Position) []byte {
	dst = append(dst, `"received_at":`...)
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

func appendComponent[T string | []byte](dst []byte, component T) []byte {
	return appendString(append(dst, `"component":`...), component)
}

func appendEventTime(dst []byte, t twin.Millis) []byte {
	return append(t.Append(append(dst, `"event_time":"`...)), '"')
}

// appendMetric appends what stands before a value, with its quote.
func appendMetric[T string | []byte](dst []byte, metric T) []byte {
	return append(appendString(append(dst, `"metric":`...), metric), `,"value":"`...)
}

func appendUnit[T string | []byte](dst []byte, unit T) []byte {
	return appendString(append(dst, `"unit":`...), unit)
}

// appendIndex appends the index, with a comma before it.
func appendIndex(dst []byte, index uint32) []byte {
	return strconv.AppendUint(append(dst, `,"index":`...), uint64(index), 10)
}

func appendString[T string | []byte](dst []byte, s T) []byte {
	dst = append(dst, '"')
	dst = appendEscaped(dst, s)
	return append(dst, '"')
}

// plain are the first bytes of numbers, true, false and null.
var plain = func() (p [256]bool) {
	for _, c := range []byte("-0123456789tfn") {
		p[c] = true
	}
	return p
}()

// appendValue appends a JSON text as it stands within a JSON string. Most are a number, true, false or null, in
// which nothing is to be escaped.
func appendValue(dst, value []byte) []byte {
	if n := len(value); n > 0 && plain[value[0]] && value[n-1] > ' ' {
		return append(dst, value...)
	}
	return appendEscaped(dst, value)
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
