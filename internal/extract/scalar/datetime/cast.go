package datetime

import (
	"bytes"

	"github.com/railtwin/digitaltwin/internal/extract/scalar/java"
)

// CastTimestamp is TRY_CAST(text AS TIMESTAMP(precision)), and TIMESTAMP_LTZ, which is read in UTC:
// yyyy-M-d, and optionally a blank and H:m:s with up to nine digits of fraction. Flink's pattern also
// takes parts without digits (2026-11-) and completes them. TO_TIMESTAMP(text) is the same with a
// precision of 3.
func CastTimestamp(text []byte, precision int) (ms int64, nanos int32, ok bool) {
	var f fields
	p := scanner{b: text}
	y, ok := p.year(10)
	f.set(yearOfEra, y)
	if !ok || !p.literal('-') || !p.oneOrTwo(&f, month) || !p.literal('-') || !p.oneOrTwo(&f, dayOfMonth) {
		return 0, 0, false
	}
	if p.i < len(text) {
		if !p.literal(' ') || !p.oneOrTwo(&f, hourOfDay) || !p.literal(':') || !p.oneOrTwo(&f, minuteOfHour) ||
			!p.literal(':') || !p.oneOrTwo(&f, secondOfMinute) {
			return 0, 0, false
		}
		if p.literal('.') {
			f.set(nanoOfSecond, p.nanoseconds())
		}
	}
	if p.i < len(text) {
		return 0, 0, false
	}
	return f.resolve(precision)
}

// oneOrTwo reads what the pattern [MM][M] does: two digits and then perhaps the same number again, or
// one digit, or nothing. A minus before a digit would be read as a sign, and lead to no valid value.
func (p *scanner) oneOrTwo(f *fields, k field) bool {
	start := p.i
	n, two := p.digits(2, 2)
	switch {
	case two:
		f.set(k, n)
		start = p.i
		if again, ok := p.digits(1, 19); ok && again != n {
			p.i = start
		}
	case p.i > start:
		f.set(k, n)
	case p.i+1 < len(p.b) && p.b[p.i] == '-' && p.b[p.i+1]-'0' <= 9:
		return false
	}
	return true
}

// CastDate is TRY_CAST(text AS DATE) and TO_DATE(text): yyyy-M-d with years 0 to 9999, blanks around
// the parts, and anything after a blank; the day, and the month, may be missing.
func CastDate(text []byte) (days int64, ok bool) {
	if i := bytes.IndexByte(text, ' '); i > 0 {
		text = text[:i]
	}
	y, rest, more := bytes.Cut(text, []byte{'-'})
	part := [3]int64{0, 1, 1}
	if part[0], ok = unsigned(y); !ok {
		return 0, false
	}
	if more {
		m, d, more := bytes.Cut(rest, []byte{'-'})
		if part[1], ok = unsigned(m); !ok {
			return 0, false
		}
		if more {
			if part[2], ok = unsigned(d); !ok {
				return 0, false
			}
		}
	}
	if part[0] > 9999 || part[1] < 1 || part[1] > 12 || part[2] < 1 || part[2] > int64(lastDay(part[0], int(part[1]))) {
		return 0, false
	}
	return Days(part[0], int(part[1]), int(part[2])), true
}

// unsigned reads a number that is digits and perhaps what Java trims around them.
func unsigned(b []byte) (int64, bool) {
	p := scanner{b: java.Trim(b)}
	n, ok := p.digits(1, 10)
	return n, ok && p.i == len(p.b)
}

// Truncate is a cast of a time point to a smaller precision, 0 to 9: it cuts toward 1970. A fraction
// whose nanoseconds have no more digits than the precision stays whole, however small it is: Flink
// counts them without their leading zeros.
func Truncate(ms int64, nanos int32, precision int) (int64, int32) {
	ofSecond := (ms-floorDiv(ms, second)*second)*1_000_000 + int64(nanos)
	if ofSecond < power10[precision] {
		return ms, nanos
	}
	if precision <= 3 {
		return ms - ms%power10[3-precision], 0
	}
	return ms, nanos - nanos%int32(power10[9-precision])
}

var power10 = [...]int64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9}
