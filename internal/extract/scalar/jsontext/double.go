package jsontext

import (
	"strconv"

	"github.com/railtwin/digitaltwin/internal/extract/scalar/number"
)

// AppendDouble appends f as Java's BigDecimal.valueOf(f).toString() does: 7.0, 0.00015, 1.0E+7,
// 14999999.999999998, and 0.0 for -0.0. It appends nothing and returns false for NaN and the infinities.
func AppendDouble(dst []byte, f float64) ([]byte, bool) {
	if f-f != 0 {
		return dst, false
	}
	if f == 0 {
		return append(dst, "0.0"...), true
	}
	d := number.JavaDigits(f)
	if f < 0 {
		dst = append(dst, '-')
	}
	// Double.toString always writes a digit after the point, and an exponent outside 1e-3 to 1e7;
	// BigDecimal keeps the number of digits that it finds in that text.
	scale := max(d.Len-d.Point, 1)
	if d.Point <= -3 || d.Point > 7 {
		scale = max(d.Len-1, 1) - (d.Point - 1)
	}
	digits := d.Bytes[:d.Point+scale]
	for i := d.Len; i < len(digits); i++ {
		digits[i] = '0'
	}
	return appendScaled(dst, digits, scale), true
}

// AppendDecimal appends the value of a DECIMAL in plain notation, such as -12.30, as Java's
// BigDecimal.toString() does, which turns to an exponent below 1E-6: 0E-10, 1.5E-9.
func AppendDecimal(dst, plain []byte) []byte {
	var buf [40]byte
	digits, scale, negative := scaled(buf[:0], plain)
	if negative {
		dst = append(dst, '-')
	}
	return appendScaled(dst, digits, scale)
}

// AppendNumber appends a JSON number with the digits that it has, as Java's BigInteger and BigDecimal
// write them: 1.50 stays, 1e3 becomes 1E+3, -0 becomes 0. Its exponent must be an int of Java.
func AppendNumber(dst, number []byte) []byte {
	var buf [40]byte
	digits, scale, negative := scaled(buf[:0], number)
	if negative && string(digits) != "0" {
		dst = append(dst, '-')
	}
	return appendScaled(dst, digits, scale)
}

// AppendStripped is [AppendNumber] without the zeros at the end of the digits, as Java's
// BigDecimal.stripTrailingZeros().toString() writes them: 1.50 becomes 1.5, 100 becomes 1E+2, 0.00 becomes 0.
func AppendStripped(dst, number []byte) []byte {
	var buf [40]byte
	digits, scale, negative := scaled(buf[:0], number)
	if string(digits) == "0" {
		return append(dst, '0')
	}
	for ; digits[len(digits)-1] == '0'; scale-- {
		digits = digits[:len(digits)-1]
	}
	if negative {
		dst = append(dst, '-')
	}
	return appendScaled(dst, digits, scale)
}

// scaled takes a number apart into digits * 10^-scale. The digits, appended to buf, have no leading zero unless they
// are just 0.
func scaled(buf, number []byte) (digits []byte, scale int, negative bool) {
	mantissa := number
	for i, c := range number {
		if c|0x20 == 'e' {
			mantissa = number[:i]
			exponent, _ := strconv.Atoi(string(number[i+1:]))
			scale = -exponent
		}
	}
	digits = buf
	for i, c := range mantissa {
		switch {
		case c == '-':
			negative = true
		case c == '.':
			scale += len(mantissa) - i - 1
		case c != '0' || len(digits) > 0:
			digits = append(digits, c)
		}
	}
	if len(digits) == 0 {
		digits = append(digits, '0')
	}
	return digits, scale, negative
}

// appendScaled appends digits * 10^-scale as BigDecimal.toString() does. digits has no leading zero
// unless it is just 0.
func appendScaled(dst, digits []byte, scale int) []byte {
	exp := len(digits) - 1 - scale
	switch {
	case scale == 0:
		return append(dst, digits...)
	case scale < 0 || exp < -6:
		dst = append(dst, digits[0])
		if len(digits) > 1 {
			dst = append(append(dst, '.'), digits[1:]...)
		}
		dst = append(dst, 'E')
		if exp >= 0 {
			dst = append(dst, '+')
		}
		return strconv.AppendInt(dst, int64(exp), 10)
	case exp >= 0:
		dst = append(dst, digits[:exp+1]...)
		dst = append(dst, '.')
		return append(dst, digits[exp+1:]...)
	}
	dst = append(dst, "0.00000"[:2-exp-1]...)
	return append(dst, digits...)
}
