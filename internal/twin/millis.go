package twin

import (
	"fmt"
	"time"
)

// Millis is a point in time in milliseconds since 1970-01-01T00:00:00Z. Times are kept as
// milliseconds everywhere, because that is the precision of an event time and of a [Rank].
type Millis int64

// The years that RFC 3339 can write, 0000 to 9999.
const (
	MinMillis Millis = -62167219200000
	MaxMillis Millis = 253402300799999
)

const rfc3339Millis = "2006-01-02T15:04:05.000Z"

// MillisOf cuts t to milliseconds, downwards.
func MillisOf(t time.Time) Millis { return Millis(t.UnixMilli()) }

// Time returns m in UTC.
func (m Millis) Time() time.Time { return time.UnixMilli(int64(m)).UTC() }

// String returns m as RFC 3339 in UTC, always with three digits: 2026-11-23T10:15:30.120Z.
func (m Millis) String() string {
	var b [32]byte
	return string(m.Append(b[:0]))
}

// Append appends what [Millis.String] returns. It is on the way of every change, so it does not go
// through the layouts of package time.
func (m Millis) Append(b []byte) []byte {
	if m < MinMillis || m > MaxMillis {
		return m.Time().AppendFormat(b, rfc3339Millis)
	}
	t := m.Time()
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	b = append(b, byte('0'+year/1000), byte('0'+year/100%10))
	b = append(appendTwo(b, year%100), '-')
	b = append(appendTwo(b, int(month)), '-')
	b = append(appendTwo(b, day), 'T')
	b = append(appendTwo(b, hour), ':')
	b = append(appendTwo(b, minute), ':')
	b = append(appendTwo(b, second), '.')
	ms := t.Nanosecond() / int(time.Millisecond)
	return append(appendTwo(b, ms/10), byte('0'+ms%10), 'Z')
}

func appendTwo(b []byte, n int) []byte { return append(b, byte('0'+n/10), byte('0'+n%10)) }

// MarshalText makes m a JSON string.
func (m Millis) MarshalText() ([]byte, error) {
	if m < MinMillis || m > MaxMillis {
		return nil, fmt.Errorf("twin: %d ms is outside of the years 0000 to 9999", int64(m))
	}
	return m.Append(nil), nil
}

// UnmarshalText reads RFC 3339 with any offset and up to nine digits of a second, cut to milliseconds.
func (m *Millis) UnmarshalText(b []byte) error {
	v, err := ParseMillis(string(b))
	if err != nil {
		return err
	}
	*m = v
	return nil
}

// ParseMillis reads RFC 3339 with any offset and up to nine digits of a second, cut to milliseconds.
func ParseMillis(s string) (Millis, error) {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return 0, fmt.Errorf("twin: %q is not an RFC 3339 time such as 2026-11-23T10:15:30.120Z", s)
	}
	return MillisOf(t), nil
}
