package rejects

import (
	"strings"
	"time"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// DayForm is the form of a day that [DayOf] returns.
const DayForm = "20060102"

// DayOf returns the day in the name of a file, such as 20261129: its first three folders that are one; "" without them.
// So AWS Lambda names batches too. It is the day of arrival of the first record; the file may have some of the next
// day.
func DayOf(name string) string {
	parts := strings.Split(name, "/")
	for i := range len(parts) - 3 {
		if day := strings.Join(parts[i:i+3], ""); len(day) == len(DayForm) && len(parts[i]) == 4 && len(parts[i+1]) == 2 {
			if _, err := time.Parse(DayForm, day); err == nil {
				return day
			}
		}
	}
	return ""
}

// Touches reports whether a file may have rejects that arrived at from or later and before to, by its name alone. One
// whose name has no day may have any.
func Touches(name string, from, to twin.Millis) bool {
	day, err := time.Parse(DayForm, DayOf(name))
	if err != nil {
		return true
	}
	first := twin.MillisOf(day)
	const twoDays = twin.Millis(2 * 24 * 60 * 60 * 1000)
	return first+twoDays > from && first < to
}
