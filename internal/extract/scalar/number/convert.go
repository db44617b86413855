package number

import "math"

// ToInt is CAST(f AS INT) as Java casts: toward zero, to the nearest bound beyond it, NaN to 0.
func ToInt(f float64) int64 {
	switch {
	case f != f:
		return 0
	case f >= math.MaxInt32:
		return math.MaxInt32
	case f <= math.MinInt32:
		return math.MinInt32
	}
	return int64(f)
}

// ToBigInt is CAST(f AS BIGINT); see [ToInt].
func ToBigInt(f float64) int64 {
	switch {
	case f != f:
		return 0
	case f >= math.MaxInt64:
		return math.MaxInt64
	case f <= math.MinInt64:
		return math.MinInt64
	}
	return int64(f)
}

// Round is ROUND(n, digits) of a BIGINT, half away from zero; digits may be negative. It wraps. Of an
// INT it is to be narrowed with int32.
func Round(n int64, digits int) int64 {
	if digits == -19 && magnitude(n) >= 5e18 {
		up := uint64(1e19)
		return int64(up) * (n>>63 | 1)
	}
	unit := unitOf(digits)
	if unit == 0 {
		return 0
	}
	rest := n % unit
	switch n -= rest; {
	case rest >= unit-rest:
		n += unit
	case rest <= -unit-rest:
		n -= unit
	}
	return n
}

// Truncate is TRUNCATE(n, digits) of an INT or BIGINT.
func Truncate(n int64, digits int) int64 {
	unit := unitOf(digits)
	if unit == 0 {
		return 0
	}
	return n - n%unit
}

// unitOf returns 10^-digits, at least 1, or 0 if no BIGINT is as large.
func unitOf(digits int) int64 {
	switch {
	case digits >= 0:
		return 1
	case digits < -18:
		return 0
	}
	return pow10[-digits]
}
