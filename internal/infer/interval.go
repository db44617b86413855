package infer

import (
	"slices"
	"strings"
	"time"
)

// steps are the intervals that are written, with their texts.
var steps = []struct {
	every time.Duration
	text  string
}{
	{time.Second, "1 s"}, {2 * time.Second, "2 s"}, {5 * time.Second, "5 s"}, {10 * time.Second,
		"10 s"}, {15 * time.Second, "15 s"},
	{30 * time.Second, "30 s"}, {time.Minute, "1 min"}, {2 * time.Minute, "2 min"}, {5 * time.Minute,
		"5 min"}, {10 * time.Minute, "10 min"},
	{15 * time.Minute, "15 min"}, {30 * time.Minute, "30 min"}, {time.Hour, "1 h"}, {3 * time.Hour,
		"3 h"}, {6 * time.Hour, "6 h"},
	{12 * time.Hour, "12 h"}, {24 * time.Hour, "1 d"},
}

// nice returns the least of the intervals that is not much shorter than d.
func nice(d time.Duration) string {
	for _, s := range steps {
		if d <= s.every*11/10 {
			return s.text
		}
	}
	return "none"
}

// interval tells how often a component reports, by the median of the time between its rows, or by what the records say
// themselves. The reason goes into a comment.
func (s *scope) interval(k key, m moment) (text, reason string) {
	at := map[string][]time.Time{}
	for i := range s.rows {
		t, ok := s.time(&s.rows[i], m)
		name, named := s.nameOf(&s.rows[i], k)
		if ok && named {
			at[name] = append(at[name], t)
		}
	}
	var between []time.Duration
	for _, times := range at {
		slices.SortFunc(times, time.Time.Compare)
		times = slices.Compact(times)
		for i := 1; i < len(times); i++ {
			between = append(between, times[i].Sub(times[i-1]))
		}
	}
	if len(between) > 0 {
		slices.Sort(between)
		return nice(between[len(between)/2]), "the median in the samples"
	}
	for _, f := range s.fields(0) {
		texts := s.texts(f)
		if (words{"ttl"}).has(f.name()) && allNumbers(texts) {
			if d, err := time.ParseDuration(texts[0] + "s"); err == nil && d > 0 {
				return nice(d), "as " + s.label(f) + " says"
			}
		}
	}
	return "none", "one time of each component only; write how often one reports, such as '1 min'"
}

// sameTimes reports whether two moments are the same instant, to the second, in every row that has both, and some have.
func (s *scope) sameTimes(a, b moment) bool {
	both := false
	for i := range s.rows {
		x, okX := s.time(&s.rows[i], a)
		y, okY := s.time(&s.rows[i], b)
		if okX && okY && x.Truncate(time.Second) != y.Truncate(time.Second) {
			return false
		}
		both = both || okX && okY
	}
	return both
}

// time reads the time of a row.
func (s *scope) time(r *row, m moment) (time.Time, bool) {
	text, ok := s.text(r, m.date)
	if m.clock != nil {
		clock, also := s.text(r, m.clock)
		text, ok = text+" "+clock, ok && also
	}
	if !ok {
		return time.Time{}, false
	}
	return m.form.parse(text)
}

// nameOf is what tells the component of a row from others.
func (s *scope) nameOf(r *row, k key) (string, bool) {
	var parts []string
	for _, p := range k.parts {
		t, ok := s.text(r, p.field)
		if !ok {
			return "", false
		}
		parts = append(parts, t)
	}
	return strings.Join(parts, ":"), true
}

// zones are guessed by words of a language in the names of fields.
var zones = []struct {
	words words
	zone  string
}{
	{list(`
		zeit bezeichner haltestelle haltestellen ankunft ankunftszeit abfahrt abfahrtszeit betreiber nummer
		verkehrsmittel messwert datum uhrzeit zeitstempel fahrt linie betriebstag geraet zaehler`), "Europe/Berlin"},
	{list("heure horodatage arret ligne mesure"), "Europe/Paris"}, {list("fermata misura velocita"), "Europe/Rome"},
	{list("fecha parada velocidad"), "Europe/Madrid"}, {list("tijd tijdstip halte meting snelheid"),
		"Europe/Amsterdam"},
	{list("aika aikaleima asema junanumero nopeus"), "Europe/Helsinki"}, {list("tidspunkt hastighet hallplats"),
		"Europe/Stockholm"},
}

// zoneOf guesses the zone of local times; UTC where no language shows.
func (s *scope) zoneOf() (zone, reason string) {
	var names []string
	for at := range s.levels {
		for _, f := range s.fields(at) {
			names = append(names, f.path...)
		}
	}
	for _, z := range zones {
		n := 0
		for _, w := range z.words {
			if (words{w}).inAny(names) {
				n++
			}
		}
		if n >= 2 {
			return z.zone, "the names speak its language"
		}
	}
	return "UTC", "nothing tells another"
}
