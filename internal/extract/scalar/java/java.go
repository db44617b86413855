// Package java is what Java's own library does with texts wherever Flink leaves them to it: String.trim,
// Integer.parseInt, Character.isWhitespace. Texts are UTF-8. Java looks at UTF-16 units, so of a character beyond
// U+FFFF it sees two halves, which are no digit, blank or letter.
package java

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// Trim is String.trim: it takes blanks and control characters off both ends.
func Trim(b []byte) []byte {
	for len(b) > 0 && b[0] <= ' ' {
		b = b[1:]
	}
	for len(b) > 0 && b[len(b)-1] <= ' ' {
		b = b[:len(b)-1]
	}
	return b
}

// ParseInt is Integer.parseInt with 32 bits and Long.parseLong with 64: a sign and decimal digits of any script.
func ParseInt(b []byte, bits int) (n int64, ok bool) {
	negative := false
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		negative = b[0] == '-'
		b = b[1:]
	}
	if len(b) == 0 {
		return 0, false
	}
	limit := uint64(1)<<(bits-1) - 1
	if negative {
		limit++
	}
	var u uint64
	for len(b) > 0 {
		d, size := Digit(b)
		if d < 0 || u > (limit-uint64(d))/10 {
			return 0, false
		}
		u = 10*u + uint64(d)
		b = b[size:]
	}
	if negative {
		return -int64(u), true
	}
	return int64(u), true
}

// Digit is the value of the decimal digit that b begins with, of any script, and its size in bytes; -1 if it is none.
// b is not empty.
func Digit(b []byte) (value, size int) {
	if c := b[0]; c < utf8.RuneSelf {
		if c-'0' <= 9 {
			return int(c - '0'), 1
		}
		return -1, 1
	}
	r, size := utf8.DecodeRune(b)
	for _, block := range unicode.Nd.R16 {
		// Every block of digits begins with its zero, and neighbouring blocks are of ten each.
		if r >= rune(block.Lo) && r <= rune(block.Hi) {
			return int(r-rune(block.Lo)) % 10, size
		}
	}
	return -1, size
}

// Compare is String.compareTo, the order of UTF-16 units. It differs from the order of the bytes only where one text
// has a character beyond U+FFFF and the other one above the surrogates.
func Compare(a, b []byte) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	if n < len(a) && n < len(b) && a[n] >= 0xEE && b[n] >= 0xEE && (a[n] >= 0xF0) != (b[n] >= 0xF0) {
		return bytes.Compare(b[n:], a[n:])
	}
	return bytes.Compare(a[n:], b[n:])
}

// Length is String.length: how many UTF-16 units b has.
func Length(b []byte) (n int) {
	for _, c := range b {
		switch {
		case c >= 0xF0:
			n += 2
		case c < utf8.RuneSelf || c >= 0xC0:
			n++
		}
	}
	return n
}

// IsWhitespace is Character.isWhitespace: separators at which a line may be broken, and some control characters.
func IsWhitespace(r rune) bool {
	switch {
	case r >= '\t' && r <= '\r', r >= 0x1C && r <= 0x1F:
		return true
	case r == 0xA0, r == 0x2007, r == 0x202F:
		return false
	}
	return unicode.In(r, unicode.Z)
}
