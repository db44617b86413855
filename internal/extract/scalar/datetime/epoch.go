package datetime

import "math"

// The instants that TO_TIMESTAMP_LTZ of a number takes: the years 0000 to 9999.
const (
	minMillis = -62167219200000
	maxMillis = 253402300799999
)

// FromEpoch is TO_TIMESTAMP_LTZ(n, precision) of an INT or BIGINT: seconds for a precision of 0,
// milliseconds for 3. It gives NULL outside the years 0000 to 9999.
func FromEpoch(n int64, precision int) (ms int64, ok bool) {
	if precision == 0 {
		if n < minMillis/second || n > maxMillis/second {
			return 0, false
		}
		n *= second
	}
	return n, n >= minMillis && n <= maxMillis
}

// FromEpochDouble is [FromEpoch] of a DOUBLE, which keeps its fraction of a second, cut to milliseconds.
// Milliseconds that are NaN are 0, as Java casts them; seconds that are NaN are NULL.
func FromEpochDouble(f float64, precision int) (ms int64, ok bool) {
	if precision == 0 {
		if !(f >= minMillis/second && f <= maxMillis/second) {
			return 0, false
		}
		f *= second
	}
	if math.IsNaN(f) {
		return 0, true
	}
	if f >= maxMillis+1 || f <= minMillis-1 {
		return 0, false
	}
	return int64(f), true
}
