package text

import (
	"bytes"
	"unicode/utf8"
)

// AppendReplace is REPLACE(s, old, replacement) for an old that is not empty.
func AppendReplace(dst, s, old, replacement []byte) []byte {
	if len(old) == 1 && len(replacement) == 1 { // the usual case, such as blanks in an identifier
		start := len(dst)
		dst = append(dst, s...)
		for i, c := range dst[start:] {
			if c == old[0] {
				dst[start+i] = replacement[0]
			}
		}
		return dst
	}
	for {
		before, after, found := bytes.Cut(s, old)
		dst = append(dst, before...)
		if !found {
			return dst
		}
		dst = append(dst, replacement...)
		s = after
	}
}

// AppendConcatWS is CONCAT_WS(separator, parts...), which leaves parts that are nil, NULL, out.
func AppendConcatWS(dst, separator []byte, parts ...[]byte) []byte {
	some := false
	for _, p := range parts {
		if p == nil {
			continue
		}
		if some {
			dst = append(dst, separator...)
		}
		dst = append(dst, p...)
		some = true
	}
	return dst
}

// AppendURLDecode is URL_DECODE(s): + is a blank, %41 a byte of UTF-8; NULL after a broken %.
func AppendURLDecode(dst, s []byte) ([]byte, bool) {
	start := len(dst)
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch c {
		case '+':
			c = ' '
		case '%':
			if i+2 >= len(s) {
				return dst[:start], false
			}
			hi, lo := hexValue(s[i+1]), hexValue(s[i+2])
			if s[i+1] == '+' || s[i+1] == '-' && lo == 0 {
				hi = 0 // Java reads a signed number
			}
			if hi < 0 || lo < 0 {
				return dst[:start], false
			}
			c = byte(hi<<4 | lo)
			i += 2
		}
		dst = append(dst, c)
	}
	if utf8.Valid(dst[start:]) {
		return dst, true
	}
	return appendReplaced(dst[:start], bytes.Clone(dst[start:])), true
}

func hexValue(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}

// appendReplaced appends s with U+FFFD for what is not UTF-8: one for each longest beginning of a
// character, as Java does.
func appendReplaced(dst, s []byte) []byte {
	for len(s) > 0 {
		r, size := utf8.DecodeRune(s)
		if r == utf8.RuneError && size == 1 {
			size = brokenPrefix(s)
		}
		dst = utf8.AppendRune(dst, r)
		s = s[size:]
	}
	return dst
}

// brokenPrefix returns how many bytes at the start of s, which is no whole character, begin one.
func brokenPrefix(s []byte) int {
	for n := 3; n > 1; n-- {
		if n <= len(s) && !utf8.FullRune(s[:n]) {
			return n
		}
	}
	return 1
}
