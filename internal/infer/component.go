package infer

import (
	"slices"
	"strconv"
	"strings"

	"github.com/railtwin/digitaltwin/internal/infer/sample"
)

// topics returns the parts of the texts of a level that are topics, such as of MQTT, where they are not the same in all
// rows.
func (s *scope) topics(at int) (out []*field) {
	for _, f := range s.fields(at) {
		if f.node == nil || s.form(f).kind != notTime {
			continue
		}
		texts, most := s.texts(f), 0
		for _, t := range texts {
			if n := strings.Count(t, "/"); n < 2 || n > 30 || strings.Contains(t, "://") {
				most = 0
				break
			}
			most = max(most, strings.Count(t, "/")+1)
		}
		for n := 1; n <= most; n++ {
			part := &field{level: at, path: f.path, node: f.node, segment: n}
			if s.coverage(part) >= 0.5 && countDistinct(s.texts(part)) > 1 {
				out = append(out, part)
			}
		}
	}
	return out
}

// identity returns what names the elements of a level, if something does.
func (s *scope) identity(at int) (key, bool) {
	all := s.ids(at)
	if len(all) == 0 || all[0].Score < idFloor {
		return key{}, false
	}
	return s.complete(all[0].key, at, all), true
}

// complete adds to the one field of a key what it takes to make it unique: the day of a run, the run of a stop, the
// part of a topic before, the type of an element.
func (s *scope) complete(k key, at int, all []Candidate) key {
	first := k.parts[0].field
	if !runs.has(first.name()) && !isPlace(first) {
		return s.scoped(k, at)
	}
	run, place := k.parts[0], keyPart{}
	for _, c := range all {
		if f := c.key.parts[0].field; c.Score >= idFloor && isPlace(f) && !isPlace(run.field) {
			place = c.key.parts[0]
			break
		} else if c.Score >= idFloor && isPlace(run.field) && runs.has(f.name()) {
			place, run = run, c.key.parts[0]
			break
		}
	}
	if place.field != nil && s.varies(run.field, place.field) {
		return key{kind: "stop", id: place.field, parts: []keyPart{run, place}}
	}
	if isPlace(first) {
		return s.separated(k, at)
	}
	if day := s.serviceDay(at); day != nil {
		k.parts = []keyPart{{day, asIs}, k.parts[0]}
	}
	return k
}

func isPlace(f *field) bool {
	kind := canonical(things.in(f.name()))
	return f.segment == 0 && (kind == "stop" || kind == "station")
}

// varies reports whether a text of a comes with several of b.
func (s *scope) varies(a, b *field) bool {
	with := map[string]string{}
	for i := range s.rows {
		x, _ := s.text(&s.rows[i], a)
		y, _ := s.text(&s.rows[i], b)
		if was, ok := with[x]; ok && was != y {
			return true
		}
		with[x] = y
	}
	return false
}

// serviceDay finds the date of the day on which a run begins.
func (s *scope) serviceDay(at int) *field {
	var only *field
	for _, f := range s.fields(at) {
		if s.form(f).kind != dateOnly || s.coverage(f) < 0.9 {
			continue
		}
		if dayWords.has(f.name()) {
			return f
		}
		if only == nil {
			only = f
		}
	}
	return only
}

// scoped puts the part of a topic before the one that names the thing in front of it: a number is unique within what
// the part before says.
func (s *scope) scoped(k key, at int) key {
	id := k.parts[0].field
	for level := 0; level <= at && id.segment == 0; level++ {
		for _, part := range s.topics(level) {
			if share, numbers := s.equal(part, id); share >= 0.9 {
				before := &field{level: level, path: part.path, node: part.node, segment: part.segment - 1}
				if texts := s.texts(before); countDistinct(texts) < 2 {
					return k
				}
				how := asIs
				if numbers {
					how = trimmed
				}
				k.parts = []keyPart{{before, how}, {part, how}}
				return k
			}
		}
	}
	return s.separated(k, at)
}

