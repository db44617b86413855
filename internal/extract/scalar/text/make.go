package text

import "bytes"

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

// AppendJoined is CONCAT_WS(separator, parts...) of the parts that are not NULL.
func AppendJoined(dst, separator []byte, parts ...[]byte) []byte {
	for i, p := range parts {
		if i > 0 {
			dst = append(dst, separator...)
		}
		dst = append(dst, p...)
	}
	return dst
}
