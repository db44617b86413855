package infer

import (
	"slices"
	"strings"
)

// event is an arrival or a departure, of which the plan and what came of it are told.
type event struct {
	name    string
	words   words
	planned *moment
	actual  *moment
	column  string // of the time in the view: what is known best
}

// events are looked for in this order: of a stop the departure is the last that is known.
func newEvents() []*event {
	return []*event{
		{name: "departure", words: list("departure departs dep abfahrt abfahrtszeit ab abgang std etd atd")},
		{name: "arrival", words: list("arrival arrives arr ankunft ankunftszeit an sta eta ata")},
	}
}

// of reports whether a field is of the event.
func (e *event) of(f *field) bool {
	return slices.ContainsFunc(tokens(f.name()), func(t string) bool { return slices.Contains(e.words, t) })
}

// timing chooses the columns of times of the view: that of the rows, of events, and of objects with a time of their
// own.
func (v *view) timing(all []Candidate) {
	v.objects, v.usedAsTime = map[string]string{}, map[string]bool{}
	if v.moment.date == nil {
		return
	}
	last := slices.DeleteFunc(slices.Clone(all), func(c Candidate) bool {
		return c.time.date.level != v.s.last() || transportWords.has(c.time.date.name())
	})
	if !v.eventTimes(last) {
		v.add("event_time", v.instant(v.moment))
	}
	for _, c := range last {
		f := c.time.date
		object := parent(f)
		if len(f.path) < 2 || object == parent(v.moment.date) || otherTimeWords.has(f.name()) ||
			guessWords.has(f.name()) || v.objects[object] != "" {
			continue
		}
		v.usedAsTime[v.s.label(f)] = true
		v.objects[object] = v.add(v.s.metricName(f.level, f.path), v.instant(c.time))
	}
}

// eventTimes makes the event time of what is known of a departure and an arrival, if the best time is one of these.
func (v *view) eventTimes(all []Candidate) bool {
	events := newEvents()
	var best []string
	main := false
	for _, e := range events {
		for _, c := range all {
			m := c.time
			if !e.of(m.date) {
				continue
			}
			v.usedAsTime[v.s.label(m.date)] = true
			main = main || m.date == v.moment.date || v.s.label(m.date) == v.s.label(v.moment.date)
			if guessWords.has(m.date.name()) || measuredWords.has(m.date.name()) {
				e.actual = &m
			} else {
				e.planned = &m
			}
		}
	}
	if !main {
		clear(v.usedAsTime)
		return false
	}
	for _, name := range []string{"event_time", events[0].name, events[1].name} {
		v.used[name] = true // of the second view
	}
	for _, e := range events {
		var known []string
		if e.actual != nil {
			known = append(known, v.add(e.name+".actual", v.instant(*e.actual)))
		}
		if e.planned != nil {
			known = append(known, v.add(e.name+".planned", v.instant(*e.planned)))
		}
		if len(known) > 0 {
			e.column = e.name
			v.derived = append(v.derived, column{e.name, coalesce(known)})
			best = append(best, known...)
		}
		if len(known) == 2 {
			v.delays = append(v.delays, metric{name: e.name + ".delay", unit: "s", time: e.name,
				value: "JSON_STRING(TIMESTAMPDIFF(SECOND, " + known[1] + ", " + known[0] + "))"})
		}
	}
	v.derived = append(v.derived, column{"event_time", coalesce(best)})
	v.events = events
	return true
}

func coalesce(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	return "COALESCE(" + strings.Join(names, ", ") + ")"
}

// timeOf returns the column with the event time of a field: of the event or the object that it belongs to, or of the
// row.
func (v *view) timeOf(f *field) string {
	if f.level != v.s.last() {
		return "event_time"
	}
	for _, e := range v.events {
		if e.column != "" && e.of(f) {
			return e.column
		}
	}
	for n := len(f.path) - 1; n > 0; n-- {
		if column, ok := v.objects[strings.Join(f.path[:n], "\x00")]; ok {
			return column
		}
	}
	return "event_time"
}
