package datetime

import "strconv"

// Formatter writes time points by a pattern, as DATE_FORMAT does. It is immutable.
type Formatter struct{ pattern pattern }

// CompileFormatter compiles a pattern. The error says what is not supported and what to write instead.
func CompileFormatter(text string) (*Formatter, error) {
	p, err := compilePattern(text)
	if err != nil {
		return nil, err
	}
	return &Formatter{p}, nil
}

// Append appends the text of a TIMESTAMP, or of a TIMESTAMP_LTZ in UTC.
func (f *Formatter) Append(dst []byte, ms int64, nanos int32) []byte {
	days := floorDiv(ms, day)
	ofDay := ms - days*day
	y, m, d := Date(days)
	value := [fieldCount]int64{
		year: y, yearOfEra: y, month: int64(m), dayOfMonth: int64(d),
		hourOfDay: ofDay / hour, minuteOfHour: ofDay / minute % 60, secondOfMinute: ofDay / second % 60,
		nanoOfSecond: ofDay%second*1_000_000 + int64(nanos),
	}
	if y <= 0 {
		value[yearOfEra] = 1 - y
	}
	return f.pattern.append(dst, &value)
}

func (p pattern) append(dst []byte, value *[fieldCount]int64) []byte {
	for i := range p {
		e := &p[i]
		switch v := value[e.field]; {
		case e.optional != nil:
			dst = e.optional.append(dst, value)
		case !e.number():
			dst = append(dst, e.literal...)
		case e.fraction:
			dst = appendFraction(dst, int(v), e.min)
		default:
			if v < 0 {
				dst = append(dst, '-')
				v = -v
			} else if e.exceeding && v > 9999 {
				dst = append(dst, '+')
			}
			for limit, k := int64(10), 1; k < e.min; limit, k = limit*10, k+1 {
				if v < limit {
					dst = append(dst, '0')
				}
			}
			dst = strconv.AppendInt(dst, v, 10)
		}
	}
	return dst
}
