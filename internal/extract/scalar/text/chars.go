package text

import (
	"bytes"
	"math"
	"unicode/utf8"
)

// CharLength is CHAR_LENGTH(s).
func CharLength(s []byte) int { return utf8.RuneCount(s) }

// skip returns what follows the first n code points of s.
func skip(s []byte, n int) []byte {
	for ; n > 0 && len(s) > 0; n-- {
		_, size := utf8.DecodeRune(s)
		s = s[size:]
	}
	return s
}

// first returns the first n code points of s.
func first(s []byte, n int) []byte {
	if n >= len(s) {
		return s
	}
	return s[:len(s)-len(skip(s, n))]
}

// Substring is SUBSTRING(s, pos): from the start for 0, counted from the end if negative, empty from
// before the start.
func Substring(s []byte, pos int64) []byte {
	t, _ := SubstringLength(s, pos, math.MaxInt32)
	return t
}

// SubstringLength is SUBSTRING(s, pos, length); NULL for a negative length.
func SubstringLength(s []byte, pos, length int64) ([]byte, bool) {
	if length < 0 {
		return nil, false
	}
	if pos < 0 {
		if pos += int64(CharLength(s)); pos < 0 {
			return s[:0], true
		}
		pos++
	}
	if pos > int64(len(s)) {
		return s[:0], true
	}
	return first(skip(s, int(pos)-1), int(min(length, int64(len(s))))), true
}

// Left is LEFT(s, n): empty for n below 1.
func Left(s []byte, n int64) []byte { return first(s, int(max(0, min(n, int64(len(s)))))) }

// Right is RIGHT(s, n): empty for n below 1.
func Right(s []byte, n int64) []byte {
	if n <= 0 {
		return s[:0]
	}
	return skip(s, CharLength(s)-int(min(n, int64(len(s)))))
}

// Position is POSITION(seek IN s) with from = 1 and LOCATE(seek, s, from): the position of the first
// seek at or after from, 0 if there is none, 1 if seek is empty.
func Position(seek, s []byte, from int64) int {
	if len(seek) == 0 {
		return 1
	}
	if from > int64(len(s)) {
		return 0
	}
	rest := skip(s, int(max(from, 1))-1)
	i := bytes.Index(rest, seek)
	if i < 0 {
		return 0
	}
	return CharLength(s[:len(s)-len(rest)+i]) + 1
}
