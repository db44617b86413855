package infer

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// timeForm is how a point in time is written.
type timeForm struct {
	kind        timeKind
	pattern     string // of the date, or of the whole text, as TO_TIMESTAMP_LTZ takes it
	layout      string // the same for package time
	units       int    // of an epoch: digits after the second, 0, 3, 6 or 9
	fraction    bool   // some have a fraction of a second
	minutes     bool   // some have no seconds
	allUTC      bool   // all end in Z
	americanToo bool   // day and month may be the other way round
}

type timeKind uint8

const (
	notTime timeKind = iota
	epoch            // a number since 1970
	zoned            // with a Z or an offset
	local            // without one
	dateOnly
	clockOnly
)

func (k timeKind) String() string {
	return [...]string{"no time", "epoch", "with its offset", "local time", "a date", "a time of day"}[k]
}

// describe says in words how a time is written.
func (f *timeForm) describe() string {
	switch {
	case f.kind == epoch:
		return map[int]string{0: "epoch seconds", 3: "epoch milliseconds", 6: "epoch microseconds",
			9: "epoch nanoseconds"}[f.units]
	case f.allUTC:
		return "ISO 8601, UTC"
	case f.kind == zoned:
		return "ISO 8601, with an offset"
	case f.kind == local:
		return "local time, " + f.pattern
	}
	return f.kind.String()
}

var (
	isoText    = regexp.MustCompile(`^\d{4}-\d\d-\d\d([T ])\d\d:\d\d(:\d\d([.,]\d+)?)?(Z|[+-]\d\d:?\d\d|[+-]\d\d)?$`)
	numberText = regexp.MustCompile(`^\d{9,19}(\.\d+)?$`)
)

// dates are the forms of a date, by pattern and layout; day and month of the last two can be told apart only by a
// number above 12.
var dates = []struct{ pattern, layout string }{
	{"yyyy-MM-dd", "2006-01-02"}, {"dd.MM.yyyy", "02.01.2006"}, {"yyyy/MM/dd", "2006/01/02"}, {"yyyyMMdd", "20060102"},
	{"dd/MM/yyyy", "02/01/2006"}, {"MM/dd/yyyy", "01/02/2006"},
}

// clocks are the forms of a time of day.
var clocks = []struct{ pattern, layout string }{
	{"HH:mm:ss", "15:04:05"}, {"HH:mm", "15:04"}, {"HHmmss", "150405"},
}

// formOf tells how the texts of a field are written, if nearly all are points in time, dates or times of day.
func formOf(texts []string, number bool) timeForm {
	if len(texts) == 0 {
		return timeForm{}
	}
	if f := epochForm(texts); f.kind != notTime {
		return f
	}
	if number {
		return timeForm{}
	}
	if f := isoForm(texts); f.kind != notTime {
		return f
	}
	return patternForm(texts)
}

// The years in which a number is taken for an epoch.
var (
	earliest = time.Date(2001, 9, 9, 0, 0, 0, 0, time.UTC)
	latest   = time.Date(2038, 1, 19, 0, 0, 0, 0, time.UTC)
)

func epochForm(texts []string) timeForm {
	form := timeForm{kind: epoch, units: -1}
	for _, t := range texts {
		if !numberText.MatchString(t) {
			return timeForm{}
		}
		whole, fraction, _ := strings.Cut(t, ".")
		units := map[int]int{10: 0, 13: 3, 16: 6, 19: 9}
		u, ok := units[len(whole)]
		if !ok || form.units >= 0 && form.units != u {
			return timeForm{}
		}
		n, err := strconv.ParseInt(whole, 10, 64)
		for range u {
			n /= 10
		}
		if at := time.Unix(n, 0); err != nil || at.Before(earliest) || at.After(latest) {
			return timeForm{}
		}
		form.units, form.fraction = u, form.fraction || fraction != ""
	}
	return form
}