// equal returns the share of the rows in which two fields say the same, and whether only as numbers: 00640 and 640.
func (s *scope) equal(a, b *field) (share float64, numbers bool) {
	same, all := 0, 0
	for i := range s.rows {
		x, okX := s.text(&s.rows[i], a)
		y, okY := s.text(&s.rows[i], b)
		if !okX || !okY {
			continue
		}
		all++
		m, errX := strconv.Atoi(x)
		n, errY := strconv.Atoi(y)
		switch {
		case x == y:
			same++
		case errX == nil && errY == nil && m == n:
			same++
			numbers = true
		}
	}
	if all == 0 {
		return 0, false
	}
	return float64(same) / float64(all), numbers
}

// separated adds the fields with few values that tell elements of one name apart, such as arrival and departure, if
// they tell all apart.
func (s *scope) separated(k key, at int) key {
	if at == 0 || at != s.last() {
		return k
	}
	fields := []*field{k.parts[0].field}
	for range 2 {
		if s.duplicates(fields...) == 0 {
			for _, f := range fields[1:] {
				k.parts = append(k.parts, keyPart{f, asIs})
			}
			return k
		}
		var best *field
		least := 1.0
		for _, f := range s.fields(at) {
			texts := s.texts(f)
			if f.node == nil || !f.node.scalar() || f.node.count[sample.String] != f.node.set() ||
				s.coverage(f) < 1 || slices.Contains(fields, f) ||
				s.form(f).kind != notTime || countDistinct(texts) > 8 || countDistinct(texts)*2 > len(texts) {
				continue
			}
			if d := s.duplicates(append(slices.Clone(fields), f)...); d < least {
				best, least = f, d
			}
		}
		if best == nil {
			return k
		}
		fields = append(fields, best)
	}
	if s.duplicates(fields...) == 0 {
		for _, f := range fields[1:] {
			k.parts = append(k.parts, keyPart{f, asIs})
		}
	}
	return k
}

// strongWords are names of ids that are unique by themselves.
var strongWords = list(`
	id uuid guid mac imei eui deveui vin mmsi imo icao serial serialnumber urn uri identifier hex`)

// within returns the key of an element in a thing that has a key too: both, where the element's own is unique only
// there.
func (s *scope) within(own, outer key) key {
	last := own.parts[len(own.parts)-1].field
	run := slices.ContainsFunc(outer.parts, func(p keyPart) bool { return runs.has(p.field.name()) })
	strong := strongWords.has(last.name()) || last.node == nil && len(own.parts) == 1
	shared := s.varies(last, outer.parts[len(outer.parts)-1].field)
	if run || !strong || shared {
		own.parts = append(slices.Clone(outer.parts), own.parts...)
	}
	return own
}

// things returns the scopes of the things that the readings of a scope are of: those of arrays and maps whose elements
// have a time of their own, or names that what is around them has not; or the scope itself.
func (s *scope) things() []*scope {
	var out []*scope
	paths, nodes := s.lists(s.last())
	for i, n := range nodes {
		name := paths[i][len(paths[i])-1]
		if n.elem == nil || !n.elem.object() || strings.HasPrefix(name, "@") || aboutWords.has(name) {
			continue
		}
		if below := s.below(paths[i], n); s.descends(below) {
			s.claimed = append(s.claimed, paths[i])
			out = append(out, below.things()...)
		}
	}
	if len(out) == 0 {
		return []*scope{s}
	}
	if s.timed() && s.named() {
		for _, below := range out {
			below.told = append(below.told, s.last())
		}
		out = append([]*scope{s}, out...)
	}
	return out
}

// aboutWords are names of lists that tell how a message came rather than what it says.
var aboutWords = list("metadata meta rxinfo rx hotspots links errors warnings")

func (s *scope) descends(below *scope) bool {
	if len(below.rows) == 0 {
		return false
	}
	if below.timed() {
		return true
	}
	_, own := below.identity(below.last())
	return own && !s.named()
}

// timed reports whether the last level has a time of its own that tells when something was measured.
func (s *scope) timed() bool {
	return slices.ContainsFunc(s.moments(), func(c Candidate) bool {
		name := c.time.date.name()
		of := measuredWord(c.time.date) != "" || !otherTimeWords.has(name) && !transportWords.has(name)
		return c.time.date.level == s.last() && c.Score >= 3 && of
	})
}

// named reports whether some level has a name.
func (s *scope) named() bool {
	for at := range s.levels {
		if _, ok := s.identity(at); ok {
			return true
		}
	}
	return false
}
