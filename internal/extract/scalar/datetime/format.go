package datetime

import "strconv"

// AppendISO appends a time point as 2026-11-23T10:15:30.12: seconds always, a fraction of up to nine
// digits without trailing zeros, no zone. This is how JSON_STRING and the json format write it.
func AppendISO(dst []byte, ms int64, nanos int32) []byte {
	days := floorDiv(ms, day)
	ofDay := ms - days*day
	year, month, dom := Date(days)
	switch {
	case year > 9999:
		dst = append(dst, '+')
	case year < 0:
		dst = append(dst, '-')
		year = -year
	}
	dst = appendYMD(dst, year, month, dom)
	dst = append(dst, 'T')
	dst = appendHMS(dst, ofDay)
	f := int(ofDay%second)*1_000_000 + int(nanos)
	if f == 0 {
		return dst
	}
	dst = appendFraction(append(dst, '.'), f, 9)
	for dst[len(dst)-1] == '0' {
		dst = dst[:len(dst)-1]
	}
	return dst
}

// AppendDate appends what CAST(date AS STRING) gives: 2026-11-23.
func AppendDate(dst []byte, days int64) []byte {
	year, month, dom := Date(days)
	return appendYMD(dst, year%10000, month, dom)
}

// AppendTimestamp appends what CAST(ts AS STRING) gives for TIMESTAMP(p) and TIMESTAMP_LTZ(p):
// 2026-11-23 10:15:30.120 for a precision of 3, no point for 0. Further digits are cut off.
func AppendTimestamp(dst []byte, ms int64, nanos int32, precision int) []byte {
	days := floorDiv(ms, day)
	ofDay := ms - days*day
	dst = AppendDate(dst, days)
	dst = append(dst, ' ')
	dst = appendHMS(dst, ofDay)
	if precision == 0 {
		return dst
	}
	return appendFraction(append(dst, '.'), int(ofDay%second)*1_000_000+int(nanos), precision)
}

func append2(dst []byte, n int) []byte { return append(dst, byte('0'+n/10%10), byte('0'+n%10)) }

func appendYMD(dst []byte, year int64, month, dom int) []byte {
	if year > 9999 {
		dst = strconv.AppendInt(dst, year, 10)
	} else {
		dst = append2(append2(dst, int(year/100)), int(year%100))
	}
	dst = append2(append(dst, '-'), month)
	return append2(append(dst, '-'), dom)
}

func appendHMS(dst []byte, ofDay int64) []byte {
	s := int(ofDay / second)
	dst = append2(dst, s/3600)
	dst = append2(append(dst, ':'), s/60%60)
	return append2(append(dst, ':'), s%60)
}

// appendFraction appends the first digits of a number of nanoseconds.
func appendFraction(dst []byte, nanos, digits int) []byte {
	for unit := 100_000_000; digits > 0; digits-- {
		dst = append(dst, byte('0'+nanos/unit%10))
		unit /= 10
	}
	return dst
}