func isoForm(texts []string) timeForm {
	form := timeForm{allUTC: true}
	var separator string
	zones, seconds := 0, 0
	for _, t := range texts {
		m := isoText.FindStringSubmatch(t)
		if m == nil || separator != "" && separator != m[1] {
			return timeForm{}
		}
		separator = m[1]
		if m[2] != "" {
			seconds++
		}
		form.fraction = form.fraction || m[3] != ""
		if m[4] != "" {
			zones++
		}
		form.allUTC = form.allUTC && m[4] == "Z"
	}
	form.minutes = seconds < len(texts)
	form.pattern, form.layout = "yyyy-MM-dd''T''HH:mm:ss", "2006-01-02T15:04:05"
	if separator == " " {
		form.pattern, form.layout = "yyyy-MM-dd HH:mm:ss", "2006-01-02 15:04:05"
		form.allUTC = false
	}
	switch {
	case zones == len(texts) && seconds == 0:
		form.kind, form.pattern = zoned, strings.TrimSuffix(form.pattern, ":ss")
		form.layout = strings.TrimSuffix(form.layout, ":05")
	case zones == len(texts) && !form.minutes:
		form.kind = zoned
	case zones == 0:
		form.kind = local
		form.optionalSeconds(seconds == 0)
	default:
		return timeForm{}
	}
	return form
}

// optionalSeconds makes the seconds of the pattern optional where some texts have none, and leaves them out where
// all have.
func (f *timeForm) optionalSeconds(none bool) {
	switch {
	case none:
		f.pattern, f.layout = strings.TrimSuffix(f.pattern, ":ss"), strings.TrimSuffix(f.layout, ":05")
	case f.minutes:
		f.pattern = strings.TrimSuffix(f.pattern, ":ss") + "[:ss]"
	}
}

func patternForm(texts []string) timeForm {
	for _, d := range dates {
		if fits(texts, d.layout) {
			return timeForm{kind: dateOnly, pattern: d.pattern, layout: d.layout}
		}
		if fits(texts, d.layout+" 15:04:05", d.layout+" 15:04") {
			f := timeForm{kind: local, pattern: d.pattern + " HH:mm:ss", layout: d.layout + " 15:04:05",
				minutes: !fits(texts, d.layout+" 15:04:05")}
			f.optionalSeconds(fits(texts, d.layout+" 15:04"))
			american := strings.Replace(d.layout, "02/01", "01/02", 1)
			f.americanToo = american != d.layout && fits(texts, american+" 15:04:05", american+" 15:04")
			return f
		}
	}
	if fits(texts, "20060102150405") {
		return timeForm{kind: local, pattern: "yyyyMMddHHmmss", layout: "20060102150405"}
	}
	for _, c := range clocks[:2] {
		if fits(texts, c.layout) {
			return timeForm{kind: clockOnly, pattern: c.pattern, layout: c.layout}
		}
	}
	return timeForm{}
}

// fits reports whether each text is in one of the layouts. Package time reads years of any meaning, so they are
// looked at.
func fits(texts []string, layouts ...string) bool {
	for _, t := range texts {
		ok := false
		for _, l := range layouts {
			at, err := time.Parse(l, t)
			ok = ok || err == nil && len(t) == len(l) && (at.Year() == 0 || at.Year() > 1970 && at.Year() < 2100)
		}
		if !ok {
			return false
		}
	}
	return true
}

// parse reads a time for the interval; zones do not matter to it.
func (f *timeForm) parse(text string) (time.Time, bool) {
	if f.kind == epoch {
		whole, _, _ := strings.Cut(text, ".")
		n, err := strconv.ParseInt(whole, 10, 64)
		scale := map[int]time.Duration{0: time.Second, 3: time.Millisecond, 6: time.Microsecond, 9: 1}[f.units]
		if err != nil {
			return time.Time{}, false
		}
		return time.Unix(0, 0).Add(time.Duration(n) * scale), true
	}
	layout := f.layout
	if f.kind == zoned {
		for _, zone := range []string{"Z07:00", "Z0700", "Z07"} {
			if at, err := time.Parse(layout+zone, text); err == nil {
				return at, true
			}
		}
		return time.Time{}, false
	}
	for _, l := range []string{layout, strings.TrimSuffix(layout, ":05")} {
		if at, err := time.Parse(l, text); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}
