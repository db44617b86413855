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
	dst = appendString(append(dst, `,"metric":`...), c.Metric)
	dst = appendString(append(dst, `,"value":`...), c.Value)
	if dst = append(dst, `,"unit":`...); c.Unit == "" {
		dst = append(dst, `null`...)
	} else {
		dst = appendString(dst, c.Unit)
	}
	dst = append(c.EventTime.Append(append(dst, `,"event_time":"`...)), `",`...)
	dst = appendSource(dst, c.ReceivedAt, c.Position)
	return append(strconv.AppendUint(append(dst, `,"index":`...), uint64(c.Index), 10), '}')
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

func appendString[T string | []byte](dst []byte, s T) []byte {
	dst = append(dst, '"')
	dst = appendEscaped(dst, s)
	return append(dst, '"')
}

// appendValue appends a value as it stands within a JSON string.
func appendValue(dst, value []byte, kind twin.Scalar) []byte {
	switch kind {
	case twin.BareScalar:
		return append(dst, value...)
	case twin.TextScalar: // only its quotes are escaped
		dst = append(append(dst, '\\'), value[:len(value)-1]...)
		return append(dst, '\\', '"')
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
