package capture

import (
	"strconv"
	"time"
)

// stamp is a point in time in the text of a record.
type stamp struct {
	offset int
	at     time.Time // in the zone that it is written in, to the precision of its form
	form   form
}

// form is how a point in time is written. What may follow it, a fraction of a second and a zone, is
// the same before and after the shift and is left alone.
type form uint8

const (
	isoMinutes   form = iota // 2018-10-09T04:32, also with a blank for the T
	isoSeconds               // 2018-10-09T04:32:52, whatever fraction follows
	dotMinutes               // 25.09.2016 05:49
	dotSeconds               // 25.09.2016 05:49:07
	epochSeconds             // 1539059572, whatever fraction follows
	epochMillis              // 1539059572123
)

// epochWindow is how far from the newest reading a bare number of ten or thirteen digits may lie to
// be taken for a time: wide enough for a forecast and for yesterday, narrow enough for no counter.
const epochWindow = 10 * 24 * time.Hour

func (f form) step() time.Duration {
	switch f {
	case isoMinutes, dotMinutes:
		return time.Minute
	case epochMillis:
		return time.Millisecond
	}
	return time.Second
}

// findStamps finds the points in time in text. loc is the zone of those that say none.
func findStamps(text []byte, newest time.Time, loc *time.Location) []stamp {
	var stamps []stamp
	for i := 0; i < len(text); {
		if !digit(text[i]) {
			i++
			continue
		}
		end := i // of this run of digits
		for end < len(text) && digit(text[end]) {
			end++
		}
		s, n := stamp{}, 0
		switch end - i {
		case 4:
			s, n = iso(text[i:], loc)
		case 2:
			s, n = dotted(text[i:], loc)
		case 10, 13:
			if standsAlone(text, i, end) {
				s, n = epoch(text[i:end], newest)
			}
		}
		if n == 0 {
			i = end
			continue
		}
		s.offset = i
		stamps = append(stamps, s)
		i += n
	}
	return stamps
}

// write writes t over the text at b in the form of s.
func (s *stamp) write(b []byte, t time.Time) {
	t = t.In(s.at.Location())
	switch s.form {
	case isoMinutes, isoSeconds:
		putNumber(b[0:4], int64(t.Year()))
		putNumber(b[5:7], int64(t.Month()))
		putNumber(b[8:10], int64(t.Day()))
	case dotMinutes, dotSeconds:
		putNumber(b[0:2], int64(t.Day()))
		putNumber(b[3:5], int64(t.Month()))
		putNumber(b[6:10], int64(t.Year()))
	case epochSeconds:
		putNumber(b[:10], t.Unix())
		return
	case epochMillis:
		putNumber(b[:13], t.UnixMilli())
		return
	}
	putNumber(b[11:13], int64(t.Hour()))
	putNumber(b[14:16], int64(t.Minute()))
	if s.form == isoSeconds || s.form == dotSeconds {
		putNumber(b[17:19], int64(t.Second()))
	}
}

// iso reads 2018-10-09T04:32[:52[.5]][Z|+02:00|+0200] and returns the number of bytes, 0 if b is no such time.
func iso(b []byte, loc *time.Location) (stamp, int) {
	if !matches(b, "0000-00-00T00:00") && !matches(b, "0000-00-00 00:00") {
		return stamp{}, 0
	}
	form, n, second := clock(b, isoMinutes, isoSeconds)
	if zone, size := offset(b[n:]); size > 0 {
		loc, n = zone, n+size
	}
	at, ok := date(number(b[0:4]), number(b[5:7]), number(b[8:10]), number(b[11:13]), number(b[14:16]), second, loc)
	if !ok {
		return stamp{}, 0
	}
	return stamp{at: at, form: form}, n
}

// dotted reads 25.09.2016 05:49[:07].
func dotted(b []byte, loc *time.Location) (stamp, int) {
	if !matches(b, "00.00.0000 00:00") {
		return stamp{}, 0
	}
	form, n, second := clock(b, dotMinutes, dotSeconds)
	at, ok := date(number(b[6:10]), number(b[3:5]), number(b[0:2]), number(b[11:13]), number(b[14:16]), second, loc)
	if !ok {
		return stamp{}, 0
	}
	return stamp{at: at, form: form}, n
}

// clock looks for seconds and a fraction after the sixteen bytes of date, hours and minutes.
func clock(b []byte, minutes, seconds form) (f form, n, second int) {
	if !matches(b[16:], ":00") {
		return minutes, 16, 0
	}
	n = 19
	if n+1 < len(b) && b[n] == '.' && digit(b[n+1]) {
		for n++; n < len(b) && digit(b[n]); n++ {
		}
	}
	return seconds, n, number(b[17:19])
}

// offset reads Z, +02:00 or +0200.
func offset(b []byte) (*time.Location, int) {
	if len(b) == 0 {
		return nil, 0
	}
	if b[0] == 'Z' || b[0] == 'z' {
		return time.UTC, 1
	}
	if b[0] != '+' && b[0] != '-' {
		return nil, 0
	}
	n, minutes := 0, 0
	switch {
	case matches(b[1:], "00:00"):
		n, minutes = 6, number(b[1:3])*60+number(b[4:6])
	case matches(b[1:], "0000"):
		n, minutes = 5, number(b[1:3])*60+number(b[3:5])
	default:
		return nil, 0
	}
	if b[0] == '-' {
		minutes = -minutes
	}
	return time.FixedZone("", minutes*60), n
}

func epoch(b []byte, newest time.Time) (stamp, int) {
	v, err := strconv.ParseInt(string(b), 10, 64)
	if err != nil {
		return stamp{}, 0
	}
	s := stamp{at: time.Unix(v, 0).UTC(), form: epochSeconds}
	if len(b) == 13 {
		s = stamp{at: time.UnixMilli(v).UTC(), form: epochMillis}
	}
	if d := s.at.Sub(newest); d < -epochWindow || d > epochWindow {
		return stamp{}, 0
	}
	return s, len(b)
}

// standsAlone reports whether the digits text[i:end] are a whole number: not a part of a name, of a
// negative number or of a fraction. A fraction may follow.
func standsAlone(text []byte, i, end int) bool {
	if i > 0 && partOfName(text[i-1]) {
		return false
	}
	return end == len(text) || text[end] == '.' || !partOfName(text[end])
}

func partOfName(c byte) bool {
	return c == '-' || c == '_' || c == '.' || c == '+' || c == '/' || c == '#' || digit(c) ||
		'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c >= 0x80
}

// date returns the time, and whether there is such a day and hour.
func date(year, month, day, hour, minute, second int, loc *time.Location) (time.Time, bool) {
	if month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59 {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, 0, loc)
	return t, t.Day() == day
}

// matches reports whether b begins with the pattern, in which 0 is any digit.
func matches(b []byte, pattern string) bool {
	if len(b) < len(pattern) {
		return false
	}
	for i := range len(pattern) {
		if pattern[i] == '0' {
			if !digit(b[i]) {
				return false
			}
		} else if b[i] != pattern[i] {
			return false
		}
	}
	return true
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

// number reads digits.
func number(b []byte) int {
	n := 0
	for _, c := range b {
		n = n*10 + int(c-'0')
	}
	return n
}

// putNumber writes v over all of b, with leading zeros.
func putNumber(b []byte, v int64) {
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = byte('0' + v%10)
		v /= 10
	}
}
