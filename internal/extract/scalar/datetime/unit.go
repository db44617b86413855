package datetime

import "strings"

// Unit is a unit of EXTRACT, FLOOR, CEIL and TIMESTAMPDIFF.
type Unit uint8

// The units.
const (
	Nanosecond Unit = iota
	Microsecond
	Millisecond
	Second
	Minute
	Hour
	Day
	Week
	Month
	Quarter
	Year
	Decade
	Century
	Millennium
	DayOfWeek    // DOW: Sunday is 1
	ISODayOfWeek // ISODOW: Monday is 1
	DayOfYear    // DOY
	ISOYear
	Epoch // seconds since 1970
)

var unitNames = [...]string{
	"NANOSECOND", "MICROSECOND", "MILLISECOND", "SECOND", "MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR",
	"DECADE", "CENTURY", "MILLENNIUM", "DOW", "ISODOW", "DOY", "ISOYEAR", "EPOCH",
}

func (u Unit) String() string { return unitNames[u] }

// ParseUnit returns the unit of a name, in any case.
func ParseUnit(name string) (Unit, bool) {
	for u, n := range unitNames {
		if strings.EqualFold(n, name) {
			return Unit(u), true
		}
	}
	return 0, false
}

// Rounds reports whether FLOOR and CEIL of a time point know the unit.
func (u Unit) Rounds() bool { return u >= Millisecond && u <= Millennium }

// Differs reports whether TIMESTAMPDIFF takes the unit.
func (u Unit) Differs() bool { return u >= Millisecond && u <= Year }

// millis are the milliseconds of the units of fixed length.
var millis = [...]int64{Millisecond: 1, Second: second, Minute: minute, Hour: hour, Day: day}

// Extract is EXTRACT(unit FROM ts) of a TIMESTAMP, or of a TIMESTAMP_LTZ in UTC. Like Flink it divides
// toward 1970, so that before it hours are negative and days begin too late.
func (u Unit) Extract(ms int64, nanos int32) int64 {
	switch u {
	case Nanosecond:
		return ms%second*1_000_000 + int64(nanos)
	case Microsecond:
		return ms%second*1000 + int64(nanos/1000)
	case Millisecond:
		return ms % second
	case Second:
		return ms % minute / second
	case Minute:
		return ms % hour / minute
	case Hour:
		return ms % day / hour
	case Epoch:
		return ms / second
	}
	return u.ExtractDate(ms / day)
}

// OfDate reports whether EXTRACT of a DATE takes the unit.
func (u Unit) OfDate() bool { return u >= Millisecond }

// ExtractDate is EXTRACT(unit FROM d) of a DATE: days since 1970. For the units below a day Flink takes the number of
// days for one of milliseconds.
func (u Unit) ExtractDate(days int64) int64 {
	y, m, d := Date(days)
	switch u {
	case Millisecond, Second, Minute, Hour:
		return u.Extract(days, 0)
	case Day:
		return int64(d)
	case Month:
		return int64(m)
	case Quarter:
		return int64(m+2) / 3
	case Year:
		return y
	case Decade:
		return y / 10
	case Century:
		return away(y, 100)
	case Millennium:
		return away(y, 1000)
	case DayOfWeek:
		return (days+4)%7 + 1 + negative((days+4)%7)
	case ISODayOfWeek:
		return isoDayOfWeek(days)
	case DayOfYear:
		return days - Days(y, 1, 1) + 1
	case Epoch:
		return days * 86400
	}
	// The week belongs to the year of its Thursday.
	thursday := days + 4 - isoDayOfWeek(days)
	isoYear, _, _ := Date(thursday)
	if u == ISOYear {
		return isoYear
	}
	return (thursday-Days(isoYear, 1, 1))/7 + 1
}

// negative returns 7, to be added to a remainder, where it is below zero.
func negative(rest int64) int64 {
	if rest < 0 {
		return 7
	}
	return 0
}

func isoDayOfWeek(days int64) int64 { return (days+3)%7 + 1 + negative((days+3)%7) }

// away divides a year and rounds away from zero.
func away(y, n int64) int64 {
	if y > 0 {
		return (y + n - 1) / n
	}
	return (y - n + 1) / n
}

// Diff is TIMESTAMPDIFF(unit, from, to) of time points, or of dates in milliseconds: whole units, cut
// toward zero, wrapped to an INT. In milliseconds Flink counts whole seconds and multiplies them; weeks it makes of
// seconds that have been wrapped.
func (u Unit) Diff(from, to int64) int32 {
	switch u {
	case Month:
		return int32(months(to, from))
	case Quarter:
		return int32(months(to, from) / 3)
	case Year:
		return int32(months(to, from) / 12)
	case Millisecond:
		return int32((to-from)/second) * second
	case Week:
		return int32((to-from)/second) / (7 * day / second)
	}
	return int32((to - from) / millis[u])
}

// months returns how many whole months lie between two time points, negative if a is before b.
func months(a, b int64) int64 {
	da, db := floorDiv(a, day), floorDiv(b, day)
	n := monthsOfDays(da, db)
	if a-da*day < b-db*day && addMonths(db, n) == da {
		n--
	}
	return n
}

func monthsOfDays(a, b int64) int64 {
	if a < b {
		return -monthsOfDays(b, a)
	}
	ya, ma, _ := Date(a)
	yb, mb, _ := Date(b)
	n := (ya-yb)*12 + int64(ma-mb)
	if addMonths(b, n) > a {
		n--
	}
	return n
}

// addMonths moves a date by n months, at most to the last day of the month.
func addMonths(days, n int64) int64 {
	y, m, d := Date(days)
	sum := int64(m) - 1 + n
	y += floorDiv(sum, 12)
	m = int(sum-12*floorDiv(sum, 12)) + 1
	return Days(y, m, min(d, lastDay(y, m)))
}
