package jsontext

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// AppendQuote is JSON_QUOTE(s): unlike [AppendString] it also escapes / and everything beyond ASCII, and
// leaves other control characters as they are. Of a character beyond U+FFFF it writes the whole code
// and then its second half, which no reader takes for that character again: so does Flink.
func AppendQuote(dst, s []byte) []byte {
	dst = append(dst, '"')
	for len(s) > 0 {
		r, size := utf8.DecodeRune(s)
		s = s[size:]
		switch e := escapes[byte(r)]; {
		case r >= utf8.RuneSelf:
			dst = appendCode(dst, r)
			if r > 0xFFFF {
				_, low := utf16.EncodeRune(r)
				dst = appendCode(dst, low)
			}
		case r == '/':
			dst = append(dst, '\\', '/')
		case e != 0:
			dst = append(dst, '\\', e)
		default:
			dst = append(dst, byte(r))
		}
	}
	return append(dst, '"')
}

// appendCode appends \u and at least four hexadecimal digits.
func appendCode(dst []byte, r rune) []byte {
	dst = append(dst, '\\', 'u')
	for limit := rune(0x1000); limit > r && limit > 1; limit >>= 4 {
		dst = append(dst, '0')
	}
	return strconv.AppendInt(dst, int64(r), 16)
}
