package decode

import "github.com/railtwin/digitaltwin/internal/extract/row"

const (
	notBase64 = -1
	padding   = -2
)

// binary decodes the string at the cursor as base64 with padding, which it reads straight from the
// message: an error leaves the tokenizer somewhere within or, misled by padding, behind the string.
func (c *cursor) binary(cell *row.Cell) *failure {
	if c.tok != stringToken {
		return c.misfit("base64 text")
	}
	out := c.rec.Scratch
	begin := len(out)
	for {
		first, f := c.sextet(0)
		switch {
		case f != nil:
			return f
		case first == '"':
			c.unread = false
			c.rec.Scratch = out
			cell.Text, cell.Valid = out[begin:len(out):len(out)], true
			return nil
		case first < 0: // an escaped blank or padding
			continue
		}
		bits := first - bias
		second, f := c.sextet(1)
		if f != nil {
			return f
		}
		bits = bits<<6 | unbias(second)
		third, f := c.sextet(2)
		if f != nil {
			return f
		}
		if third == padding {
			last, f := c.sextet(4)
			if f != nil {
				return f
			}
			if last != padding {
				return c.badBase64()
			}
			out = append(out, byte(bits>>4))
			continue
		}
		bits = bits<<6 | unbias(third)
		last, f := c.sextet(3)
		if f != nil {
			return f
		}
		if last == padding {
			out = append(out, byte(bits>>10), byte(bits>>2))
			continue
		}
		bits = bits<<6 | unbias(last)
		out = append(out, byte(bits>>16), byte(bits>>8), byte(bits))
	}
}

// A sextet is biased so that it differs from the quote that ends the text.
const bias = 256

func unbias(s int) int {
	if s < 0 {
		return s
	}
	return s - bias
}

// sextet reads the next character of a group of four: its biased value, padding, or at the beginning
// of a group the quote that ends the text or notBase64 for a blank to be skipped. Place 4 is the
// second padding character.
func (c *cursor) sextet(place int) (int, *failure) {
	for {
		if c.i >= len(c.p) {
			return 0, c.failAt(c.i, "the text ends within a string")
		}
		ch := c.p[c.i]
		c.i++
		if place == 0 && ch <= ' ' {
			continue
		}
		if v := base64Value(rune(ch)); v >= 0 || v == padding && place >= 2 {
			return v, nil
		}
		switch {
		case ch == '"' && place == 0:
			return '"', nil
		case ch == '"' && (place == 2 || place == 3):
			c.i-- // padding is missing, which is noticed at the quote
			return 0, c.badBase64()
		case ch != '\\':
			return 0, c.badBase64()
		}
		u, f := c.readEscape()
		if f != nil {
			return 0, f
		}
		if place == 0 && u <= ' ' {
			return notBase64, nil
		}
		if v := base64Value(rune(u)); v != notBase64 {
			return v, nil
		}
		return 0, c.badBase64()
	}
}

// badBase64 is the failure of the character that was read last. If that is the quote, what follows will
// be taken for the rest of the string, and look like a syntax error.
func (c *cursor) badBase64() *failure {
	return &failure{offset: c.i - 1, detail: "not base64 with padding", syntax: c.p[c.i-1] == '"'}
}

func base64Value(r rune) int {
	switch {
	case r >= 'A' && r <= 'Z':
		return bias + int(r-'A')
	case r >= 'a' && r <= 'z':
		return bias + int(r-'a') + 26
	case r >= '0' && r <= '9':
		return bias + int(r-'0') + 52
	case r == '+':
		return bias + 62
	case r == '/':
		return bias + 63
	case r == '=':
		return padding
	}
	return notBase64
}

// appendBase64 decodes a text that is base64 with padding and maybe blanks between groups of four.
func appendBase64(out, text []byte) ([]byte, bool) {
	for len(text) > 0 {
		if text[0] <= ' ' {
			text = text[1:]
			continue
		}
		if len(text) < 4 {
			return out, false
		}
		bits, pads := 0, 0
		for place, c := range text[:4] {
			v := base64Value(rune(c))
			switch {
			case v == padding && place >= 2:
				pads++
				v = bias
			case v < 0 || pads > 0:
				return out, false
			}
			bits = bits<<6 | (v - bias)
		}
		group := [3]byte{byte(bits >> 16), byte(bits >> 8), byte(bits)}
		out = append(out, group[:3-pads]...)
		text = text[4:]
	}
	return out, true
}
