package number

import "github.com/railtwin/digitaltwin/internal/extract/scalar/java"

// CastDecimal is TRY_CAST(text AS DECIMAL). Flink has two readers for it. Up to 18 digits of precision
// and 18 bytes of text it is one of its own, which forgives the character after the number: 12x is 12,
// and x is 0. Otherwise it is Java's BigDecimal.
func CastDecimal(text []byte, t DecimalType) (Decimal, bool) {
	if t.Precision > smallDigits || len(text) > smallDigits {
		d, ok := ReadDecimal(trimDecimal(text))
		if !ok {
			return Decimal{}, false
		}
		return d.Fit(t)
	}
	return castShort(text, t)
}

func blank(c byte) bool { return c == ' ' || c == '\n' || c == '\t' }

func trimDecimal(b []byte) []byte {
	for len(b) > 0 && blank(b[0]) {
		b = b[1:]
	}
	for len(b) > 0 && blank(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}

// castShort reads blanks, a sign, digits with a point, any one character, and, if that was an e, an
// exponent and again any one character.
func castShort(s []byte, t DecimalType) (Decimal, bool) {
	i := 0
	for i < len(s) && blank(s[i]) {
		i++
	}
	if i == len(s) {
		return Decimal{}, false
	}
	negative := s[i] == '-'
	if negative || s[i] == '+' {
		if i++; i == len(s) {
			return Decimal{}, false
		}
	}
	var n int64
	digits, point := 0, -1
	var c byte
	for more := true; more && i < len(s); i++ {
		switch c = s[i]; {
		case isDigit(c):
			n = 10*n + int64(c-'0')
			digits++
		case c == '.':
			if point >= 0 {
				return Decimal{}, false
			}
			point = digits
		default:
			more = false
		}
	}
	if point < 0 {
		point = digits
	}
	exp := 0
	if c|0x20 == 'e' && i < len(s) {
		expNegative := s[i] == '-'
		if expNegative || s[i] == '+' {
			if i++; i == len(s) {
				return Decimal{}, false
			}
		}
		for more := true; more && i < len(s); i++ {
			if more = isDigit(s[i]); more && exp < 40 {
				exp = 10*exp + int(s[i]-'0')
			}
		}
		if expNegative {
			exp = -exp
		}
	}
	for ; i < len(s); i++ {
		if !blank(s[i]) {
			return Decimal{}, false
		}
	}
	// A shift by more than Flink's table of powers throws, which TRY_CAST makes NULL, also of zero.
	shift := exp - (digits - point) + t.Scale
	if digits+shift > t.Precision || shift < -smallDigits {
		return Decimal{}, false
	}
	d := Decimal{small: n}
	if negative {
		d.small = -n
	}
	d.scale = -(shift - t.Scale)
	return d.at(t.Scale, halfUp), true
}

// ReadDecimal reads what Java's BigDecimal does: a sign, digits of any script with a point, and an exponent of up to
// ten digits.
func ReadDecimal(s []byte) (Decimal, bool) {
	negative := false
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		negative = s[0] == '-'
		s = s[1:]
	}
	var buf [64]byte
	digits, point, any := buf[:0], -1, false
	count := 0
	for len(s) > 0 {
		if s[0] == '.' && point < 0 {
			point = count
			s = s[1:]
			continue
		}
		v, size := java.Digit(s)
		if v < 0 {
			break
		}
		any = true
		count++
		if v > 0 || len(digits) > 0 {
			digits = append(digits, byte('0'+v))
		}
		s = s[size:]
	}
	if !any {
		return Decimal{}, false
	}
	scale := 0
	if point >= 0 {
		scale = count - point
	}
	if len(s) > 0 {
		exp, ok := exponent(s)
		if !ok {
			return Decimal{}, false
		}
		scale -= exp
		if scale != int(int32(scale)) {
			return Decimal{}, false
		}
	}
	d := fromDigits(digits, scale)
	if negative {
		d = d.Neg()
	}
	return d, true
}

// exponent reads e, a sign, and digits, of which at most ten count.
func exponent(s []byte) (int, bool) {
	if s[0]|0x20 != 'e' || len(s) < 2 {
		return 0, false
	}
	s = s[1:]
	negative := s[0] == '-'
	if negative || s[0] == '+' {
		s = s[1:]
	}
	n, any := 0, false
	for len(s) > 0 {
		v, size := java.Digit(s)
		if v < 0 || n > 1<<33 {
			return 0, false
		}
		n, any = 10*n+v, true
		s = s[size:]
	}
	if n > 1<<31-1 {
		return 0, false
	}
	if negative {
		n = -n
	}
	return n, any
}
