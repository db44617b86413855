package constructs

import (
	"fmt"
	"regexp"
	"strconv"
)

// QuietHours are the hours of a day at which a dataset is silent as a rule, in UTC: 22-5 is from 22:00 to 5:00.
// Empty: none.
type QuietHours string

var quietHours = regexp.MustCompile(`^([01]?[0-9]|2[0-3])-([01]?[0-9]|2[0-3])$`)

func (q QuietHours) check() error {
	if from, to, ok := q.hours(); q != "" && (!ok || from == to) {
		return fmt.Errorf("%q: want two different hours in UTC, such as 22-5", string(q))
	}
	return nil
}

func (q QuietHours) hours() (from, to int, ok bool) {
	m := quietHours.FindStringSubmatch(string(q))
	if m == nil {
		return 0, 0, false
	}
	from, _ = strconv.Atoi(m[1])
	to, _ = strconv.Atoi(m[2])
	return from, to, true
}

// expression is a metric of records, by a math expression of CloudWatch, that is at least 1 in quiet hours.
func (q QuietHours) expression(records string) string {
	from, to, ok := q.hours()
	if !ok {
		return records
	}
	join := "AND"
	if from > to { // over midnight
		join = "OR"
	}
	hour := "HOUR(FILL(records, 0))"
	return fmt.Sprintf("IF(%s >= %d %s %s < %d, 1, %s)", hour, from, join, hour, to, records)
}
