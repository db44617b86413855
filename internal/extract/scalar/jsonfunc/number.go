package jsonfunc

import (
	"strconv"
	"strings"
)

// appendNumber writes a JSON number with all of its digits, as Java's BigInteger and BigDecimal do:
// 1.50 stays, 1e3 is 1E+3, 0.0000001 is 1E-7.
func appendNumber(dst []byte, text string) []byte {
	if !strings.ContainsAny(text, ".eE") {
		if text == "-0" {
			return append(dst, '0')
		}
		return append(dst, text...)
	}
	mantissa, exponent, _ := strings.Cut(strings.ToLower(text), "e")
	exp, err := strconv.Atoi(exponent)
	if exponent != "" && err != nil {
		return append(dst, text...)
	}
	if strings.HasPrefix(mantissa, "-") {
		mantissa = mantissa[1:]
		if strings.Trim(mantissa, "0.") != "" {
			dst = append(dst, '-')
		}
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	if digits == "" {
		digits = "0"
	}
	scale := len(fraction) - exp
	adjusted := len(digits) - 1 - scale
	switch {
	case scale == 0:
		return append(dst, digits...)
	case scale > 0 && adjusted >= -6:
		for len(digits) <= scale {
			digits = "0" + digits
		}
		dst = append(dst, digits[:len(digits)-scale]...)
		return append(append(dst, '.'), digits[len(digits)-scale:]...)
	}
	dst = append(dst, digits[0])
	if len(digits) > 1 {
		dst = append(append(dst, '.'), digits[1:]...)
	}
	dst = append(dst, 'E')
	if adjusted >= 0 {
		dst = append(dst, '+')
	}
	return strconv.AppendInt(dst, int64(adjusted), 10)
}
