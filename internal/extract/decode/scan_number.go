package decode

import (
	"math"
	"math/bits"
	"strconv"
	"unsafe"

	"github.com/railtwin/digitaltwin/internal/extract/row"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/number"
)

// maxExact is how many decimal digits every uint64 has room for.
const maxExact = 19

// Powers of ten that are exact.
var (
	pow10 = [...]float64{
		1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
		1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
	}
	pow10int = [...]uint64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7}
)

// leadingDigits is how many of the eight bytes of a word are digits, from the lowest on.
func leadingDigits(w uint64) int {
	t := w ^ (ones * '0')
	return bits.TrailingZeros64(((t+ones*0x76)|t)&highs) >> 3
}

// scanned is what scanning finds in a JSON number.
type scanned struct {
	end      int
	mantissa uint64 // of all digits, where there are at most maxExact
	whole    int    // digits before the point
	fraction int    // digits behind it
	exponent bool   // there is one
	negative bool
}

// scanNumber reads the number at i. Its end is bail if there is none.
func scanNumber(p []byte, i int) (x scanned) {
	if p[i] == '-' {
		x.negative = true
		i++
	}
	begin := i
	for digit(p[i]) {
		x.mantissa = x.mantissa*10 + uint64(p[i]-'0')
		i++
	}
	x.whole = i - begin
	if x.whole == 0 || x.whole > 1 && p[begin] == '0' {
		x.end = bail
		return x
	}
	c := p[i]
	if c == '.' {
		i++
		begin = i
		for digit(p[i]) {
			x.mantissa = x.mantissa*10 + uint64(p[i]-'0')
			i++
		}
		if x.fraction = i - begin; x.fraction == 0 {
			x.end = bail
			return x
		}
		c = p[i]
	}
	if c|0x20 == 'e' {
		i = skipExponent(p, i+1)
		x.exponent = true
	}
	x.end = i
	if x.whole+x.fraction > maxNumber-20 {
		x.end = bail // near the limit, which counts the exponent too
	}
	return x
}

// skipExponent returns the index behind the exponent at i.
func skipExponent(p []byte, i int) int {
	if c := p[i]; c == '-' || c == '+' {
		i++
	}
	begin := i
	for digit(p[i]) {
		i++
	}
	if i == begin || i-begin > 10 {
		return bail
	}
	return i
}

// skipNumber returns the index behind the number at i.
func skipNumber(p []byte, i int) int {
	// Most have a few digits on either side of the point.
	j := i
	if p[j] == '-' {
		j++
	}
	w := word(p, j)
	n := leadingDigits(w)
	if uint(n-1) > 6 || n > 1 && byte(w) == '0' {
		return scanNumber(p, i).end
	}
	j += n
	c := byte(w >> (8 * n & 63))
	if c == '.' {
		w = word(p, j+1)
		if n = leadingDigits(w); uint(n-1) > 6 {
			return scanNumber(p, i).end
		}
		j += n + 1
		c = byte(w >> (8 * n & 63))
	}
	if c|0x20 == 'e' {
		return scanNumber(p, i).end
	}
	return j
}

// scanDouble decodes the number at i as DOUBLE.
func scanDouble(p []byte, i int, cell *row.Cell) int {
	// Most have at most seven digits on either side of the point, which takes two words. Whether they
	// have a sign is hard to foresee, so it is no branch.
	sign := 0
	if p[i] == '-' {
		sign = 1
	}
	j := i + sign
	w := word(p, j)
	n := leadingDigits(w)
	c := byte(w >> (8 * n & 63))
	if uint(n-1) > 6 || n > 1 && byte(w) == '0' || c|0x20 == 'e' {
		return scanAnyDouble(p, i, cell)
	}
	j += n
	if c != '.' {
		cell.Valid, cell.F = true, withSign(float64(row.Digits(w, n)), sign)
		return j
	}
	// Without the point, one word may hold all of it.
	whole := uint64(1)<<(8*n&63) - 1
	joined := w&whole | w>>8&^whole
	all := leadingDigits(joined)
	fraction := all - n
	c = byte(joined >> (8 * all & 63))
	value := uint64(0)
	if all < 7 {
		value = row.Digits(joined, all)
	} else {
		value = row.Digits(w, n)
		joined = word(p, j+1)
		fraction = leadingDigits(joined)
		c = byte(joined >> (8 * fraction & 63))
		all = fraction
		if uint(fraction-1) > 6 {
			return scanAnyDouble(p, i, cell)
		}
		value = value*pow10int[fraction&7] + row.Digits(joined, fraction)
	}
	if fraction == 0 || c|0x20 == 'e' {
		return scanAnyDouble(p, i, cell)
	}
	f := withSign(float64(value)/pow10[fraction&7], sign) // both are exact, so the one division rounds right
	j += fraction + 1
	cell.Valid, cell.F = true, f
	if (byte(joined>>(8*(all-1)&63)) != '0' || fraction == 1) && plainNotation(f) {
		cell.Text = p[i:j:j]
	}
	return j
}

