package decode

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

func utf16BE(out, text []byte) []byte { return appendUTF16(out, text, binary.BigEndian) }

func utf16LE(out, text []byte) []byte { return appendUTF16(out, text, binary.LittleEndian) }

// utf16Text reads UTF-16 by its byte order mark, and without one as big-endian.
func utf16Text(out, text []byte) []byte {
	if len(text) >= 2 {
		switch binary.BigEndian.Uint16(text) {
		case 0xFEFF:
			return utf16BE(out, text[2:])
		case 0xFFFE:
			return utf16LE(out, text[2:])
		}
	}
	return utf16BE(out, text)
}

// appendUTF16 appends UTF-16 text. What is none becomes U+FFFD, as often as Java writes it: the first half of a
// character takes the unit after it along, and what is left of one at the end is one.
func appendUTF16(out, text []byte, order binary.ByteOrder) []byte {
	for len(text) >= 2 {
		r := rune(order.Uint16(text))
		switch {
		case r >= 0xD800 && r <= 0xDBFF:
			if len(text) < 4 {
				return utf8.AppendRune(out, utf8.RuneError)
			}
			r = utf16.DecodeRune(r, rune(order.Uint16(text[2:])))
			text = text[2:]
		case utf16.IsSurrogate(r):
			r = utf8.RuneError
		}
		out = utf8.AppendRune(out, r)
		text = text[2:]
	}
	if len(text) > 0 {
		out = utf8.AppendRune(out, utf8.RuneError)
	}
	return out
}
