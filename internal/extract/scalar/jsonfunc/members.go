package jsonfunc

import (
	"bytes"
	"cmp"
	"slices"
	"unicode/utf8"

	"github.com/railtwin/digitaltwin/internal/extract/scalar/java"
)

// entry is a member of an object.
type entry struct {
	key, value []byte // the key decoded
	at         int    // where its key stood first
}

// membersOf returns the members of an object in the order in which their keys first stood there, each
// with its last value.
func membersOf(object []byte) []entry {
	all := sortedMembers(object)
	slices.SortFunc(all, func(a, b entry) int { return cmp.Compare(a.at, b.at) })
	return all
}

// sortedMembers returns the members of an object ordered by key, each with its last value.
func sortedMembers(object []byte) (all []entry) {
	sorted := true
	each(object, func(key, value []byte) bool {
		e := entry{decoded(key), value, len(all)}
		sorted = sorted && (len(all) == 0 || java.Compare(all[len(all)-1].key, e.key) < 0)
		all = append(all, e)
		return true
	})
	if sorted {
		return all
	}
	slices.SortStableFunc(all, func(a, b entry) int { return java.Compare(a.key, b.key) })
	kept := all[:1]
	for _, e := range all[1:] {
		if last := &kept[len(kept)-1]; bytes.Equal(last.key, e.key) {
			last.value = e.value
		} else {
			kept = append(kept, e)
		}
	}
	return kept
}

// decoded returns the text of a JSON string.
func decoded(raw []byte) []byte {
	inside := raw[1 : len(raw)-1]
	if bytes.IndexByte(inside, '\\') < 0 {
		return inside
	}
	return appendDecoded(make([]byte, 0, len(inside)), raw)
}

// appendDecoded appends the text of a JSON string. Half a surrogate pair becomes a question mark, as
// Java's UTF-8 encoder makes it.
func appendDecoded(dst, raw []byte) []byte {
	b := raw[1 : len(raw)-1]
	for {
		i := bytes.IndexByte(b, '\\')
		if i < 0 {
			return append(dst, b...)
		}
		dst = append(dst, b[:i]...)
		c := b[i+1]
		b = b[i+2:]
		switch c {
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			r := unit(b)
			b = b[4:]
			if r >= 0xD800 && r < 0xDC00 && len(b) >= 6 && b[0] == '\\' && b[1] == 'u' {
				if low := unit(b[2:]); low >= 0xDC00 && low < 0xE000 {
					r = (r-0xD800)<<10 + (low - 0xDC00) + 0x10000
					b = b[6:]
				}
			}
			if r >= 0xD800 && r < 0xE000 {
				r = '?'
			}
			dst = utf8.AppendRune(dst, r)
		default:
			dst = append(dst, c)
		}
	}
}

// unit returns the value of four hexadecimal digits.
func unit(b []byte) (r rune) {
	for _, c := range b[:4] {
		r = r<<4 | rune(hexValue(c))
	}
	return r
}

// sameText reports whether a JSON string is a text.
func sameText(raw []byte, text string) bool {
	if inside := raw[1 : len(raw)-1]; bytes.IndexByte(inside, '\\') < 0 {
		return string(inside) == text
	}
	return string(decoded(raw)) == text
}
