package datetime

const (
	second = 1000
	minute = 60 * second
	hour   = 60 * minute
	day    = 24 * hour
)

// Days returns the days since 1970-01-01 of a date of the proleptic Gregorian calendar. The month is
// 1 to 12, or 13 for the next January; the day may be outside its month.
func Days(year int64, month, dayOfMonth int) int64 {
	if month <= 2 { // the year starts in March, so that the leap day is its last
		year--
		month += 12
	}
	era := floorDiv(year, 400)
	ofEra := year - era*400
	ofYear := int64((153*(month-3)+2)/5 + dayOfMonth - 1)
	return era*146097 + ofEra*365 + ofEra/4 - ofEra/100 + ofYear - 719468
}

// Date returns the date of a day since 1970-01-01.
func Date(days int64) (year int64, month, dayOfMonth int) {
	days += 719468
	era := floorDiv(days, 146097)
	ofEra := days - era*146097
	y := (ofEra - ofEra/1460 + ofEra/36524 - ofEra/146096) / 365
	ofYear := int(ofEra - (365*y + y/4 - y/100))
	m := (5*ofYear + 2) / 153
	year, month, dayOfMonth = y+era*400, m+3, ofYear-(153*m+2)/5+1
	if month > 12 {
		year++
		month -= 12
	}
	return year, month, dayOfMonth
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func leap(year int64) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

func lastDay(year int64, month int) int {
	switch month {
	case 2:
		if leap(year) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}
