package jsontext

import (
	"encoding/binary"
	"math/bits"
)

// AppendString appends s as a JSON string as Jackson writes it: the quotation mark, the backslash and
// control characters are escaped, everything else, such as / and non-ASCII, stays. s is UTF-8.
func AppendString(dst, s []byte) []byte {
	dst = append(dst, '"')
	dst = AppendEscaped(dst, s)
	return append(dst, '"')
}

// AppendEscaped appends s as the inside of a JSON string; see [AppendString].
func AppendEscaped(dst, s []byte) []byte {
	for len(s) > 0 {
		n := plainPrefix(s)
		dst = append(dst, s[:n]...)
		if n == len(s) {
			break
		}
		c := s[n]
		s = s[n+1:]
		if e := escapes[c]; e != 0 {
			dst = append(dst, '\\', e)
		} else {
			const hex = "0123456789ABCDEF"
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	return dst
}

// escapes holds the letter of the two-character escapes.
var escapes = [256]byte{'"': '"', '\\': '\\', '\b': 'b', '\t': 't', '\n': 'n', '\f': 'f', '\r': 'r'}

// plainPrefix returns how many bytes at the start of s need no escape. It tests eight at once: a byte
// has its high bit set in the mask if it is a quotation mark, a backslash, or less than a blank. The
// lowest bit set is exact; only bytes after it may be false alarms.
func plainPrefix(s []byte) int {
	const low, high = 0x0101010101010101, 0x8080808080808080
	i := 0
	for ; i+8 <= len(s); i += 8 {
		w := binary.LittleEndian.Uint64(s[i:])
		quote, slash := w^low*'"', w^low*'\\'
		if m := ((quote-low)&^quote | (slash-low)&^slash | (w-low*' ')&^w) & high; m != 0 {
			return i + bits.TrailingZeros64(m)>>3
		}
	}
	for ; i < len(s); i++ {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' {
			break
		}
	}
	return i
}
