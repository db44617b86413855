package datetime

import (
	"bytes"

	"github.com/railtwin/digitaltwin/internal/extract/scalar/java"
)

// ParseSQLDate is java.sql.Date.valueOf(text).toLocalDate(), as the csv format reads a DATE: yyyy-M-d with digits of
// any script, in the calendar of its time. A day from 1 to 31 that the month does not have runs over into the next
// month; the days that the reform of October 1582 left out are read as Julian ones; the year 0 becomes 1, because Java
// forgets that it is BC.
func ParseSQLDate(text []byte) (days int64, ok bool) {
	y, m, d, ok := sqlDateParts(text)
	if !ok {
		return 0, false
	}
	ms, ok := sqlTime(y, m, d, 0)
	return floorDiv(ms, day), ok
}

// parseSQLTimestamp is java.sql.Timestamp.valueOf(text).toLocalDateTime(): a date as in [ParseSQLDate], a blank and
// H:m:s[.n], of which hours, minutes and seconds may be any integers.
func parseSQLTimestamp(text []byte) (ms int64, nanos int32, ok bool) {
	date, clock, _ := bytes.Cut(text, []byte{' '})
	y, m, d, ok := sqlDateParts(date)
	if !ok {
		return 0, 0, false
	}
	h, rest, colon1 := bytes.Cut(clock, []byte{':'})
	min, rest, colon2 := bytes.Cut(rest, []byte{':'})
	sec, fraction, point := bytes.Cut(rest, []byte{'.'})
	hh, ok1 := java.ParseInt(h, 32)
	mi, ok2 := java.ParseInt(min, 32)
	ss, ok3 := java.ParseInt(sec, 32)
	if !colon1 || !colon2 || !ok1 || !ok2 || !ok3 {
		return 0, 0, false
	}
	n := int64(0)
	if point {
		if n, ok = sqlNanos(fraction); !ok {
			return 0, 0, false
		}
	}
	ms, ok = sqlTime(y, m, d, hh*hour+mi*minute+ss*second)
	return ms + n/1_000_000, int32(n % 1_000_000), ok
}

// sqlNanos reads one to nine digits of a second.
func sqlNanos(fraction []byte) (n int64, ok bool) {
	width := java.Length(fraction)
	if width == 0 || width > 9 || fraction[0] == '+' || fraction[0] == '-' {
		return 0, false
	}
	n, ok = java.ParseInt(fraction, 32)
	return n * power10[9-width], ok
}

// sqlDateParts reads yyyy-M-d.
func sqlDateParts(text []byte) (y int64, m, d int, ok bool) {
	parts := bytes.SplitN(text, []byte{'-'}, 3)
	if len(parts) != 3 || java.Length(parts[0]) != 4 || java.Length(parts[1]) > 2 || java.Length(parts[2]) > 2 {
		return 0, 0, 0, false
	}
	var n [3]int64
	for i, part := range parts {
		if n[i], ok = java.ParseInt(part, 32); !ok {
			return 0, 0, 0, false
		}
	}
	ok = n[1] >= 1 && n[1] <= 12 && n[2] >= 1 && n[2] <= 31
	return n[0], int(n[1]), int(n[2]), ok
}

// reform is the first day of the Gregorian calendar.
var reform = Days(1582, 10, 15)

// sqlTime is the local time that java.util.Date shows for a date and so many milliseconds from its midnight on. ok is
// false for a day that the Julian calendar has and java.time has not.
func sqlTime(y int64, m, d int, ofDay int64) (ms int64, ok bool) {
	gregorian, julian := Days(y, m, d)*day+ofDay, julianDays(y, m, d)*day+ofDay
	at := julian
	switch {
	case y == 1582: // where the day alone decides
		if floorDiv(gregorian, day) >= reform {
			at = gregorian
		}
	case y > 1582 && gregorian >= reform*day, y < 1582 && julian >= reform*day:
		at = gregorian
	}
	days := floorDiv(at, day)
	yy, mm, dd := historical(days)
	if yy <= 0 {
		yy = 1 - yy // the year of its era
	}
	return Days(yy, mm, dd)*day + at - days*day, dd <= lastDay(yy, mm)
}

// julianDays is [Days] of a date of the Julian calendar.
func julianDays(year int64, month, dayOfMonth int) int64 {
	if month <= 2 {
		year--
		month += 12
	}
	return 365*year + floorDiv(year, 4) + int64((153*(month-3)+2)/5+dayOfMonth-1) - 719470
}
