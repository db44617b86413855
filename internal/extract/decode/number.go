package decode

import (
	"bytes"
	"math"
	"strconv"
)

// truncate is a JSON number with fraction or exponent as INT or BIGINT: the part before the point,
// if the number as a DOUBLE lies within the bounds of the type.
func truncate(text []byte, bits int) (int64, bool) {
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil && !math.IsInf(f, 0) {
		return 0, false
	}
	if bits == 32 {
		return int64(f), f >= math.MinInt32 && f <= math.MaxInt32
	}
	switch {
	case f < math.MinInt64 || f > math.MaxInt64:
		return 0, false
	case f == math.MaxInt64: // as a DOUBLE this is 2^63, which Java's conversion cuts
		return math.MaxInt64, true
	}
	return int64(f), true
}

// canonicalDouble tells whether text, a JSON number, is the text that a DOUBLE of its value has as
// JSON: plain notation, nothing superfluous, few enough digits to be exact.
func canonicalDouble(text []byte) bool {
	s := text
	negative := len(s) > 0 && s[0] == '-'
	if negative {
		s = s[1:]
	}
	point := bytes.IndexByte(s, '.')
	if point < 0 || point > 7 || len(s) > 16 || bytes.ContainsAny(s, "eE") {
		return false
	}
	fraction := s[point+1:]
	if len(fraction) > 1 && fraction[len(fraction)-1] == '0' {
		return false
	}
	if s[0] == '0' && (len(fraction) < 3 || string(fraction[:3]) != "000") {
		return !(negative && string(s) == "0.0")
	}
	return s[0] != '0'
}
