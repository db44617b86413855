package datetime

// Floor is FLOOR(ts TO unit) of a time point. Weeks begin on Sunday. Units of a day and more, except the
// day itself, follow Flink before 1970: they start from the day nearer to 1970.
func (u Unit) Floor(ms int64) int64 {
	if u <= Day {
		return floorDiv(ms, millis[u]) * millis[u]
	}
	return u.round(ms/day, true) * day
}

// Ceil is CEIL(ts TO unit) of a time point; see [Unit.Floor].
func (u Unit) Ceil(ms int64) int64 {
	if u <= Day {
		return -floorDiv(-ms, millis[u]) * millis[u]
	}
	return u.round(ms/day, false) * day
}

// round is Flink's rounding of a date. Before 15 October 1582 it takes the date for one of the Julian
// calendar, but numbers the result in the Gregorian one.
func (u Unit) round(days int64, floor bool) int64 {
	y, m, d := historical(days)
	up := int64(0)
	if !floor {
		up = 1
	}
	switch u {
	case Week:
		sunday := (days + 4) % 7
		sunday += negative(sunday)
		if !floor && sunday > 0 {
			sunday -= 7
		}
		return Days(y, m, d) - sunday
	case Month:
		if !floor && d > 1 {
			return Days(y, m+1, 1)
		}
		return Days(y, m, 1)
	case Quarter:
		q := (m + 2) / 3
		if !floor && (m > 1 || d > 1) {
			q++
		}
		return Days(y, q*3-2, 1)
	case Year:
		if !floor && (m > 1 || d > 1) {
			y++
		}
		return Days(y, 1, 1)
	case Decade:
		return Days(10*(y/10+up), 1, 1)
	case Century:
		return Days(100*((y+99)/100-1+up)+1, 1, 1)
	}
	return Days(1000*((y+999)/1000-1+up)+1, 1, 1)
}

const epochJulianDay = 2440588

// historical returns the date of a day in the calendar of its time.
func historical(days int64) (year int64, month, dayOfMonth int) {
	if days >= reform {
		return Date(days)
	}
	julian := days + epochJulianDay
	c := julian + 32082
	d := (4*c + 3) / 1461
	e := int(c - 1461*d/4)
	m := (5*e + 2) / 153
	return d - 4800 + int64(m/10), m + 3 - 12*(m/10), e - (153*m+2)/5 + 1
}
