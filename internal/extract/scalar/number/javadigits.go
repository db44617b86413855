package number

import (
	"cmp"
	"math"
	"math/big"
	"math/bits"
	"strconv"
)

// Digits is a positive decimal number: 0.d1d2d3... * 10^Point.
type Digits struct {
	Bytes [28]byte // ASCII digits, no leading and no trailing zero; room to pad
	Len   int
	Point int
}

// AppendDouble appends f as Double.toString of Java 17 does: 7.0, 1.0E7, 1.5E-4, -0.0, NaN, Infinity.
func AppendDouble(dst []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(dst, "NaN"...)
	case math.Signbit(f):
		dst = append(dst, '-')
	}
	switch {
	case math.IsInf(f, 0):
		return append(dst, "Infinity"...)
	case f == 0:
		return append(dst, "0.0"...)
	}
	d := JavaDigits(f)
	point, plain := d.Point, d.Point > -3 && d.Point <= 7
	if !plain {
		point = 1
	}
	for d.Len < point+1 { // there is a digit on either side of the point
		d.Bytes[d.Len] = '0'
		d.Len++
	}
	digits := d.Bytes[:d.Len]
	if point > 0 {
		dst = append(append(append(dst, digits[:point]...), '.'), digits[point:]...)
	} else {
		dst = append(append(dst, "0.00"[:2-point]...), digits...)
	}
	if plain {
		return dst
	}
	return strconv.AppendInt(append(dst, 'E'), int64(d.Point-1), 10)
}

// JavaDigits returns the digits that Double.toString of Java 17 prints for |f|; f is finite and not 0.
//
// Up to JDK 18 these are not always the shortest that read back as f (5.0E-324 is 4.9E-324, 2^60 has 19
// digits), so where the shortest ones are long, Java's own digit generation decides.
func JavaDigits(f float64) (d Digits) {
	f = math.Abs(f)
	var buf [32]byte
	e := strconv.AppendFloat(buf[:0], f, 'e', -1, 64)
	// d.ddde±dd: the exponent has two digits or three.
	i := len(e) - 4
	if e[i] != 'e' {
		i--
	}
	if i <= shortestDigits+1 && f < 1<<53 && f >= 0x1p-1021 && math.Float64bits(f)<<12 != 0 {
		for _, c := range e[i+2:] {
			d.Point = 10*d.Point + int(c-'0')
		}
		if e[i+1] == '-' {
			d.Point = -d.Point
		}
		d.Point++
		d.Bytes[0] = e[0]
		d.Len = 1
		if i > 2 {
			d.Len += copy(d.Bytes[1:], e[2:i])
		}
		return d
	}
	d.generate(f)
	return d
}

// shortestDigits is how many digits of the shortest form Java surely prints as well, between the
// subnormal numbers and 2^53 and except for powers of two: such a decimal lies within, and never at,
// half a unit in the last place of its double.
const shortestDigits = 15

const (
	mantissaBits = 52
	bias         = 1023
)

// pow5 are the powers of five below 2^63.
var pow5 = func() (p [28]int64) {
	p[0] = 1
	for i := 1; i < len(p); i++ {
		p[i] = p[i-1] * 5
	}
	return p
}()

func pow5Bits(n int) int {
	if n < len(pow5) {
		return bits.Len64(uint64(pow5[n]))
	}
	return 3 * n
}

// generate is the digit generation of JDK 17 and before, a free-format Steele and White: f = b/s *
// 10^exp, with m half a unit in the last place of f on the scale of b, and digits are taken off b
// until what remains is below m. The peculiarities that show in the output are kept: integers below
// 2^63 are printed from their long value, m is too small above powers of two only by a guess, numbers
// in exponent form get at least two digits, and a sum equal to the limit counts only in big arithmetic.
func (d *Digits) generate(f float64) {
	raw := math.Float64bits(f)
	fract := int64(raw & (1<<mantissaBits - 1))
	binExp := int(raw >> mantissaBits)
	significant := mantissaBits + 1
	if binExp == 0 {
		zeros := bits.LeadingZeros64(uint64(fract))
		shift := zeros - (63 - mantissaBits)
		fract <<= shift
		binExp = 1 - shift
		significant = 64 - zeros
	} else {
		fract |= 1 << mantissaBits
	}
	binExp -= bias

	tail := bits.TrailingZeros64(uint64(fract))
	fractBits := mantissaBits + 1 - tail
	tiny := max(0, fractBits-binExp-1) // bits to the right of the binary point
	if tiny == 0 && binExp <= 62 {
		d.integer(fract, binExp)
		return
	}

	exp := estimateExponent(fract, binExp)
	b5 := max(0, -exp)
	b2 := b5 + tiny + binExp
	s5 := max(0, exp)
	s2 := s5 + tiny
	m5 := b5
	m2 := b2 - significant
	fract >>= tail
	b2 -= fractBits - 1
	common := min(b2, s2)
	b2, s2, m2 = b2-common, s2-common, m2-common
	if fractBits == 1 { // the next smaller number is only half as far away
		m2--
	}
	if m2 < 0 {
		b2, s2, m2 = b2-m2, s2-m2, 0
	}
	if fractBits+b2+pow5Bits(b5) < 64 && s2+1+pow5Bits(s5+1) < 64 {
		d.long(fract*pow5[b5]<<b2, pow5[s5]<<s2, pow5[m5]<<m2, exp)
		return
	}
	d.big(scaled(fract, b5, b2), scaled(1, s5, s2), scaled(1, m5, m2), exp)
}

