package twin

import (
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// string reads a string and returns what stands between its quotes, and whether there is an escape in it.
func (j *ijson[T]) string() (raw T, escaped, ok bool) {
	j.pos++
	for start := j.pos; ; {
		if j.pos = plainEnd(j.text, j.pos); j.pos == len(j.text) {
			return raw, escaped, false
		}
		switch c := j.text[j.pos]; {
		case c == '"':
			j.pos++
			return j.text[start : j.pos-1], escaped, true
		case c == '\\':
			escaped = true
			if !j.escape() {
				return raw, true, false
			}
		case c < ' ':
			return raw, escaped, false
		default:
			r, n := j.rune()
			if r == utf8.RuneError && n == 1 {
				return raw, escaped, false
			}
			j.character(r)
			j.pos += n
		}
	}
}

// rune decodes the character at the position.
func (j *ijson[T]) rune() (rune, int) {
	var few [utf8.UTFMax]byte
	n := copy(few[:], j.text[j.pos:])
	return utf8.DecodeRune(few[:n])
}

// character notes a character that I-JSON does not allow: RFC 7493, 2.1.
func (j *ijson[T]) character(r rune) {
	switch {
	case utf16.IsSurrogate(r):
		j.note(fmt.Sprintf(`has the lone surrogate \u%04x`, r))
	case r >= 0xFDD0 && r <= 0xFDEF, r&0xFFFE == 0xFFFE:
		j.note(fmt.Sprintf("has the noncharacter U+%04X", r))
	}
}

// escape reads an escape, or two of them that are one character.
func (j *ijson[T]) escape() bool {
	j.pos++
	switch j.next() {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		j.pos++
		return true
	case 'u':
	default:
		return false
	}
	r, ok := j.unit()
	if !ok {
		return false
	}
	if j.next() == '\\' && utf16.IsSurrogate(r) {
		after := *j
		if after.pos++; after.next() == 'u' {
			low, ok := after.unit()
			if whole := utf16.DecodeRune(r, low); ok && whole != utf8.RuneError {
				r, j.pos = whole, after.pos
			}
		}
	}
	j.character(r)
	return true
}

// unit reads u and four hexadecimal digits.
func (j *ijson[T]) unit() (r rune, ok bool) {
	j.pos++
	for range 4 {
		c := j.next()
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
		j.pos++
	}
	return r, true
}
