package number

import (
	"bytes"
	"math"
	"strconv"

	"github.com/railtwin/digitaltwin/internal/extract/scalar/java"
)

// ParseInt is TRY_CAST(text AS INT) with 32 bits and BIGINT with 64: blanks around it, a sign, digits,
// and perhaps a point with further digits, which are cut off: 12.7 is 12, and so is a lone point 0.
func ParseInt(text []byte, bits int) (int64, bool) {
	text = bytes.Trim(text, " ")
	if len(text) == 0 {
		return 0, false
	}
	negative := text[0] == '-'
	if negative || text[0] == '+' {
		if text = text[1:]; len(text) == 0 {
			return 0, false
		}
	}
	limit := uint64(1)<<(bits-1) - 1
	if negative {
		limit++
	}
	var n uint64
	point := false
	for _, c := range text {
		switch {
		case c == '.' && !point:
			point = true
		case c < '0' || c > '9':
			return 0, false
		case point:
		case n > (limit-uint64(c-'0'))/10:
			return 0, false
		default:
			n = 10*n + uint64(c-'0')
		}
	}
	if negative {
		return -int64(n), true
	}
	return int64(n), true
}

// ParseBool is TRY_CAST(text AS BOOLEAN): t, true, y, yes, 1 and their opposites, in any case, with
// nothing around them.
func ParseBool(text []byte) (value, ok bool) {
	if len(text) > 5 {
		return false, false
	}
	var lower [5]byte
	for i, c := range text {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		lower[i] = c
	}
	switch string(lower[:len(text)]) {
	case "t", "true", "y", "yes", "1":
		return true, true
	case "f", "false", "n", "no", "0":
		return false, true
	}
	return false, false
}

// ParseDouble is TRY_CAST(text AS DOUBLE), Java's Double.parseDouble: blanks and control characters
// around it, NaN, Infinity, a final d or f, hexadecimal with p; too large a number is an infinity.
func ParseDouble(text []byte) (float64, bool) {
	s := java.Trim(text)
	negative := len(s) > 0 && s[0] == '-'
	if negative || len(s) > 0 && s[0] == '+' {
		s = s[1:]
	}
	var f float64
	switch {
	case string(s) == "NaN":
		f = math.NaN()
	case string(s) == "Infinity":
		f = math.Inf(1)
	default:
		var n int
		hex := len(s) > 2 && s[0] == '0' && s[1]|0x20 == 'x'
		if hex {
			if n = floatLength(s[2:], isHexDigit, 'p'); n > 0 {
				n += 2
			}
		} else {
			n = floatLength(s, isDigit, 'e')
		}
		if n == 0 || hex && !bytes.ContainsAny(s[:n], "pP") {
			return 0, false
		}
		rest := s[n:]
		if len(rest) > 1 || len(rest) == 1 && rest[0]|0x20 != 'd' && rest[0]|0x20 != 'f' {
			return 0, false
		}
		var err error
		if f, err = strconv.ParseFloat(string(s[:n]), 64); err != nil && !math.IsInf(f, 0) {
			return 0, false
		}
	}
	if negative {
		f = -f
	}
	return f, true
}

// floatLength returns the length of the number that s begins with: digits with a point before, within
// or behind them, and an exponent after its letter. It is 0 if there is none.
func floatLength(s []byte, digit func(byte) bool, letter byte) int {
	i, digits := 0, 0
	for point := false; i < len(s) && (digit(s[i]) || s[i] == '.' && !point); i++ {
		if s[i] == '.' {
			point = true
		} else {
			digits++
		}
	}
	if digits == 0 {
		return 0
	}
	if i == len(s) || s[i]|0x20 != letter {
		return i
	}
	i++
	if i < len(s) && (s[i] == '-' || s[i] == '+') {
		i++
	}
	start := i
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	if i == start {
		return 0
	}
	return i
}

func isDigit(c byte) bool { return c-'0' <= 9 }

func isHexDigit(c byte) bool { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }
