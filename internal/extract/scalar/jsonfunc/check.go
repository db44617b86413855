package jsonfunc

import (
	"unicode"
	"unicode/utf8"
)

// The limits of Flink's JSON parser, Jackson.
const (
	maxDepth  = 1000
	maxNumber = 1000 // characters
	maxName   = 50_000
	maxString = 20_000_000
)

// checker reads a JSON value from the left and refuses what Jackson refuses. It is what makes the other
// functions, which only skip, safe.
type checker struct {
	b     []byte
	i     int
	depth int
}

// valid returns the first JSON value of a text.
func valid(text []byte) ([]byte, bool) {
	c := checker{b: text}
	c.blanks()
	start := c.i
	if !c.value() {
		return nil, false
	}
	// A number or a literal must end there: 12x is none.
	if first := text[start]; first == '-' || digit(first) {
		if c.i < len(text) && !blank(text[c.i]) {
			return nil, false
		}
	}
	return text[start:c.i], true
}

func blank(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

func digit(c byte) bool { return c-'0' <= 9 }

func (c *checker) blanks() {
	for c.i < len(c.b) && blank(c.b[c.i]) {
		c.i++
	}
}

func (c *checker) take(b byte) bool {
	if c.i < len(c.b) && c.b[c.i] == b {
		c.i++
		return true
	}
	return false
}

func (c *checker) value() bool {
	if c.i == len(c.b) {
		return false
	}
	switch b := c.b[c.i]; {
	case b == '{':
		return c.container('}', true)
	case b == '[':
		return c.container(']', false)
	case b == '"':
		return c.text(maxString)
	case b == '-' || digit(b):
		return c.number()
	case b == 't':
		return c.literal("true")
	case b == 'f':
		return c.literal("false")
	case b == 'n':
		return c.literal("null")
	}
	return false
}

// container reads an object or an array.
func (c *checker) container(end byte, named bool) bool {
	if c.depth++; c.depth > maxDepth {
		return false
	}
	defer func() { c.depth-- }()
	c.i++
	c.blanks()
	if c.take(end) {
		return true
	}
	for {
		if named {
			if c.i == len(c.b) || c.b[c.i] != '"' || !c.text(maxName) {
				return false
			}
			c.blanks()
			if !c.take(':') {
				return false
			}
			c.blanks()
		}
		if !c.value() {
			return false
		}
		c.blanks()
		if c.take(end) {
			return true
		}
		if !c.take(',') {
			return false
		}
		c.blanks()
	}
}

// literal reads a word; no letter may follow.
func (c *checker) literal(word string) bool {
	if len(c.b)-c.i < len(word) || string(c.b[c.i:c.i+len(word)]) != word {
		return false
	}
	c.i += len(word)
	r, size := utf8.DecodeRune(c.b[c.i:])
	return size == 0 || !identifier(r)
}

// identifier reports whether Java takes r for a part of a name.
func identifier(r rune) bool {
	return unicode.In(r, unicode.L, unicode.Nl, unicode.Nd, unicode.Sc, unicode.Pc, unicode.Mn, unicode.Mc, unicode.Cf) &&
		r >= '0'
}

// text reads a string of at most limit UTF-16 units.
func (c *checker) text(limit int) bool {
	start := c.i + 1
	for c.i = start; c.i < len(c.b); c.i++ {
		switch b := c.b[c.i]; {
		case b == '"':
			n := c.i - start
			c.i++
			return n <= limit || units(c.b[start:c.i-1]) <= limit
		case b < ' ':
			return false
		case b == '\\':
			if c.i++; c.i == len(c.b) || !c.escape() {
				return false
			}
		}
	}
	return false
}

// escape reads what stands behind a backslash, and stays on its last byte.
func (c *checker) escape() bool {
	switch c.b[c.i] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return true
	case 'u':
		if len(c.b)-c.i < 5 {
			return false
		}
		for range 4 {
			c.i++
			if hexValue(c.b[c.i]) < 0 {
				return false
			}
		}
		return true
	}
	return false
}

// units returns how many UTF-16 units the inside of a JSON string has.
func units(raw []byte) (n int) {
	for i := 0; i < len(raw); n++ {
		switch b := raw[i]; {
		case b == '\\' && raw[i+1] == 'u':
			i += 6
		case b == '\\':
			i += 2
		default:
			r, size := utf8.DecodeRune(raw[i:])
			if r > 0xFFFF {
				n++
			}
			i += size
		}
	}
	return n
}

// number reads a number whose exponent is one of Java's BigDecimal.
func (c *checker) number() bool {
	c.take('-')
	start := c.i
	if c.take('0') {
		if c.i < len(c.b) && digit(c.b[c.i]) { // a leading zero
			return false
		}
	} else if c.digits() == 0 {
		return false
	}
	length := c.i - start
	scale := 0
	if c.take('.') {
		if scale = c.digits(); scale == 0 {
			return false
		}
		length += scale
	}
	if c.i == len(c.b) || c.b[c.i]|0x20 != 'e' {
		return length <= maxNumber
	}
	c.i++
	negative := c.take('-')
	if !negative {
		c.take('+')
	}
	from := c.i
	n := c.digits()
	if n == 0 || length+n > maxNumber {
		return false
	}
	exp := 0
	for _, d := range c.b[from:c.i] {
		if exp = 10*exp + int(d-'0'); exp > 1<<31-1 {
			return false
		}
	}
	if !negative {
		exp = -exp
	}
	scale += exp
	return scale == int(int32(scale))
}

func (c *checker) digits() int {
	start := c.i
	for c.i < len(c.b) && digit(c.b[c.i]) {
		c.i++
	}
	return c.i - start
}

func hexValue(c byte) int {
	switch {
	case digit(c):
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}
