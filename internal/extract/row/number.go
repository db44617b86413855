package row

import "encoding/binary"

// MaxDigits is how many digits a deferred number may have; all numbers of so many are exact as DOUBLE.
const MaxDigits = 15

// MaxWhole is how many of them may stand before the point: a DOUBLE of more is written with an exponent.
const MaxWhole = 7

// tens are the powers of ten that digits behind the point stand for. They are exact, so that one
// division rounds right.
var tens = [MaxDigits + 1]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// Defer makes c the number that text is, a valid JSON number without an exponent that fits the type of
// the cell, with so many digits before and behind the point: of an INT or BIGINT at most MaxDigits, of
// a DOUBLE at most MaxWhole and as many as make MaxDigits. It is converted when it is read: most
// numbers of a record are copied, or not read at all.
func (c *Cell) Defer(text []byte, whole, fraction int) {
	c.Valid, c.Text, c.Aux = true, text, int32(whole<<8|fraction)
}

// Int is the value of an INT or BIGINT.
func (c *Cell) Int() int64 {
	if c.Aux != 0 {
		c.convertInt()
	}
	return c.N
}

// Double is the value of a DOUBLE.
func (c *Cell) Double() float64 {
	if c.Aux != 0 {
		c.convertDouble()
	}
	return c.F
}

// JSONInt is the JSON text of an INT or BIGINT as it stands in the record, nil where it has to be made.
func (c *Cell) JSONInt() []byte { return c.Text } // a deferred one is canonical, or it would not have been deferred

// JSONDouble is the JSON text of a DOUBLE as it stands in the record, nil where it has to be made.
func (c *Cell) JSONDouble() []byte {
	if c.Aux == 0 || c.canonical() {
		return c.Text
	}
	return nil
}

func (c *Cell) convertInt() {
	c.N = int64(c.digits())
	if c.Text[0] == '-' {
		c.N = -c.N
	}
	c.Aux = 0
}

func (c *Cell) convertDouble() {
	c.F = float64(c.digits()) / tens[c.Aux&MaxDigits]
	if c.Text[0] == '-' {
		c.F = -c.F
	}
	c.Text, c.Aux = c.JSONDouble(), 0
}

// Digits is the value of the lowest n bytes of a word, which are ASCII digits; n is 1 to 8.
func Digits(w uint64, n int) uint64 {
	t := (w ^ 0x3030303030303030) << (uint(64-8*n) & 63) // zeros in front
	t = t*10 + t>>8                                      // pairs
	return ((t&0x000000FF000000FF)*(100+1_000_000<<32) + (t>>16&0x000000FF000000FF)*(1+10_000<<32)) >> 32
}

// digits is the number that the digits of the text make without sign and point.
func (c *Cell) digits() (n uint64) {
	if size := len(c.Text); size >= 4 && size <= 8 {
		// Two words that overlap are all of it, the first byte lowest.
		w := uint64(binary.LittleEndian.Uint32(c.Text)) | uint64(binary.LittleEndian.Uint32(c.Text[size-4:]))<<(8*(size-4)&63)
		if byte(w) == '-' {
			w >>= 8
		}
		whole := uint64(1)<<(8*(c.Aux>>8)&63) - 1
		if c.Aux>>8 == 8 {
			whole = ^uint64(0)
		}
		return Digits(w&whole|w>>8&^whole, int(c.Aux>>8+c.Aux&0xff))
	}
	for _, b := range c.Text {
		if b -= '0'; b <= 9 {
			n = n*10 + uint64(b)
		}
	}
	return n
}

// canonical tells whether the text of a deferred DOUBLE is what its value has as JSON: digits behind
// the point, none of them superfluous, and not so small that it is written with an exponent.
func (c *Cell) canonical() bool {
	whole, fraction := int(c.Aux>>8), int(c.Aux&0xff)
	if fraction == 0 || fraction > 1 && c.Text[len(c.Text)-1] == '0' {
		return false
	}
	first := len(c.Text) - fraction - 1 - whole
	behind := c.Text[first+2:]
	switch {
	case whole > 1 || c.Text[first] != '0':
		return true
	case fraction == 1: // the sign of a zero is lost
		return first == 0 || behind[0] != '0'
	case fraction == 2:
		return true
	}
	return behind[0] != '0' || behind[1] != '0' || behind[2] != '0'
}
