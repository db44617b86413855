package datetime

// Standard is one of the two timestamp formats of Flink's json and csv formats.
type Standard struct {
	separator byte // between date and time
	seconds   bool // whether seconds must be there
}

// The standards: 2026-11-23 10:15:30.5 and 2026-11-23T10:15[:30.5].
var (
	SQL     = Standard{separator: ' ', seconds: true}
	ISO8601 = Standard{separator: 'T'}
)

// ParseTimestamp reads a TIMESTAMP as the format decoders do: 0 to 9 digits of fraction, hour 24 for the
// next midnight, a day beyond its month moved to the last one, years as 4 digits, +5 or more, or -4 or more.
func (s Standard) ParseTimestamp(b []byte) (ms int64, nanos int32, ok bool) {
	p := scanner{b: b}
	days, ok := p.date()
	if !ok || !p.separator(s.separator) {
		return 0, 0, false
	}
	ofDay, nanos, ok := p.time(s.seconds)
	if !ok || p.i != len(b) {
		return 0, 0, false
	}
	return days*day + ofDay, nanos, true
}

// ParseDate reads a DATE as the format decoders do; see [Standard.ParseTimestamp].
func ParseDate(b []byte) (days int64, ok bool) {
	p := scanner{b: b}
	days, ok = p.date()
	return days, ok && p.i == len(b)
}

// scanner reads a text from the left.
type scanner struct {
	b []byte
	i int
}

func (p *scanner) literal(c byte) bool {
	if p.i < len(p.b) && p.b[p.i] == c {
		p.i++
		return true
	}
	return false
}

// separator reads c, or its lower case.
func (p *scanner) separator(c byte) bool { return p.literal(c) || c == 'T' && p.literal('t') }

// two reads two digits.
func (p *scanner) two() (int, bool) {
	if p.i+2 > len(p.b) {
		return 0, false
	}
	hi, lo := p.b[p.i]-'0', p.b[p.i+1]-'0'
	p.i += 2
	return 10*int(hi) + int(lo), hi <= 9 && lo <= 9
}

// digits reads at least low and at most high digits.
func (p *scanner) digits(low, high int) (n int64, ok bool) {
	start := p.i
	for p.i < len(p.b) && p.i-start < high && p.b[p.i]-'0' <= 9 {
		n = 10*n + int64(p.b[p.i]-'0')
		p.i++
	}
	return n, p.i-start >= low
}

// year reads what Java prints for a year with at least 4 digits: a + where there are more.
func (p *scanner) year(maxDigits int) (int64, bool) {
	if p.literal('+') {
		return p.digits(5, maxDigits)
	}
	if p.literal('-') {
		y, ok := p.digits(4, maxDigits)
		return -y, ok && y != 0
	}
	return p.digits(4, 4)
}

// date reads yyyy-MM-dd.
func (p *scanner) date() (int64, bool) {
	year, ok := p.year(10)
	if !ok || year > maxYear || year < -maxYear || !p.literal('-') {
		return 0, false
	}
	month, ok := p.two()
	if !ok || month < 1 || month > 12 || !p.literal('-') {
		return 0, false
	}
	dom, ok := p.two()
	if !ok || dom < 1 || dom > 31 {
		return 0, false
	}
	return Days(year, month, min(dom, lastDay(year, month))), true
}

// maxYear is Java's Year.MAX_VALUE.
const maxYear = 999_999_999

// time reads HH:mm[:ss[.n]] and returns milliseconds, a day of them for 24:00, and nanoseconds.
func (p *scanner) time(seconds bool) (ms int64, nanos int32, ok bool) {
	h, ok := p.two()
	if !ok || h > 24 || !p.literal(':') {
		return 0, 0, false
	}
	m, ok := p.two()
	if !ok || m > 59 {
		return 0, 0, false
	}
	var s int
	var fraction int64
	if p.literal(':') {
		if s, ok = p.two(); !ok || s > 59 {
			return 0, 0, false
		}
		if p.literal('.') {
			fraction = p.nanoseconds()
		}
	} else if seconds {
		return 0, 0, false
	}
	if h == 24 && (m != 0 || s != 0 || fraction != 0) {
		return 0, 0, false
	}
	return int64(h)*hour + int64(m)*minute + int64(s)*second + fraction/1_000_000, int32(fraction % 1_000_000), true
}

// nanoseconds reads 0 to 9 digits after a point.
func (p *scanner) nanoseconds() int64 {
	start := p.i
	n, _ := p.digits(0, 9)
	for k := p.i - start; k < 9; k++ {
		n *= 10
	}
	return n
}
