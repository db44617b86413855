package fleet

import "strconv"

// wagonNumber returns a UIC wagon number, written with blanks as operators do: 31 85 7961 204-1. The
// last digit is the check digit.
func wagonNumber(interchange, country, kind, serial int) string {
	digits := pad(interchange, 2) + pad(country, 2) + pad(kind, 4) + pad(serial, 3)
	return digits[0:2] + " " + digits[2:4] + " " + digits[4:8] + " " + digits[8:11] + "-" + string('0'+checkDigit(digits))
}

// checkDigit returns the Luhn digit that follows: weights 2, 1, 2, ... from the left, the digits of the
// products added up, and what is missing to the next ten.
func checkDigit(digits string) rune {
	sum := 0
	for i := range len(digits) {
		product := int(digits[i]-'0') * (2 - i%2)
		sum += product/10 + product%10
	}
	return rune((10 - sum%10) % 10)
}

func pad(n, width int) string {
	s := strconv.Itoa(n)
	for len(s) < width {
		s = "0" + s
	}
	return s
}
