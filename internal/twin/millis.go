package twin

import (
	"fmt"
	"time"
)

// Millis is a point in time in milliseconds since 1970-01-01T00:00:00Z. Times are kept as
// milliseconds everywhere, because that is the precision of an event time and of a [Rank].
type Millis int64

// The range of an event time: the years 1 to 9999 in UTC. RFC 3339 and the date types of most clients hold no more.
const (
	MinMillis Millis = -62135596800000
	MaxMillis Millis = 253402300799999
)

// yearZero is 0000-01-01T00:00:00Z.
const yearZero Millis = -62167219200000

const rfc3339Millis = "2006-01-02T15:04:05.000Z"

// MillisOf cuts t to milliseconds, downwards.
func MillisOf(t time.Time) Millis { return Millis(t.UnixMilli()) }

// Time returns m in UTC.
func (m Millis) Time() time.Time { return time.UnixMilli(int64(m)).UTC() }

// InRange reports whether m lies in the years 1 to 9999, as every event time must.
func (m Millis) InRange() bool { return m >= MinMillis && m <= MaxMillis }

// OutOfRange says that m is not in range, for the detail of a [BadTime] reject.
func (m Millis) OutOfRange() string { return m.String() + " is outside the years 1 to 9999" }

// String returns m as RFC 3339 in UTC, always with three digits: 2026-11-23T10:15:30.120Z.
func (m Millis) String() string {
	var b [32]byte
	return string(m.Append(b[:0]))
}

// Append appends what [Millis.String] returns. It is on the way of every change, so it does not go
// through package time.
func (m Millis) Append(b []byte) []byte {
	if !m.InRange() {
		return m.Time().AppendFormat(b, rfc3339Millis)
	}
	const perDay = 24 * 60 * 60 * 1000
	since := uint64(m - yearZero)
	year, month, day := date(uint32(since / perDay))
	ms := uint32(since % perDay)
	seconds := ms / 1000
	text := [len(rfc3339Millis)]byte([]byte("0000-00-00T00:00:00.000Z"))
	put(text[0:], year/100)
	put(text[2:], year%100)
	put(text[5:], month)
	put(text[8:], day)
	put(text[11:], seconds/3600)
	put(text[14:], seconds/60%60)
	put(text[17:], seconds%60)
	put(text[20:], ms%1000/10)
	text[22] += byte(ms % 10)
	return append(b, text[:]...)
}

// put writes a number below 100 as two digits.
func put(b []byte, n uint32) {
	const digits = "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899"
	b[0], b[1] = digits[2*n], digits[2*n+1]
}

// date returns the date that lies days after 0000-01-01. It is the algorithm of Neri and Schneider ("Euclidean
// affine functions and their application to calendar algorithms", 2022), which counts years from March on.
func date(days uint32) (year, month, day uint32) {
	const perEra, fromMarch = 146097, 31 + 29 // 400 years; January and February of the year 0
	n := 4*(days+perEra-fromMarch) + 3
	century, ofCentury := n/perEra, n%perEra/4
	product := 2939745 * uint64(4*ofCentury+3)
	year = 100*century + uint32(product>>32) - 400
	ofYear := uint32(product) / 2939745 / 4
	n = 2141*ofYear + 197913
	month, day = n>>16, n&0xffff/2141+1
	if month > 12 {
		year, month = year+1, month-12
	}
	return year, month, day
}

// MarshalText makes m a JSON string.
func (m Millis) MarshalText() ([]byte, error) {
	if !m.InRange() {
		return nil, fmt.Errorf("twin: %s", m.OutOfRange())
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
