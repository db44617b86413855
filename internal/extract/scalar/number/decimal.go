package number

import (
	"math/big"
	"math/bits"
	"strconv"
)

// Decimal is an exact decimal number: unscaled * 10^-scale. The zero Decimal is 0. It is immutable.
type Decimal struct {
	small int64    // unscaled, below 10^18, where large is nil
	large *big.Int // unscaled
	scale int      // may be negative
}

// smallDigits is how many digits a small Decimal may have.
const smallDigits = 18

var pow10 = func() (p [19]int64) {
	p[0] = 1
	for i := 1; i < len(p); i++ {
		p[i] = 10 * p[i-1]
	}
	return p
}()

func bigPow10(n int) *big.Int {
	if n < len(pow10) {
		return big.NewInt(pow10[n])
	}
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
}

// FromInt returns n.
func FromInt(n int64) Decimal {
	if n > -pow10[smallDigits] && n < pow10[smallDigits] {
		return Decimal{small: n}
	}
	return Decimal{large: big.NewInt(n)}
}

// fromDigits returns the number of ASCII digits * 10^-scale.
func fromDigits(digits []byte, scale int) Decimal {
	if len(digits) <= smallDigits {
		n := int64(0)
		for _, c := range digits {
			n = 10*n + int64(c-'0')
		}
		return Decimal{small: n, scale: scale}
	}
	n, _ := new(big.Int).SetString(string(digits), 10)
	return fromBig(n, scale)
}

func fromBig(n *big.Int, scale int) Decimal {
	if n.IsInt64() {
		d := FromInt(n.Int64())
		d.scale = scale
		return d
	}
	return Decimal{large: n, scale: scale}
}

// ParseDecimal reads what [Decimal.Append] writes: plain notation, such as -12.30.
func ParseDecimal(text []byte) Decimal {
	var buf [40]byte
	digits, scale, negative := buf[:0], 0, false
	for i, c := range text {
		switch {
		case c == '-':
			negative = true
		case c == '.':
			scale = len(text) - i - 1
		case c != '0' || len(digits) > 0:
			digits = append(digits, c)
		}
	}
	d := fromDigits(digits, scale)
	if negative {
		return d.Neg()
	}
	return d
}

// Append appends d in plain notation, with as many digits behind the point as its scale.
func (d Decimal) Append(dst []byte) []byte {
	if d.scale < 0 {
		d = d.rescale(0)
	}
	if d.Sign() < 0 {
		dst = append(dst, '-')
		d = d.Neg()
	}
	var buf [48]byte
	digits := buf[:0]
	if d.large != nil {
		digits = d.large.Append(digits, 10)
	} else {
		digits = strconv.AppendInt(digits, d.small, 10)
	}
	point := len(digits) - d.scale
	if point > 0 {
		dst = append(dst, digits[:point]...)
		digits = digits[point:]
	} else {
		dst = append(dst, '0')
	}
	if d.scale == 0 {
		return dst
	}
	dst = append(dst, '.')
	for ; point < 0; point++ {
		dst = append(dst, '0')
	}
	return append(dst, digits...)
}

// big returns the unscaled number at a scale not below d's.
func (d Decimal) big(scale int) *big.Int {
	n := d.large
	if n == nil {
		n = big.NewInt(d.small)
	}
	if scale == d.scale {
		return n
	}
	return new(big.Int).Mul(n, bigPow10(scale-d.scale))
}

// smallAt returns the unscaled number at a scale not below d's, if that is small.
func (d Decimal) smallAt(scale int) (int64, bool) {
	if d.large != nil || scale-d.scale > smallDigits {
		return 0, false
	}
	return mulSmall(d.small, pow10[scale-d.scale])
}

func mulSmall(a, b int64) (int64, bool) {
	hi, lo := bits.Mul64(magnitude(a), magnitude(b))
	return a * b, hi == 0 && lo < uint64(pow10[smallDigits])
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return uint64(-n)
	}
	return uint64(n)
}

// Sign returns -1, 0 or 1.
func (d Decimal) Sign() int {
	if d.large != nil {
		return d.large.Sign()
	}
	switch {
	case d.small < 0:
		return -1
	case d.small > 0:
		return 1
	}
	return 0
}

// Neg returns -d.
func (d Decimal) Neg() Decimal {
	if d.large != nil {
		return Decimal{large: new(big.Int).Neg(d.large), scale: d.scale}
	}
	return Decimal{small: -d.small, scale: d.scale}
}

// Abs returns d without its sign.
func (d Decimal) Abs() Decimal {
	if d.Sign() < 0 {
		return d.Neg()
	}
	return d
}

// Add returns d + e with the larger scale.
func (d Decimal) Add(e Decimal) Decimal {
	scale := max(d.scale, e.scale)
	a, ok1 := d.smallAt(scale)
	b, ok2 := e.smallAt(scale)
	if ok1 && ok2 {
		sum := FromInt(a + b)
		sum.scale = scale
		return sum
	}
	return fromBig(new(big.Int).Add(d.big(scale), e.big(scale)), scale)
}

// Sub returns d - e.
func (d Decimal) Sub(e Decimal) Decimal { return d.Add(e.Neg()) }

// Mul returns d * e with the sum of the scales.
func (d Decimal) Mul(e Decimal) Decimal {
	if d.large == nil && e.large == nil {
		if n, ok := mulSmall(d.small, e.small); ok {
			return Decimal{small: n, scale: d.scale + e.scale}
		}
	}
	return fromBig(new(big.Int).Mul(d.big(d.scale), e.big(e.scale)), d.scale+e.scale)
}
