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
