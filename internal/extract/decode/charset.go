package decode

import (
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// charset appends text as UTF-8.
type charset func(out, text []byte) []byte

// charsetOf finds a charset by the name that Java knows it by; nil is UTF-8. There are UTF-16 and the
// charsets of one byte a character; those of East Asia are left out for the size of their tables.
func charsetOf(name string) (charset, error) {
	key := strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToUpper(name))
	switch key {
	case "", "UTF8":
		return nil, nil
	case "UTF16":
		return utf16Text, nil
	case "UTF16BE":
		return func(out, text []byte) []byte { return appendUTF16(out, text, binary.BigEndian) }, nil
	case "UTF16LE":
		return func(out, text []byte) []byte { return appendUTF16(out, text, binary.LittleEndian) }, nil
	case "USASCII", "ASCII":
		return singleByte(asciiRune), nil
	case "LATIN1":
		key = "ISO88591"
	}
	key = strings.Replace(key, "CP125", "WINDOWS125", 1)
	for _, e := range charmap.All {
		m, ok := e.(*charmap.Charmap)
		if !ok {
			continue
		}
		its := strings.NewReplacer("CODE PAGE", "", "-", "", " ", "").Replace(strings.ToUpper(m.String()))
		switch {
		case key != its, unlikeJava[its]:
		case strings.HasPrefix(its, "ISO"):
			return singleByte(withControls(m)), nil
		case strings.HasPrefix(its, "WINDOWS"):
			return singleByte(withoutControls(m)), nil
		case strings.HasPrefix(its, "IBM"), its == "KOI8R":
			return singleByte(m.DecodeByte), nil
		}
	}
	return nil, fmt.Errorf("raw.charset: charset %q is not known here; there are UTF-8, UTF-16, US-ASCII, ISO-8859-x, windows-125x, KOI8-R and IBM code pages", name)
}

// withControls fills the range of the second set of control characters, as the standards of ISO have
// it and Java too.
func withControls(m *charmap.Charmap) func(byte) rune {
	return func(b byte) rune {
		if b >= 0x80 && b <= 0x9F {
			return rune(b)
		}
		return m.DecodeByte(b)
	}
}

// withoutControls takes what a code page of Windows leaves free for unknown, where browsers make
// control characters of it.
func withoutControls(m *charmap.Charmap) func(byte) rune {
	return func(b byte) rune {
		r := m.DecodeByte(b)
		if r >= 0x80 && r <= 0x9F || m == charmap.Windows1255 && b == 0xCA {
			return utf8.RuneError
		}
		return r
	}
}

// unlikeJava are the charmaps that Java does not have or has otherwise (EBCDIC).
var unlikeJava = map[string]bool{
	"ISO885910": true, "ISO885914": true, "ISO88596E": true, "ISO88596I": true, "ISO88598E": true, "ISO88598I": true,
	"IBM037": true, "IBM1047": true, "IBM1140": true,
}

func asciiRune(b byte) rune {
	if b < utf8.RuneSelf {
		return rune(b)
	}
	return utf8.RuneError
}

// singleByte makes a charset of what each byte is.
func singleByte(decode func(byte) rune) charset {
	var table [256]rune
	for i := range table {
		table[i] = decode(byte(i))
	}
	return func(out, text []byte) []byte {
		for _, b := range text {
			out = utf8.AppendRune(out, table[b])
		}
		return out
	}
}

// utf16Text reads UTF-16 by its byte order mark, and without one as big-endian.
func utf16Text(out, text []byte) []byte {
	if len(text) >= 2 {
		switch binary.BigEndian.Uint16(text) {
		case 0xFEFF:
			return appendUTF16(out, text[2:], binary.BigEndian)
		case 0xFFFE:
			return appendUTF16(out, text[2:], binary.LittleEndian)
		}
	}
	return appendUTF16(out, text, binary.BigEndian)
}

// appendUTF16 appends UTF-16 text; halves of characters, and of a unit at the end, are U+FFFD.
func appendUTF16(out, text []byte, order binary.ByteOrder) []byte {
	for len(text) >= 2 {
		r := rune(order.Uint16(text))
		text = text[2:]
		if utf16.IsSurrogate(r) && len(text) >= 2 {
			if both := utf16.DecodeRune(r, rune(order.Uint16(text))); both != utf8.RuneError {
				r = both
				text = text[2:]
			}
		}
		out = utf8.AppendRune(out, r)
	}
	if len(text) > 0 {
		out = utf8.AppendRune(out, utf8.RuneError)
	}
	return out
}
