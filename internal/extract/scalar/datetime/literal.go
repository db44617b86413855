package datetime

// ParseDateLiteral reads the text of DATE '2026-11-23', as days since 1970: a date of the years 1 to 9999 that exists,
// also in the calendar of its time. Month and day may have one digit. Flink's planner takes some more, such as years of
// two digits, which are refused as likely mistakes.
func ParseDateLiteral(b []byte) (days int64, ok bool) {
	p := scanner{b: b}
	days, ok = p.dateLiteral()
	return days, ok && p.end()
}

// ParseTimestampLiteral reads the text of TIMESTAMP '2026-11-23 10:15:30.5': a date as in [ParseDateLiteral], and
// perhaps a blank and a time of that day, whose parts may have one digit each, and 0 to 9 digits of fraction.
func ParseTimestampLiteral(b []byte) (ms int64, nanos int32, ok bool) {
	p := scanner{b: b}
	days, ok := p.dateLiteral()
	if !ok || p.end() {
		return days * day, 0, ok
	}
	part := [3]int64{}
	for i, limit := range [...]int64{23, 59, 59} {
		if !p.literal(" ::"[i]) {
			return 0, 0, false
		}
		if part[i], ok = p.digits(1, 2); !ok || part[i] > limit {
			return 0, 0, false
		}
	}
	fraction := int64(0)
	if p.literal('.') {
		fraction = p.nanoseconds()
	}
	ms = days*day + part[0]*hour + part[1]*minute + part[2]*second + fraction/1_000_000
	return ms, int32(fraction % 1_000_000), p.end()
}

func (p *scanner) dateLiteral() (days int64, ok bool) {
	year, ok := p.digits(4, 4)
	if !ok || year == 0 || !p.literal('-') {
		return 0, false
	}
	month, ok := p.digits(1, 2)
	if !ok || month < 1 || month > 12 || !p.literal('-') {
		return 0, false
	}
	dom, ok := p.digits(1, 2)
	if !ok || dom < 1 || dom > int64(lastDay(year, int(month))) {
		return 0, false
	}
	days = Days(year, int(month), int(dom))
	return days, days >= reform || days < reform-10 // the ten days that the reform left out
}