// withSign is f, or -f where sign is 1.
func withSign(f float64, sign int) float64 {
	return math.Float64frombits(math.Float64bits(f) | uint64(sign)<<63)
}

// scanAnyDouble is scanDouble for numbers of any form.
func scanAnyDouble(p []byte, i int, cell *row.Cell) int {
	x := scanNumber(p, i)
	if x.end < 0 {
		return bail
	}
	cell.Valid = true
	if x.whole+x.fraction <= maxExact && x.mantissa <= 1<<53 && x.fraction < len(pow10) && !x.exponent {
		f := float64(x.mantissa) / pow10[x.fraction] // both are exact
		if x.negative {
			f = -f
		}
		cell.F = f
	} else {
		cell.F = parseFloat(p[i:x.end])
	}
	if canonicalDouble(p[i:x.end]) {
		cell.Text = p[i:x.end:x.end]
	}
	return x.end
}

// plainNotation tells whether a DOUBLE of this size is written without an exponent, and with its sign.
// It is below ten million.
func plainNotation(f float64) bool {
	return f >= 1e-3 || f <= -1e-3 || math.Float64bits(f) == 0
}

// parseFloat is the value of a valid JSON number; out of range is infinity or zero, as in Java.
func parseFloat(text []byte) float64 {
	f, _ := strconv.ParseFloat(unsafe.String(unsafe.SliceData(text), len(text)), 64)
	return f
}

// scanInteger decodes the number at i as INT, if small, or BIGINT.
func scanInteger(p []byte, i int, small bool, cell *row.Cell) int {
	j := i
	negative := p[i] == '-'
	if negative {
		j++
	}
	w := word(p, j)
	n := leadingDigits(w)
	c := byte(w >> (8 * n & 63))
	if uint(n-1) > 6 || byte(w) == '0' && (n > 1 || negative) || c == '.' || c|0x20 == 'e' {
		return scanAnyInteger(p, i, small, cell)
	}
	cell.Valid, cell.N = true, int64(row.Digits(w, n))
	if negative {
		cell.N = -cell.N
	}
	j += n
	cell.Text = p[i:j:j]
	return j
}

// scanAnyInteger is scanInteger for numbers of any form.
func scanAnyInteger(p []byte, i int, small bool, cell *row.Cell) int {
	x := scanNumber(p, i)
	if x.end < 0 {
		return bail
	}
	bits := 64
	if small {
		bits = 32
	}
	if x.fraction > 0 || x.exponent {
		n, ok := truncate(p[i:x.end], bits)
		if !ok {
			return bail
		}
		cell.Valid, cell.N = true, n
		return x.end
	}
	if x.whole >= maxExact || x.mantissa>>(bits-1) != 0 {
		return bail // beyond the limits, or at the lower one
	}
	cell.Valid, cell.N = true, int64(x.mantissa)
	if x.negative {
		cell.N = -cell.N
	}
	if !x.negative || cell.N != 0 {
		cell.Text = p[i:x.end:x.end]
	}
	return x.end
}

// decimal decodes the number at i as DECIMAL.
func (s *scanner) decimal(col *column, i int, cell *row.Cell) int {
	end := skipNumber(s.p, i)
	if end < 0 {
		return bail
	}
	if !s.exact(col, s.p[i:end], cell) {
		return bail
	}
	return end
}

// exact makes a DECIMAL of a text, if it is a number that fits.
func (s *scanner) exact(col *column, text []byte, cell *row.Cell) bool {
	d, ok := number.ReadDecimal(text)
	if !ok {
		return false
	}
	if d, ok = d.Fit(decimalType(col.typ)); !ok {
		return false
	}
	begin := len(s.rec.Scratch)
	s.rec.Scratch = d.Append(s.rec.Scratch)
	cell.Valid, cell.Text = true, s.rec.Scratch[begin:len(s.rec.Scratch):len(s.rec.Scratch)]
	return true
}
