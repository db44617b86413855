package decode

import (
	"bytes"
	"math"
	"strconv"

	"github.com/railtwin/digitaltwin/internal/extract/row"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/number"
)

// tree is a JSON value that is declared as STRING and must be written again.
type tree struct {
	text   []byte // of a scalar, as JSON
	object bool
	names  []string
	kids   []tree
	place  map[string]int // of an object: index in kids by name
}

// treeText reads the container at the cursor and gives its JSON text as Flink writes it: no blanks,
// of two entries with one name the last in the place of the first, numbers in their shortest form.
func (c *cursor) treeText(cell *row.Cell) *failure {
	t, f := c.readTree()
	if f != nil {
		return f
	}
	c.tok = noToken // the reader of trees uses its last token up
	cell.Text, cell.Valid = c.keep(t.append(nil)), true
	return nil
}

// readTree reads the container at the cursor. It does not recurse deeper than the tokenizer allows.
func (c *cursor) readTree() (tree, *failure) {
	t := tree{object: c.tok == startObject}
	if t.object {
		t.place = make(map[string]int)
	}
	for {
		if f := c.advance(); f != nil {
			return t, f
		}
		if c.tok == endObject || c.tok == endArray {
			return t, nil
		}
		name := ""
		if t.object {
			name = string(c.name)
			if f := c.advance(); f != nil {
				return t, f
			}
		}
		var kid tree
		var f *failure
		if c.tok == startObject || c.tok == startArray {
			kid, f = c.readTree()
		} else {
			kid.text, f = c.scalarJSON()
		}
		if f != nil {
			return t, f
		}
		if at, again := t.place[name]; again && t.object {
			t.kids[at] = kid
			continue
		}
		if t.object {
			t.place[name] = len(t.kids)
			t.names = append(t.names, name)
		}
		t.kids = append(t.kids, kid)
	}
}

func (t tree) append(out []byte) []byte {
	if t.text != nil {
		return append(out, t.text...)
	}
	brackets := "[]"
	if t.object {
		brackets = "{}"
	}
	out = append(out, brackets[0])
	for i, kid := range t.kids {
		if i > 0 {
			out = append(out, ',')
		}
		if t.object {
			out = append(appendQuoted(out, []byte(t.names[i])), ':')
		}
		out = kid.append(out)
	}
	return append(out, brackets[1])
}

// scalarJSON is the scalar at the cursor as JSON text of its own.
func (c *cursor) scalarJSON() ([]byte, *failure) {
	text, _, f := c.currentText()
	if f != nil {
		return nil, f
	}
	switch c.tok {
	case stringToken:
		return appendQuoted(nil, text), nil
	case intToken:
		if string(text) == "-0" {
			text = text[1:]
		}
	case floatToken:
		if !c.opts.decimals {
			d, _ := strconv.ParseFloat(string(text), 64)
			return appendDouble(nil, d), nil
		}
		out, ok := appendScientific(nil, text)
		if !ok {
			return nil, &failure{offset: c.start, detail: clip(text) + " has an exponent that is too large", misleads: true}
		}
		return out, nil
	}
	return bytes.Clone(text), nil
}

const hexDigits = "0123456789ABCDEF"

func appendQuoted(out, text []byte) []byte {
	out = append(out, '"')
	for _, c := range text {
		switch {
		case c == '"' || c == '\\':
			out = append(out, '\\', c)
		case c == '\b':
			out = append(out, `\b`...)
		case c == '\t':
			out = append(out, `\t`...)
		case c == '\n':
			out = append(out, `\n`...)
		case c == '\f':
			out = append(out, `\f`...)
		case c == '\r':
			out = append(out, `\r`...)
		case c < ' ':
			out = append(out, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		default:
			out = append(out, c)
		}
	}
	return append(out, '"')
}

// appendDouble writes d as Java's Double.toString does, infinity as a string.
func appendDouble(out []byte, d float64) []byte {
	switch {
	case math.IsInf(d, 1):
		return append(out, `"Infinity"`...)
	case math.IsInf(d, -1):
		return append(out, `"-Infinity"`...)
	}
	if math.Signbit(d) {
		out = append(out, '-')
	}
	if d == 0 {
		return append(out, "0.0"...)
	}
	digits := number.JavaDigits(d)
	if digits.Point > -3 && digits.Point <= 7 {
		return appendDecimal(out, digits.Bytes[:digits.Len], digits.Point, max(digits.Len-digits.Point, 1), false)
	}
	out = append(out, digits.Bytes[0], '.')
	if digits.Len > 1 {
		out = append(out, digits.Bytes[1:digits.Len]...)
	} else {
		out = append(out, '0')
	}
	return strconv.AppendInt(append(out, 'E'), int64(digits.Point-1), 10)
}

// appendScientific writes a JSON number as Java's BigDecimal does once trailing zeros are stripped. It
// is false where the exponent is beyond what a BigDecimal takes.
func appendScientific(out, text []byte) ([]byte, bool) {
	s, negative := text, text[0] == '-'
	if negative {
		s = s[1:]
	}
	exponent := 0
	if e := bytes.IndexAny(s, "eE"); e >= 0 {
		var ok bool
		if exponent, ok = decimalExponent(s[e+1:]); !ok {
			return nil, false
		}
		s = s[:e]
	}
	whole, fraction, _ := bytes.Cut(s, []byte("."))
	digits := append(bytes.Clone(whole), fraction...)
	scale := len(fraction) - exponent
	digits = bytes.TrimLeft(digits, "0")
	for n := len(digits); n > 0 && digits[n-1] == '0'; n-- {
		digits = digits[:n-1]
		scale--
	}
	if len(digits) == 0 {
		return append(out, '0'), true
	}
	if negative {
		out = append(out, '-')
	}
	adjusted := len(digits) - 1 - scale
	if scale >= 0 && adjusted >= -6 {
		return appendDecimal(out, digits, len(digits)-scale, scale, false), true
	}
	out = append(out, digits[0])
	if len(digits) > 1 {
		out = append(append(out, '.'), digits[1:]...)
	}
	out = append(out, 'E')
	if adjusted > 0 {
		out = append(out, '+')
	}
	return strconv.AppendInt(out, int64(adjusted), 10), true
}
