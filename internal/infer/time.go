package infer

import (
	"slices"
	"strconv"
	"strings"

	"github.com/railtwin/digitaltwin/internal/infer/sample"
)

// Candidate is a field that may be the component or the event time.
type Candidate struct {
	Label  string // the field's path, as the flags take it
	Score  float64
	Reason string

	key  key
	time moment
}

// String shows a candidate in a list.
func (c Candidate) String() string {
	if c.Reason == "" {
		return c.Label
	}
	return c.Label + ": " + c.Reason
}

// moment is a point in time in the rows of a scope: one field, or a date and a time of day.
type moment struct {
	date  *field
	clock *field // nil where date says all
	form  timeForm
}

var (
	measuredWords = list(`
		measured measurement observed observation observations sampled sample recorded reported actual fixed fix
		happened occurred real gemessen messzeit beobachtet`)
	timeWords = list(`
		timestamp time ts tst tsi datetime date epoch unixtime utc published updated zeit zeitpunkt zeitstempel
		datum uhrzeit heure horodatage fecha hora ora tijd tid aika`)
	transportWords = list(`
		received receive sent send ingest ingested processed created creation generated server upload uploaded
		arrived-at request response delivery`)
	otherTimeWords = list(`
		scheduled schedule planned plan expected valid until expires expiry expiration start started end ended
		begin next due sync boot installed commissioned birth soll acceptance registered issued modified`)
	guessWords = list("estimated estimate predicted prediction forecast prognose geschaetzt live")
)

// moments returns the candidates for the event time of a scope, the best first.
func (s *scope) moments() []Candidate {
	var out []Candidate
	for at := range s.levels {
		leaves := s.fields(at)
		perObject := map[string]int{}
		for _, f := range leaves {
			perObject[parent(f)]++
		}
		for _, f := range leaves {
			m := moment{date: f, form: s.form(f)}
			if m.form.kind != epoch && m.form.kind != zoned && m.form.kind != local {
				continue
			}
			c := s.judgeTime(m, at)
			if n := perObject[parent(f)]; n > 2 && n*2 < len(leaves) {
				c.Score, c.Reason = c.Score-2, c.Reason+", but of its object only"
			}
			out = append(out, c)
		}
		if m, ok := s.dateAndClock(leaves); ok {
			out = append(out, s.judgeTime(m, at))
		}
	}
	slices.SortStableFunc(out, func(a, b Candidate) int { return compare(b.Score, a.Score) })
	return out
}

func parent(f *field) string {
	if len(f.path) == 0 {
		return ""
	}
	return strings.Join(f.path[:len(f.path)-1], "\x00")
}

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// form tells how the times of a field are written; most texts decide, so that a marker for a missing one does no harm.
func (s *scope) form(f *field) timeForm {
	if f.node == nil || f.segment > 0 || f.node.count[sample.Bool] > 0 {
		return timeForm{}
	}
	label := s.label(f)
	if form, ok := s.seenForms[label]; ok {
		return form
	}
	number := f.node.count[sample.String] == 0
	form := formOf(s.texts(f), number)
	if form.kind == epoch && !number && !timeWords.has(f.name()) && !measuredWords.has(f.name()) {
		form = timeForm{} // digits in a text may be anything
	}
	if s.seenForms == nil {
		s.seenForms = map[string]timeForm{}
	}
	s.seenForms[label] = form
	return form
}

func (s *scope) judgeTime(m moment, at int) Candidate {
	name := m.date.name()
	c := Candidate{Label: s.label(m.date), Score: 2, time: m}
	reasons := []string{m.form.describe()}
	add := func(points float64, reason string) {
		c.Score += points
		if reason != "" {
			reasons = append(reasons, reason)
		}
	}
	if m.clock != nil {
		c.Label += "+" + s.label(m.clock)
		reasons = append(reasons, "date and time of day")
	}
	measured := measuredWord(m.date)
	if w := measured; w != "" {
		add(4, "called "+w)
	} else if w := timeWords.in(name); w != "" {
		add(3, "called "+w)
	}
	if w := transportWords.in(name); w != "" && measured == "" {
		add(-5, "but "+w+" speaks of the transport")
	}
	other := otherTimeWords.in(name)
	if m.clock != nil {
		other = cmpOr(other, otherTimeWords.in(m.clock.name()))
	}
	if w := other; w != "" {
		add(-3, "but "+w+" speaks of something else")
	}
	if w := guessWords.in(name); w != "" {
		add(-0.5, "")
	}
	switch {
	case m.form.allUTC:
		add(0.3, "")
	case m.form.kind == zoned:
		add(0.2, "")
	case m.form.kind == local:
		add(-0.5, "")
	}
	if at == s.last() {
		add(1.5, "")
	}
	add(-0.1*float64(len(m.date.path)), "")
	if share := s.coverage(m.date); share < 1 {
		add(-2*(1-share), "in "+percent(share)+" of the rows")
	}
	c.Reason = strings.Join(reasons, ", ")
	return c
}

// measuredWord returns the word in the name of a time, or of its object, that says that it is of a measurement.
func measuredWord(f *field) string {
	if w := measuredWords.in(f.name()); w != "" || len(f.path) < 2 {
		return w
	}
	return measuredWords.in(f.path[len(f.path)-2])
}

// dateAndClock finds a date and a time of day that belong together: called alike, or the only ones.
func (s *scope) dateAndClock(leaves []*field) (moment, bool) {
	var days, hours []*field
	for _, f := range leaves {
		switch s.form(f).kind {
		case dateOnly:
			days = append(days, f)
		case clockOnly:
			hours = append(hours, f)
		}
	}
	for _, d := range days {
		for _, h := range hours {
			if parent(d) == parent(h) && (len(days) == 1 && len(hours) == 1 || alike(d.name(), h.name())) {
				date, clock := s.form(d), s.form(h)
				form := timeForm{kind: local, pattern: date.pattern + " " + clock.pattern, layout: date.layout +
					" " + clock.layout}
				return moment{date: d, clock: h, form: form}, true
			}
		}
	}
	return moment{}, false
}

// alike reports whether two names are the same but for a word of time: obs_date and obs_time.
func alike(a, b string) bool {
	strip := func(name string) string {
		return strings.Join(slices.DeleteFunc(tokens(name), func(t string) bool { return timeWords.has(t) }), " ")
	}
	return strip(a) == strip(b)
}

func percent(share float64) string { return strconv.Itoa(int(share*100+0.5)) + " %" }

func digits(n int) string { return strconv.Itoa(n) }
