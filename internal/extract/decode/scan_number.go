package decode

import (
	"math"
	"math/bits"
	"strconv"
	"unsafe"

	"github.com/railtwin/digitaltwin/internal/extract/row"
)

// maxExact is the largest number of decimal digits that every uint64 has room for.
const maxExact = 19

// Powers of ten that a float64 holds exactly.
var pow10 = [...]float64{
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

var pow10int = [...]uint64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8}

// eightDigits tells how many of the eight bytes of w are digits, from the first on, and their value.
func eightDigits(w uint64) (n int, value uint64) {
	t := w ^ (ones * '0')
	n = bits.TrailingZeros64(((t+ones*0x76)|t)&highs) >> 3
	t <<= (64 - 8*n) & 127 // none: shifted out
	t = t*10 + t>>8
	t = ((t & 0x000000FF000000FF * (100 + 1_000_000<<32)) + (t >> 16 & 0x000000FF000000FF * (1 + 10_000<<32))) >> 32
	return n, t
}

// number is what scanning finds in a JSON number.
type number struct {
	end      int
	mantissa uint64 // of all digits, where there are at most maxExact
	whole    int    // digits before the point
	fraction int    // digits behind it
	exponent bool   // there is one
	negative bool
}

// scanNumber reads the number at i. Its end is bail if there is none.
func scanNumber(p []byte, i int) (x number) {
	if at(p, i) == '-' {
		x.negative = true
		i++
	}
	n, v := eightDigits(word(p, i))
	x.whole, x.mantissa = n, v
	i += n
	if n == 8 {
		for digit(at(p, i)) {
			x.mantissa = x.mantissa*10 + uint64(p[i]-'0')
			x.whole++
			i++
		}
	}
	if n == 0 || n > 1 && p[i-x.whole] == '0' {
		x.end = bail
		return x
	}
	c := at(p, i)
	if c == '.' {
		i++
		n, v := eightDigits(word(p, i))
		if n == 0 {
			x.end = bail
			return x
		}
		x.mantissa = x.mantissa*pow10int[n] + v
		x.fraction = n
		i += n
		if n == 8 {
			for digit(at(p, i)) {
				x.mantissa = x.mantissa*10 + uint64(p[i]-'0')
				x.fraction++
				i++
			}
		}
		c = at(p, i)
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
	if c := at(p, i); c == '-' || c == '+' {
		i++
	}
	begin := i
	for digit(at(p, i)) {
		i++
	}
	if i == begin || i-begin > 10 {
		return bail
	}
	return i
}

func skipNumber(p []byte, i int) int { return scanNumber(p, i).end }

// scanDouble decodes the number at i as DOUBLE.
func scanDouble(p []byte, i int, cell *row.Cell) int {
	x := scanNumber(p, i)
	if x.end < 0 {
		return bail
	}
	digits := x.whole + x.fraction
	if digits <= maxExact && x.mantissa <= 1<<53 && x.fraction < len(pow10) && !x.exponent {
		// Both are exact, so one division rounds right.
		f := float64(x.mantissa) / pow10[x.fraction]
		if x.negative {
			f = -f
		}
		cell.Valid, cell.F = true, f
	} else {
		cell.Valid, cell.F = true, parseFloat(p[i:x.end])
	}
	if x.fraction > 0 && x.whole <= 7 && digits <= 15 && !x.exponent && (p[x.end-1] != '0' || x.fraction == 1) &&
		x.canonical(cell.F) {
		cell.Text = p[i:x.end:x.end]
	}
	return x.end
}

// canonical tells whether a DOUBLE of this size is written in plain notation, with its sign.
func (x *number) canonical(f float64) bool {
	f = math.Abs(f)
	return f >= 1e-3 || f == 0 && !x.negative
}

// parseFloat is the value of a valid JSON number; out of range is infinity or zero, as in Java.
func parseFloat(text []byte) float64 {
	f, _ := strconv.ParseFloat(unsafe.String(unsafe.SliceData(text), len(text)), 64)
	return f
}

// scanInteger decodes the number at i as INT, if small, or BIGINT.
func scanInteger(p []byte, i int, small bool, cell *row.Cell) int {
	x := scanNumber(p, i)
	if x.end < 0 {
		return bail
	}
	if x.fraction > 0 || x.exponent {
		n, ok := truncate(p[i:x.end], 32+32*btoi(!small))
		if !ok {
			return bail
		}
		cell.Valid, cell.N = true, n
		return x.end
	}
	if x.whole >= maxExact || small && x.mantissa > math.MaxInt32 {
		return bail // at the limits, or beyond
	}
	cell.Valid, cell.N = true, int64(x.mantissa)
	if x.negative {
		if cell.N = -cell.N; cell.N == 0 {
			return x.end // -0, which is no text of an integer
		}
	}
	cell.Text = p[i:x.end:x.end]
	return x.end
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// decimal decodes the number at i as DECIMAL.
func (s *scanner) decimal(col *column, i int, cell *row.Cell) int {
	end := skipNumber(s.p, i)
	if end < 0 {
		return bail
	}
	begin := len(s.rec.Scratch)
	number, _ := decimalText(s.rec.Scratch, s.p[i:end], col.typ.Precision, col.typ.Scale)
	if number == nil {
		return bail
	}
	s.rec.Scratch = append(s.rec.Scratch, number...)
	cell.Valid, cell.Text = true, s.rec.Scratch[begin:len(s.rec.Scratch):len(s.rec.Scratch)]
	return end
}
