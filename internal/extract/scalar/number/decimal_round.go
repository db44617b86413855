package number

import (
	"math/big"
	"strconv"
)

// rounding says what becomes of digits that are cut off.
type rounding uint8

const (
	down    rounding = iota // toward zero
	halfUp                  // to the nearest, a half away from zero
	floor                   // toward negative infinity
	ceiling                 // toward positive infinity
)

// at returns d at a scale; a larger one adds zeros.
func (d Decimal) at(scale int, how rounding) Decimal {
	if scale >= d.scale {
		return d.rescale(scale)
	}
	cut := d.scale - scale
	if d.large == nil && cut <= smallDigits {
		unit := pow10[cut]
		q, rest := d.small/unit, d.small%unit
		if how.away(rest < 0, rest != 0, 2*magnitude(rest) >= uint64(unit)) {
			q += int64(d.Sign())
		}
		return Decimal{small: q, scale: scale}
	}
	unit := bigPow10(cut)
	var rest big.Int
	q, _ := new(big.Int).QuoRem(d.big(d.scale), unit, &rest)
	half := new(big.Int).Lsh(new(big.Int).Abs(&rest), 1).Cmp(unit) >= 0
	if how.away(rest.Sign() < 0, rest.Sign() != 0, half) {
		q.Add(q, big.NewInt(int64(d.Sign())))
	}
	return fromBig(q, scale)
}

// away reports whether to round away from zero, given what is cut off: its sign, whether it is
// anything, and whether it is at least a half.
func (r rounding) away(negative, some, half bool) bool {
	switch r {
	case halfUp:
		return half
	case floor:
		return some && negative
	case ceiling:
		return some && !negative
	}
	return false
}

func (d Decimal) rescale(scale int) Decimal {
	if n, ok := d.smallAt(scale); ok {
		return Decimal{small: n, scale: scale}
	}
	return fromBig(d.big(scale), scale)
}

// Round is ROUND(d, digits), half up; digits may be negative. The scale is digits, if that is less than
// d's and not below 0.
func (d Decimal) Round(digits int) Decimal { return d.cut(digits, halfUp) }

// Truncate is TRUNCATE(d, digits); see [Decimal.Round].
func (d Decimal) Truncate(digits int) Decimal { return d.cut(digits, down) }

func (d Decimal) cut(digits int, how rounding) Decimal {
	if digits >= d.scale {
		return d
	}
	// Digits further to the left than any number has give 0, whatever their count.
	const leftmost = -400
	d = d.at(max(digits, leftmost), how)
	if d.scale < 0 {
		return d.rescale(0)
	}
	return d
}

// Floor is FLOOR(d), Ceil is CEIL(d): of scale 0.
func (d Decimal) Floor() Decimal { return d.at(0, floor) }

// Ceil is CEIL(d).
func (d Decimal) Ceil() Decimal { return d.at(0, ceiling) }

// BigInt is CAST(d AS BIGINT): toward zero, and the low 64 bits of what is larger. For an INT it is to
// be narrowed with int32.
func (d Decimal) BigInt() int64 {
	d = d.at(0, down)
	if d.large == nil {
		return d.small
	}
	low := new(big.Int).And(d.large, new(big.Int).SetUint64(1<<64-1))
	return int64(low.Uint64())
}

// Double is CAST(d AS DOUBLE) of a DECIMAL of a precision: the nearest DOUBLE, except that up to 18
// digits Flink divides the rounded unscaled number, which may be off by one bit.
func (d Decimal) Double(precision int) float64 {
	if precision <= smallDigits && d.large == nil && d.scale >= 0 && d.scale <= smallDigits {
		return float64(d.small) / float64(pow10[d.scale])
	}
	var buf [64]byte
	text := append(d.big(d.scale).Append(buf[:0], 10), 'e')
	f, _ := strconv.ParseFloat(string(strconv.AppendInt(text, int64(-d.scale), 10)), 64)
	return f
}