// integer prints a whole number below 2^63 without the digits that its double cannot tell apart.
func (d *Digits) integer(fract int64, binExp int) {
	dropped := 0
	if p := binExp - mantissaBits - 2; p > 3 {
		dropped = 1 + (p-4)/3
	}
	n := fract
	if binExp >= mantissaBits {
		n <<= binExp - mantissaBits
	} else {
		n >>= mantissaBits - binExp
	}
	if dropped > 0 {
		ten := [...]int64{1, 10, 100}[dropped]
		n = (n + ten/2) / ten
		d.Point = dropped
	}
	for n%10 == 0 {
		n /= 10
		d.Point++
	}
	d.Len = len(strconv.AppendInt(d.Bytes[:0], n, 10))
	d.Point += d.Len
}

// estimateExponent returns floor(log10) of the number, or one more. The conversions keep the
// compiler from fusing a multiplication with an addition, which would round otherwise than Java.
func estimateExponent(fract int64, binExp int) int {
	x := math.Float64frombits(bias<<mantissaBits | uint64(fract)&(1<<mantissaBits-1))
	return int(math.Floor(float64(float64((x-1.5)*0.289529654)+0.176091259) + float64(float64(binExp)*0.301029995663981)))
}

// long generates digits where all numbers fit 64 bits. m may overflow at the end, as it may in Java.
func (d *Digits) long(b, s, m int64, exp int) {
	tens := s * 10
	first := true
	var low, high bool
	for first || !low && !high {
		q := b / s
		b = 10 * (b % s)
		m *= 10
		if first || m > 0 {
			low, high = b < m, b+m > tens
		} else {
			low, high = true, true
		}
		exp, low, high = d.digit(q, first, exp, low, high)
		first = false
	}
	half := 2*b - tens // which is right even where 2*b is too large
	d.round(low, high, cmp.Compare(half, 0), exp)
}

// digit takes the digit q and returns the exponent and the stopping conditions after it: the first
// digit is dropped if the exponent was estimated too high, and it never ends a number in exponent form.
func (d *Digits) digit(q int64, first bool, exp int, low, high bool) (int, bool, bool) {
	if first && q == 0 && !high {
		exp--
	} else {
		d.Bytes[d.Len] = byte('0' + q)
		d.Len++
	}
	if first && (exp < -3 || exp >= 8) {
		return exp, false, false
	}
	return exp, low, high
}

func scaled(n int64, five, two int) *big.Int {
	x := big.NewInt(5)
	x.Exp(x, big.NewInt(int64(five)), nil)
	x.Mul(x, big.NewInt(n))
	return x.Lsh(x, uint(two))
}

// big generates digits where 64 bits are too few.
func (d *Digits) big(b, s, m *big.Int, exp int) {
	ten := big.NewInt(10)
	tens := new(big.Int).Mul(s, ten)
	var q, sum big.Int
	first := true
	var low, high bool
	for first || !low && !high {
		q.QuoRem(b, s, b)
		b.Mul(b, ten)
		m.Mul(m, ten)
		low = b.Cmp(m) < 0
		high = tens.Cmp(sum.Add(b, m)) <= 0
		exp, low, high = d.digit(q.Int64(), first, exp, low, high)
		first = false
	}
	d.round(low, high, b.Lsh(b, 1).Cmp(tens), exp)
}

// round rounds the last digit by the condition that ended the generation; half compares the
// remainder with one half.
func (d *Digits) round(low, high bool, half, exp int) {
	d.Point = exp + 1
	last := d.Bytes[d.Len-1]
	if high && (!low || half > 0 || half == 0 && last&1 != 0) {
		i := d.Len - 1
		for ; i > 0 && d.Bytes[i] == '9'; i-- {
			d.Bytes[i] = '0'
		}
		if d.Bytes[i] == '9' {
			d.Bytes[i] = '1'
			d.Point++
		} else {
			d.Bytes[i]++
		}
	}
	for d.Len > 1 && d.Bytes[d.Len-1] == '0' {
		d.Len--
	}
}
