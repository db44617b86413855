package text

import "bytes"

// Split is SPLIT(s, separator) for a separator that is not empty: it calls yield with every part, until
// that returns false. An empty text has no parts.
func Split(s, separator []byte, yield func(part []byte) bool) {
	if len(s) == 0 {
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

// SplitIndex is SPLIT_INDEX(s, separator, index) for a separator that is not empty: the part of that
// index, from 0; NULL if there is none.
func SplitIndex(s, separator []byte, index int64) ([]byte, bool) {
	if len(s) == 0 || index < 0 {
		return nil, false
	}
	for {
		part, rest, more := bytes.Cut(s, separator)
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
