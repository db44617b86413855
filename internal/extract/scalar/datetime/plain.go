package datetime

import "encoding/binary"

// The three words of 2026-11-23T10:15:30.123Z: what stands there with every digit 0, and what makes a
// byte overflow into its high bit if, after that is taken away, it is no digit (0x76) or not the mark
// that must stand there (0x7f).
const (
	yearMonthMarks = uint64(0x2d30302d30303030) // "0000-00-", the first byte lowest
	yearMonthBound = uint64(0x7f76767f76767676)
	dayMinuteMarks = uint64(0x30303a3030543030) // "00T00:00"
	dayMinuteBound = uint64(0x76767f76767f7676)
	secondMarks    = uint64(0x5a3030302e30303a) // ":00.000Z"
	secondBound    = uint64(0x7f7676767f76767f)
	highBits       = uint64(0x8080808080808080)
)

// PlainInstant reads a TIMESTAMP_LTZ in the form that nearly all producers use, exactly as long as
// 2026-11-23T10:15:30.123Z. It does not take what is odd in any way, valid or not.
func PlainInstant(text []byte) (ms int64, ok bool) {
	if len(text) != 24 {
		return 0, false
	}
	a := binary.LittleEndian.Uint64(text) ^ yearMonthMarks
	b := binary.LittleEndian.Uint64(text[8:]) ^ dayMinuteMarks
	ofMinute, ok := PlainSecond(binary.LittleEndian.Uint64(text[16:]))
	if !ok || (a|(a+yearMonthBound)|b|(b+dayMinuteBound))&highBits != 0 {
		return 0, false
	}
	year := int64(byteAt(a, 0)*1000 + byteAt(a, 1)*100 + byteAt(a, 2)*10 + byteAt(a, 3))
	month, dom := byteAt(a, 5)*10+byteAt(a, 6), byteAt(b, 0)*10+byteAt(b, 1)
	h, m := byteAt(b, 3)*10+byteAt(b, 4), byteAt(b, 6)*10+byteAt(b, 7)
	if month < 1 || month > 12 || dom < 1 || dom > lastDay(year, month) || h > 23 || m > 59 {
		return 0, false
	}
	return Days(year, month, dom)*day + int64(h)*hour + int64(m)*minute + ofMinute, true
}

// PlainSecond is how many milliseconds :30.123Z is, the last word of a plain instant, the first byte lowest.
func PlainSecond(w uint64) (ms int64, ok bool) {
	c := w ^ secondMarks
	sec := byteAt(c, 1)*10 + byteAt(c, 2)
	ok = (c|(c+secondBound))&highBits == 0 && sec <= 59
	return int64(sec*1000 + byteAt(c, 4)*100 + byteAt(c, 5)*10 + byteAt(c, 6)), ok
}

// byteAt is a byte of a word, 0 the lowest.
func byteAt(w uint64, i uint) int { return int(w >> (8 * i) & 0xff) }
