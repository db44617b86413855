package decode

// Standard is how a record writes its timestamps.
type Standard uint8

// The standards of 'json.timestamp-format.standard'.
const (
	SQL     Standard = iota // 2026-11-23 10:15:30.123
	ISO8601                 // 2026-11-23T10:15:30.123
)

const (
	dayMillis = 86_400_000
	maxYear   = 999_999_999
)

// civil is a date and a time as they are written.
type civil struct {
	year, month, day     int
	hour, minute, second int
	nanos                int
}

// strict tells whether the date exists and the time is within its day.
func (c civil) strict() bool {
	return c.day <= daysIn(c.year, c.month) && c.hour < 24
}

// smart is Java's lenient reading: a day that its month does not have, up to the 31st, is the last
// one of the month, and 24:00:00 is the next day.
func (c civil) smart() (_ civil, nextDay, ok bool) {
	c.day = min(c.day, daysIn(c.year, c.month))
	if c.hour == 24 {
		if c.minute|c.second|c.nanos != 0 {
			return c, false, false
		}
		c.hour, nextDay = 0, true
	}
	return c, nextDay, true
}

// days since 1970-01-01.
func (c civil) days() int64 {
	y, m := int64(c.year), int64(c.month)
	if m <= 2 { // the year begins in March, so that the leap day is its last
		y--
		m += 12
	}
	era := y / 400
	if y < 0 {
		era = (y - 399) / 400
	}
	y -= era * 400
	return era*146_097 + y*365 + y/4 - y/100 + (153*(m-3)+2)/5 + int64(c.day) - 1 - 719_468
}

func (c civil) millisOfDay() int64 {
	return int64(c.hour*3600+c.minute*60+c.second)*1000 + int64(c.nanos/1_000_000)
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// clock reads the parts of a date or time from the front of text.
type clock struct {
	text []byte
	ok   bool
}

func (c *clock) literal(b byte) bool {
	if len(c.text) > 0 && c.text[0] == b {
		c.text = c.text[1:]
		return true
	}
	return false
}

func (c *clock) expect(b byte) { c.ok = c.literal(b) && c.ok }

// two reads two digits, at most limit.
func (c *clock) two(limit int) int {
	if len(c.text) < 2 || !digit(c.text[0]) || !digit(c.text[1]) {
		c.ok = false
		return 0
	}
	n := int(c.text[0]-'0')*10 + int(c.text[1]-'0')
	c.text = c.text[2:]
	c.ok = c.ok && n <= limit
	return n
}

// date reads yyyy-MM-dd; more than four digits of a year need a sign.
func (c *clock) date(at *civil) {
	sign := byte(0)
	if len(c.text) > 0 && (c.text[0] == '-' || c.text[0] == '+') {
		sign = c.text[0]
		c.text = c.text[1:]
	}
	n := 0
	for ; n < 10 && n < len(c.text) && digit(c.text[n]); n++ {
		at.year = at.year*10 + int(c.text[n]-'0')
	}
	c.text = c.text[n:]
	switch {
	case n < 4, sign == '+' && n == 4, sign == 0 && n > 4, sign == '-' && at.year == 0, at.year > maxYear:
		c.ok = false
	}
	if sign == '-' {
		at.year = -at.year
	}
	c.expect('-')
	at.month = c.two(12)
	c.expect('-')
	at.day = c.two(31)
	c.ok = c.ok && at.month > 0 && at.day > 0
}

// time reads HH:mm:ss with up to nine digits behind a point; ISO needs no seconds.
func (c *clock) time(at *civil, standard Standard) {
	at.hour = c.two(24)
	c.expect(':')
	at.minute = c.two(59)
	if standard == ISO8601 && (len(c.text) < 3 || c.text[0] != ':') {
		return
	}
	c.expect(':')
	at.second = c.two(59)
	if !c.literal('.') {
		return
	}
	n := 0
	for ; n < 9 && n < len(c.text) && digit(c.text[n]); n++ {
		at.nanos = at.nanos*10 + int(c.text[n]-'0')
	}
	c.text = c.text[n:]
	for ; n < 9; n++ {
		at.nanos *= 10
	}
}

func (c *clock) end() bool { return c.ok && len(c.text) == 0 }

// parseDate reads a DATE, in days since 1970.
func parseDate(text []byte) (int64, bool) {
	var at civil
	c := clock{text, true}
	c.date(&at)
	if !c.end() || !at.strict() {
		return 0, false
	}
	return at.days(), true
}

// parseTime reads a TIME, in milliseconds of the day. The fraction is read and forgotten.
func parseTime(text []byte) (int64, bool) {
	var at civil
	c := clock{text, true}
	c.time(&at, SQL)
	if !c.end() {
		return 0, false
	}
	at.year, at.month, at.day = 1970, 1, 1
	at, _, ok := at.smart()
	return at.millisOfDay() / 1000 * 1000, ok
}

// parseTimestamp reads a TIMESTAMP, or with zone a TIMESTAMP_LTZ, which ends in Z: milliseconds since
// 1970 and the nanoseconds within the millisecond.
func parseTimestamp(text []byte, standard Standard, zone bool) (millis int64, nanos int32, ok bool) {
	if zone && standard == ISO8601 {
		if millis, ok := plainInstant(text); ok {
			return millis, 0, true
		}
	}
	var at civil
	c := clock{text, true}
	c.date(&at)
	switch {
	case standard == SQL:
		c.expect(' ')
	case !zone && c.literal('t'):
	default:
		c.expect('T')
	}
	c.time(&at, standard)
	if zone {
		c.expect('Z')
	}
	if !c.end() {
		return 0, 0, false
	}
	nextDay := false
	if standard == ISO8601 && !zone {
		ok = at.strict()
	} else {
		at, nextDay, ok = at.smart()
	}
	days := at.days()
	if nextDay {
		days++
	}
	return days*dayMillis + at.millisOfDay(), int32(at.nanos % 1_000_000), ok
}

// parseISOTime reads a TIME as the csv format does: HH:mm[:ss[.n]], cut to the precision of the type.
func parseISOTime(text []byte, precision int) (int64, bool) {
	var at civil
	c := clock{text, true}
	c.time(&at, ISO8601)
	if !c.end() || at.hour == 24 {
		return 0, false
	}
	unit := int64(1)
	for range max(3-precision, 0) {
		unit *= 10
	}
	return at.millisOfDay() / unit * unit, true
}
