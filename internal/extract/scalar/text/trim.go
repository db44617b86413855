package text

import (
	"bytes"
	"unicode/utf8"
)

// TrimLeft is TRIM(LEADING set FROM s), and LTRIM: it takes code points off that are in the set.
func TrimLeft(s, set []byte) []byte {
	for len(s) > 0 {
		_, size := utf8.DecodeRune(s)
		if !bytes.Contains(set, s[:size]) {
			break
		}
		s = s[size:]
	}
	return s
}

// TrimRight is TRIM(TRAILING set FROM s), and RTRIM.
func TrimRight(s, set []byte) []byte {
	for len(s) > 0 {
		_, size := utf8.DecodeLastRune(s)
		if !bytes.Contains(set, s[len(s)-size:]) {
			break
		}
		s = s[:len(s)-size]
	}
	return s
}

// Trim is TRIM(BOTH set FROM s), and BTRIM. TRIM(s) is that with a blank.
func Trim(s, set []byte) []byte { return TrimRight(TrimLeft(s, set), set) }
