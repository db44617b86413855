package text

import (
	"bytes"
	"unicode/utf8"

	"github.com/railtwin/digitaltwin/internal/extract/scalar/java"
)

// Split is SPLIT(s, separator): it calls yield with every part, until that returns false. An empty text has no
// parts. An empty separator divides into UTF-16 units, of which half a character becomes a question mark.
func Split(s, separator []byte, yield func(part []byte) bool) {
	if len(s) == 0 {
		return
	}
	if len(separator) == 0 {
		splitUnits(s, yield)
		return
	}
	for {
		part, rest, more := bytes.Cut(s, separator)
		if !yield(part) || !more {
			return
		}
		s = rest
	}
}

// SplitIndex is SPLIT_INDEX(s, separator, index): the part of that index, from 0; NULL if there is none. An empty
// separator divides at every blank, as Java knows blanks.
func SplitIndex(s, separator []byte, index int64) ([]byte, bool) {
	if len(s) == 0 || index < 0 {
		return nil, false
	}
	cut := bytes.Cut
	if len(separator) == 0 {
		cut = cutBlank
	}
	for {
		part, rest, more := cut(s, separator)
		if index == 0 {
			return part, true
		}
		if !more {
			return nil, false
		}
		index--
		s = rest
	}
}

func splitUnits(s []byte, yield func(part []byte) bool) {
	half := []byte{'?'}
	for len(s) > 0 {
		_, n := utf8.DecodeRune(s)
		part, times := s[:n], 1
		if n == utf8.UTFMax {
			part, times = half, 2
		}
		for range times {
			if !yield(part) {
				return
			}
		}
		s = s[n:]
	}
}

// cutBlank is [bytes.Cut] at the first blank.
func cutBlank(s, _ []byte) (before, after []byte, found bool) {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRune(s[i:])
		if java.IsWhitespace(r) {
			return s[:i], s[i+n:], true
		}
		i += n
	}
	return s, nil, false
}
