package decode

import "bytes"

// decimalText appends the number in text as a DECIMAL(precision, scale): plain notation, rounded half
// up to exactly its scale. The number is nil where the precision is too small for it, which Flink
// does not take for an error. ok is false where text is no number for Java's BigDecimal.
func decimalText(out, text []byte, precision, scale int) (number []byte, ok bool) {
	s := text
	negative := false
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		negative = s[0] == '-'
		s = s[1:]
	}
	mantissa := s
	exponent := 0
	if e := bytes.IndexAny(s, "eE"); e >= 0 {
		mantissa = s[:e]
		if exponent, ok = decimalExponent(s[e+1:]); !ok {
			return nil, false
		}
	}

	// The digits without leading zeros, kept behind what out holds, and how many are before the point.
	begin := len(out)
	seen, before, pointSeen := 0, 0, false
	for len(mantissa) > 0 {
		if mantissa[0] == '.' {
			if pointSeen {
				return nil, false
			}
			pointSeen = true
			mantissa = mantissa[1:]
			continue
		}
		d, size := decimalDigit(mantissa)
		if d < 0 {
			return nil, false
		}
		mantissa = mantissa[size:]
		seen++
		if d == 0 && len(out) == begin { // a leading zero moves the point, nothing more
			if pointSeen {
				before--
			}
			continue
		}
		if !pointSeen {
			before++
		}
		out = append(out, '0'+byte(d))
	}
	if seen == 0 {
		return nil, false
	}
	digits := out[begin:]
	if len(digits) == 0 {
		return appendDecimal(out[begin:], nil, 0, scale, false), true
	}
	if before += exponent; before > precision-scale {
		return nil, true
	}
	digits, before = roundDecimal(digits, before, scale)
	if before > precision-scale && len(digits) > 0 {
		return nil, true
	}
	return appendDecimal(digits[len(digits):], digits, before, scale, negative), true
}

// decimalExponent reads the exponent of a BigDecimal, which must leave the scale within 32 bits.
func decimalExponent(s []byte) (int, bool) {
	negative := false
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		negative = s[0] == '-'
		s = s[1:]
	}
	if len(s) == 0 {
		return 0, false
	}
	n := 0
	for len(s) > 0 {
		d, size := decimalDigit(s)
		if d < 0 {
			return 0, false
		}
		s = s[size:]
		if n = n*10 + d; n > 1<<31-1 {
			return 0, false
		}
	}
	if negative {
		n = -n
	}
	return n, true
}

// roundDecimal cuts digits, of which before are before the point, half up to scale behind the point.
func roundDecimal(digits []byte, before, scale int) ([]byte, int) {
	keep := before + scale
	switch {
	case keep >= len(digits):
		return digits, before
	case keep < 0:
		return digits[:0], before
	}
	up := digits[keep] >= '5'
	digits = digits[:keep]
	if !up {
		return digits, before
	}
	for i := keep - 1; i >= 0; i-- {
		if digits[i] < '9' {
			digits[i]++
			return digits, before
		}
		digits[i] = '0'
	}
	// All were nines, or there were none: a new leading one.
	digits = append(digits, '0')
	copy(digits[1:], digits[:len(digits)-1])
	digits[0] = '1'
	return digits, before + 1
}

// appendDecimal writes 0.d1d2.. * 10^before with exactly scale digits behind the point.
func appendDecimal(out, digits []byte, before, scale int, negative bool) []byte {
	if negative && len(bytes.Trim(digits, "0")) > 0 {
		out = append(out, '-')
	}
	if before <= 0 {
		out = append(out, '0')
	}
	at := func(i int) byte {
		if i >= 0 && i < len(digits) {
			return digits[i]
		}
		return '0'
	}
	for i := 0; i < before; i++ {
		out = append(out, at(i))
	}
	if scale > 0 {
		out = append(out, '.')
		for i := before; i < before+scale; i++ {
			out = append(out, at(i))
		}
	}
	return out
}
