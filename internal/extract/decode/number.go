package decode

import (
	"bytes"
	"math"
	"strconv"
	"unicode"
	"unicode/utf8"
)

// trim cuts what Java's String.trim cuts: everything up to the blank, control characters included.
func trim(text []byte) []byte {
	for len(text) > 0 && text[0] <= ' ' {
		text = text[1:]
	}
	for len(text) > 0 && text[len(text)-1] <= ' ' {
		text = text[:len(text)-1]
	}
	return text
}

// parseInteger reads text as Java's parseInt (bits 32) and parseLong (64) do: an optional sign and
// decimal digits of any script.
func parseInteger(text []byte, bits int) (int64, bool) {
	negative := false
	if len(text) > 0 && (text[0] == '-' || text[0] == '+') {
		negative = text[0] == '-'
		text = text[1:]
	}
	if len(text) == 0 {
		return 0, false
	}
	limit := uint64(1)<<(bits-1) - 1
	if negative {
		limit++
	}
	var n uint64
	for len(text) > 0 {
		d, size := decimalDigit(text)
		if d < 0 || n > (limit-uint64(d))/10 {
			return 0, false
		}
		n = n*10 + uint64(d)
		text = text[size:]
	}
	if negative {
		return -int64(n), true
	}
	return int64(n), true
}

// decimalDigit is the value of the digit that text begins with, and its bytes; -1 if it is none.
// Java looks at UTF-16 units here, so digits beyond U+FFFF do not count.
func decimalDigit(text []byte) (value, size int) {
	if c := text[0]; c < 0x80 {
		if digit(c) {
			return int(c - '0'), 1
		}
		return -1, 1
	}
	r, size := utf8.DecodeRune(text)
	for _, x := range unicode.Nd.R16 {
		// Every block of digits begins with its zero, and neighbouring blocks are of ten each.
		if r >= rune(x.Lo) && r <= rune(x.Hi) {
			return int(r-rune(x.Lo)) % 10, size
		}
	}
	return -1, size
}

// parseDouble reads text as Java's parseDouble does: with NaN and Infinity, a suffix d or f, and
// hexadecimal; without inf, underscores and what else Go would take.
func parseDouble(text []byte) (float64, bool) {
	s := trim(text)
	sign := 1.0
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		if s[0] == '-' {
			sign = -1
		}
		s = s[1:]
	}
	switch string(s) {
	case "NaN":
		return math.NaN(), true
	case "Infinity":
		return math.Inf(int(sign)), true
	}
	hexadecimal := len(s) > 2 && s[0] == '0' && s[1]|0x20 == 'x'
	if n := len(s); n > 0 && bytes.IndexByte([]byte("dDfF"), s[n-1]) >= 0 && (!hexadecimal || bytes.ContainsAny(s, "pP")) {
		s = s[:n-1]
	}
	if hexadecimal && !validHexadecimal(s[2:]) || !hexadecimal && !validDecimal(s) {
		return 0, false
	}
	f, err := strconv.ParseFloat(string(s), 64)
	if err != nil && !math.IsInf(f, 0) {
		return 0, false
	}
	return math.Copysign(f, sign), true
}

// validDecimal: digits with a point before, within or behind them, and an exponent.
func validDecimal(s []byte) bool {
	i, digits := 0, 0
	for ; i < len(s) && digit(s[i]); i++ {
		digits++
	}
	if i < len(s) && s[i] == '.' {
		for i++; i < len(s) && digit(s[i]); i++ {
			digits++
		}
	}
	return digits > 0 && (i == len(s) || s[i]|0x20 == 'e' && validExponent(s[i+1:]))
}

func validHexadecimal(s []byte) bool {
	i, digits := 0, 0
	for ; i < len(s) && hexValue(s[i]) >= 0; i++ {
		digits++
	}
	if i < len(s) && s[i] == '.' {
		for i++; i < len(s) && hexValue(s[i]) >= 0; i++ {
			digits++
		}
	}
	return digits > 0 && i < len(s) && s[i]|0x20 == 'p' && validExponent(s[i+1:])
}

func validExponent(s []byte) bool {
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		s = s[1:]
	}
	for _, c := range s {
		if !digit(c) {
			return false
		}
	}
	return len(s) > 0
}

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
	if point < 0 || point > 7 || len(s) > 16 || !validDecimal(s) || bytes.ContainsAny(s, "eE") {
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
