package datetime

// Standard is how a field of a record writes its timestamps: the values of json.timestamp-format.standard. The format
// csv writes them as SQL does.
type Standard uint8

// The standards.
const (
	SQL     Standard = iota // 2026-11-23 10:15:30[.5]
	ISO8601                 // 2026-11-23T10:15[:30[.5]]
)

// ParseTimestamp reads a TIMESTAMP field, or with zone a TIMESTAMP_LTZ field, which ends in Z: 0 to 9 digits of
// fraction, years as 4 digits, +5 or more, or -4 or more. A day beyond its month is the last one, and hour 24 the next
// midnight; only a TIMESTAMP of ISO-8601 must exist, and may have a t for its T.
func (s Standard) ParseTimestamp(b []byte, zone bool) (ms int64, nanos int32, ok bool) {
	if zone && s == ISO8601 {
		if ms, ok := PlainInstant(b); ok {
			return ms, 0, true
		}
	}
	strict := s == ISO8601 && !zone
	p := scanner{b: b}
	days, ok := p.date(strict)
	if !ok {
		return 0, 0, false
	}
	switch {
	case s == SQL:
		ok = p.literal(' ')
	default:
		ok = p.literal('T') || strict && p.literal('t')
	}
	if !ok {
		return 0, 0, false
	}
	ofDay, nanos, ok := p.time(s)
	if !ok || zone && !p.literal('Z') || !p.end() || strict && ofDay >= day {
		return 0, 0, false
	}
	return days*day + ofDay, nanos, true
}

// ParseDate reads a DATE field of json: a date that exists, as days since 1970.
func ParseDate(b []byte) (days int64, ok bool) {
	p := scanner{b: b}
	days, ok = p.date(true)
	return days, ok && p.end()
}

// ParseTime reads a TIME field of json, as milliseconds of the day: HH:mm:ss[.n], whose fraction is forgotten, and
// 24:00:00 for 0.
func ParseTime(b []byte) (ms int64, ok bool) {
	p := scanner{b: b}
	ms, _, ok = p.time(SQL)
	return ms % day / second * second, ok && p.end()
}

// ParseISOTime reads a TIME field of csv: HH:mm[:ss[.n]], cut to the digits of the type.
func ParseISOTime(b []byte, precision int) (ms int64, ok bool) {
	p := scanner{b: b}
	ms, _, ok = p.time(ISO8601)
	return ms - ms%power10[max(3-precision, 0)], ok && p.end() && ms < day
}

// date reads yyyy-MM-dd, as days since 1970. A day beyond its month is the last one, unless the date must exist.
func (p *scanner) date(exists bool) (days int64, ok bool) {
	year, ok := p.year(10)
	if !ok || year > maxYear || year < -maxYear || !p.literal('-') {
		return 0, false
	}
	month, ok := p.two()
	if !ok || month < 1 || month > 12 || !p.literal('-') {
		return 0, false
	}
	dom, ok := p.two()
	last := lastDay(year, month)
	if !ok || dom < 1 || dom > 31 || exists && dom > last {
		return 0, false
	}
	return Days(year, month, min(dom, last)), true
}

// maxYear is Java's Year.MAX_VALUE.
const maxYear = 999_999_999

// time reads HH:mm:ss[.n], of which ISO-8601 needs no seconds: milliseconds, a day of them for 24:00, and nanoseconds.
func (p *scanner) time(s Standard) (ms int64, nanos int32, ok bool) {
	h, ok := p.two()
	if !ok || h > 24 || !p.literal(':') {
		return 0, 0, false
	}
	m, ok := p.two()
	if !ok || m > 59 {
		return 0, 0, false
	}
	var sec int
	var fraction int64
	switch {
	case s == ISO8601 && (p.i+3 > len(p.b) || p.b[p.i] != ':'):
	case !p.literal(':'):
		return 0, 0, false
	default:
		if sec, ok = p.two(); !ok || sec > 59 {
			return 0, 0, false
		}
		if p.literal('.') {
			fraction = p.nanoseconds()
		}
	}
	if h == 24 && (m != 0 || sec != 0 || fraction != 0) {
		return 0, 0, false
	}
	return int64(h)*hour + int64(m)*minute + int64(sec)*second + fraction/1_000_000, int32(fraction % 1_000_000), true
}
