package api

import (
	"time"
	"unicode/utf8"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// staleIntervals is how many expected intervals without news make a reading stale.
const staleIntervals = 3

// appendReading appends r as a JSON object. Its value is JSON text already and is copied.
func (v *view) appendReading(b []byte, r *twin.Reading, source bool) []byte {
	b = append(b, `{"component":`...)
	b = appendString(b, r.Component)
	b = append(b, `,"metric":`...)
	b = appendString(b, r.Metric)
	b = append(b, `,"value":`...)
	b = append(b, r.Value...)
	b = append(b, `,"unit":`...)
	b = appendOptional(b, r.Unit)
	b = append(b, `,"eventTime":`...)
	b = appendTime(b, r.EventTime)
	b = append(b, `,"staleAt":`...)
	b = v.appendStaleAt(b, r)
	b = append(b, `,"dataset":`...)
	b = appendString(b, r.Dataset)
	if source {
		b = appendSource(append(b, `,"source":`...), &r.Source)
	}
	return append(b, '}')
}

// interval returns the expected time between two readings like r, 0 where there is none.
func (v *view) interval(r *twin.Reading) time.Duration {
	i, ok := v.find(r.Dataset)
	if !ok {
		return 0
	}
	return v.datasets[i].IntervalOf(r.Metric)
}

// staleAt returns from when a reading is stale: not at all without an interval, or where the year would have five
// digits.
func (v *view) staleAt(r *twin.Reading) (at twin.Millis, ok bool) {
	interval := v.interval(r)
	if interval <= 0 {
		return 0, false
	}
	at = r.EventTime + staleIntervals*twin.Millis(interval.Milliseconds())
	return at, at <= twin.MaxMillis && at >= r.EventTime
}

// appendStaleAt appends from when a reading is stale, null where it never is.
func (v *view) appendStaleAt(b []byte, r *twin.Reading) []byte {
	if at, ok := v.staleAt(r); ok {
		return appendTime(b, at)
	}
	return append(b, "null"...)
}

func appendSource(b []byte, s *twin.Source) []byte {
	b = append(b, `{"receivedAt":`...)
	if s.ReceivedAt == 0 {
		b = append(b, "null"...)
	} else {
		b = appendTime(b, s.ReceivedAt)
	}
	b = append(b, `,"extractor":`...)
	b = appendOptional(b, s.Extractor)
	b = append(b, `,"stream":`...)
	b = appendOptional(b, s.Position.Stream)
	b = append(b, `,"shard":`...)
	b = appendOptional(b, s.Position.Shard)
	b = append(b, `,"sequence":`...)
	b = appendOptional(b, s.Position.Sequence)
	return append(b, '}')
}

func appendTime(b []byte, m twin.Millis) []byte {
	b = append(b, '"')
	b = m.Append(b)
	return append(b, '"')
}

// appendOptional appends s as a JSON string, and null for "".
func appendOptional(b []byte, s string) []byte {
	if s == "" {
		return append(b, "null"...)
	}
	return appendString(b, s)
}

// appendString appends s as a JSON string. What is not UTF-8 becomes U+FFFD.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && n == 1 {
				b = append(b, s[start:i]...)
				b = append(b, "\uFFFD"...)
				start = i + 1
			}
			i += n
			continue
		}
		b = append(b, s[start:i]...)
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		default:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
		i++
		start = i
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}
