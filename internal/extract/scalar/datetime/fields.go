package datetime

// field is one field of a date or time that a pattern reads or writes.
type field uint8

const (
	year field = iota
	yearOfEra
	month
	dayOfMonth
	hourOfDay
	minuteOfHour
	secondOfMinute
	nanoOfSecond
	fieldCount
)

// fields are the values that a text gave. They are resolved as java.time does in its SMART style.
type fields struct {
	value [fieldCount]int64
	has   [fieldCount]bool
}

// set notes a value and returns false if the text already gave another one for the field.
func (f *fields) set(k field, v int64) bool {
	if f.has[k] && f.value[k] != v {
		return false
	}
	f.value[k], f.has[k] = v, true
	return true
}

// or returns the value of a field, or what Flink completes a missing one with.
func (f *fields) or(k field, missing int64) int64 {
	if f.has[k] {
		return f.value[k]
	}
	return missing
}

// within reports whether a field is missing or within its range.
func (f *fields) within(k field, low, high int64) bool {
	return !f.has[k] || f.value[k] >= low && f.value[k] <= high
}

// resolve returns the time point: missing parts are those of 1970-01-01 00:00:00, a day from 1 to 31
// beyond the end of its month is its last, and 24:00 of a complete date is the next midnight. Digits
// beyond precision are cut off.
func (f *fields) resolve(precision int) (ms int64, nanos int32, ok bool) {
	if f.has[yearOfEra] && (f.value[yearOfEra] < 1 || !f.set(year, f.value[yearOfEra])) {
		return 0, 0, false
	}
	if !f.within(year, -maxYear, maxYear) || !f.within(month, 1, 12) || !f.within(dayOfMonth, 1, 31) ||
		!f.within(hourOfDay, 0, 24) || !f.within(minuteOfHour, 0, 59) || !f.within(secondOfMinute, 0, 59) {
		return 0, 0, false
	}
	y, m, d := f.or(year, 1970), int(f.or(month, 1)), int(f.or(dayOfMonth, 1))
	h, min, s, n := f.or(hourOfDay, 0), f.or(minuteOfHour, 0), f.or(secondOfMinute, 0), f.or(nanoOfSecond, 0)
	complete := f.has[year] && f.has[month] && f.has[dayOfMonth]
	if last := lastDay(y, m); d > last {
		if !complete {
			return 0, 0, false
		}
		d = last
	}
	if h == 24 {
		// java.time takes it only where it can build a time: no minute, then no second and so on.
		gap := !f.has[minuteOfHour] && (f.has[secondOfMinute] || f.has[nanoOfSecond]) ||
			!f.has[secondOfMinute] && f.has[nanoOfSecond]
		if gap || min != 0 || s != 0 || n != 0 {
			return 0, 0, false
		}
		if !complete {
			h = 0
		}
	}
	n -= n % power10[9-precision]
	return Days(y, m, d)*day + h*hour + min*minute + s*second + n/1_000_000, int32(n % 1_000_000), true
}
