package decode

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/railtwin/digitaltwin/internal/extract/row"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/java"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// word is the eight bytes from i on; the byte at i is the lowest.
func word(p []byte, i int) uint64 { return binary.LittleEndian.Uint64(p[i:]) }

// scanString returns the index of the quote that ends the string from i on, and whether there are
// escapes in it. What is in it is valid: UTF-8, and escapes with their digits. Control characters
// are let pass, as Flink does.
func scanString(p []byte, i int) (end int, escaped bool) {
	for j := i; j+8 <= len(p); j += 8 {
		// Eight bytes at a time: a quote, a backslash, or a byte that is not ASCII.
		w := binary.LittleEndian.Uint64(p[j:])
		q := w ^ (ones * '"')
		b := w ^ (ones * '\\')
		m := ((q-ones)&^q | (b-ones)&^b | w) & highs
		if m == 0 {
			continue
		}
		j += bits.TrailingZeros64(m) >> 3
		if p[j] == '"' {
			return j, false
		}
		return scanOddString(p, i, j)
	}
	return scanOddString(p, i, i)
}

// scanOddString is scanString from j on, for a string with escapes or characters beyond ASCII. What
// begins at i was plain up to there.
func scanOddString(p []byte, i, j int) (end int, escaped bool) {
	var all uint64 // every byte, to see whether one is not ASCII
	for j+8 <= len(p) {
		w := word(p, j)
		q := w ^ (ones * '"')
		b := w ^ (ones * '\\')
		m := ((q-ones)&^q | (b-ones)&^b) & highs
		if m == 0 {
			all |= w
			j += 8
			continue
		}
		n := bits.TrailingZeros64(m) &^ 7
		all |= w & (1<<n - 1)
		j += n >> 3
		if p[j] == '"' {
			if all&highs != 0 && !utf8.Valid(p[i:j]) {
				return bail, false
			}
			return j, escaped
		}
		escaped = true
		switch p[j+1] {
		case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			j += 2
		case 'u':
			if j += 6; hexUnit(p[j-4:j]) < 0 {
				return bail, false
			}
		default:
			return bail, false
		}
	}
	return bail, false
}

// hexUnit is the value of four hexadecimal digits, or -1.
func hexUnit(b []byte) rune {
	var u rune
	for _, c := range b {
		h := hexValue(c)
		if h < 0 {
			return -1
		}
		u = u<<4 | rune(h)
	}
	return u
}

// string decodes the string from i on, behind its quote, as STRING.
func (s *scanner) string(i int, cell *row.Cell) int {
	end, escaped := scanString(s.p, i)
	if end < 0 || end-i > maxStringText {
		return bail
	}
	text := s.p[i:end:end]
	if escaped {
		var whole bool
		if text, whole = s.unescape(text); !whole {
			return bail
		}
	}
	cell.Valid, cell.Text = true, text
	return end + 1
}

// unescape resolves the escapes of text, which are valid. It gives up at half of a surrogate pair.
func (s *scanner) unescape(text []byte) (plain []byte, whole bool) {
	out := s.rec.Scratch
	begin := len(out)
	for {
		n := bytes.IndexByte(text, '\\')
		if n < 0 {
			out = append(out, text...)
			s.rec.Scratch = out
			return out[begin:len(out):len(out)], true
		}
		out = append(out, text[:n]...)
		c := text[n+1]
		text = text[n+2:]
		switch c {
		case 'b':
			c = '\b'
		case 'f':
			c = '\f'
		case 'n':
			c = '\n'
		case 'r':
			c = '\r'
		case 't':
			c = '\t'
		case 'u':
			r := hexUnit(text[:4])
			text = text[4:]
			if utf16.IsSurrogate(r) {
				if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
					return nil, false
				}
				if r = utf16.DecodeRune(r, hexUnit(text[2:6])); r == utf8.RuneError {
					return nil, false
				}
				text = text[6:]
			}
			out = utf8.AppendRune(out, r)
			continue
		}
		out = append(out, c)
	}
}

// text decodes the string from i on, behind its quote, as any type but STRING.
func (s *scanner) text(col *column, i int, cell *row.Cell) int {
	end, escaped := scanString(s.p, i)
	if end < 0 || escaped || end-i > maxNumber {
		return bail
	}
	text := s.p[i:end]
	ok := false
	switch col.kind {
	case types.Decimal:
		ok = s.exact(col, java.Trim(text), cell)
	case types.Bytes:
		begin := len(s.rec.Scratch)
		if s.rec.Scratch, ok = appendBase64(s.rec.Scratch, text); ok {
			cell.Valid, cell.Text = true, s.rec.Scratch[begin:len(s.rec.Scratch):len(s.rec.Scratch)]
		}
	default:
		ok = convertText(col, cell, text, s.format.standard)
	}
	if !ok {
		return bail
	}
	return end + 1
}

// scanAsText decodes a number or a boolean at i as STRING, which is its source text.
func scanAsText(p []byte, i int, cell *row.Cell) int {
	end := bail
	switch p[i] {
	case 't':
		end = literal(p, i, "true")
	case 'f':
		end = literal(p, i, "false")
	default:
		end = skipNumber(p, i)
	}
	if end >= 0 {
		cell.Valid, cell.Text = true, p[i:end:end]
	}
	return end
}

func scanBoolean(p []byte, i int, cell *row.Cell) int {
	switch p[i] {
	case 't':
		cell.Valid, cell.N = true, 1
		return literal(p, i, "true")
	case 'f':
		cell.Valid = true
		return literal(p, i, "false")
	}
	return bail
}

// literal returns the index behind word, if it is at i.
func literal(p []byte, i int, word string) int {
	if len(p)-i >= len(word) && string(p[i:i+len(word)]) == word {
		return i + len(word)
	}
	return bail
}
