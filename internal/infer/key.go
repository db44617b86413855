package infer

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/railtwin/digitaltwin/internal/infer/sample"
)

// key is what names a component: a kind, and one or several fields.
type key struct {
	kind  string
	id    *field // the one that the others only complete
	parts []keyPart
}

type keyPart struct {
	field *field
	how   change
}

// change is what is done to a field for the name of a component.
type change uint8

const (
	asIs     change = iota
	fromInt         // a whole number becomes text
	lastPart        // of a URL
	dashes          // for blanks
	trimmed         // of the zeros before a whole number
	station         // a UIC number without what follows its seven digits
)

var (
	idWords = list(`
		id uuid guid mac imei imsi eui deveui vin mmsi imo icao serial serialnumber seriennummer sn number nr no
		nummer numero key code ref urn uri identifier bezeichner kennung kennzeichen tunnus callsign
		registration plate uic bpuic eva hex identifikation ident`)
	nameWords  = list("name title label bezeichnung")
	notIDWords = list(`
		message msg event request transaction trace session correlation sequence seq version schema type
		category class status state operator owner agency company betreiber provider user tenant customer
		account organisation org route line linie linien line-id direction zone region country firmware model
		product produkt brand topic count rev revision language lang timezone time date href icon description
		reason error produkt-id umlauf block weather product-id wmo channel ssid format unit`)
	dayWords = list(`
		departure service operating betriebstag betriebs oday day tag start journey trip abfahrt jour`)
)

// stampIn finds a point in time within a text, such as in the address of an observation.
var stampIn = regexp.MustCompile(`\d{4}-\d\d-\d\d[T ]\d\d:\d\d`)

// idFloor is the score from which on a field is taken for an id without being asked for.
const idFloor = 2.5

// ids returns the candidates for what identifies the elements of a level, the best first.
func (s *scope) ids(at int) []Candidate {
	var out []Candidate
	for _, f := range append(s.fields(at), s.topics(at)...) {
		if c, ok := s.judgeID(f); ok {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b Candidate) int { return compare(b.Score, a.Score) })
	return out
}

func (s *scope) judgeID(f *field) (Candidate, bool) {
	texts := s.texts(f)
	if len(texts) == 0 || !identifies(f, texts) || s.form(f).kind != notTime {
		return Candidate{}, false
	}
	c := Candidate{Label: s.label(f)}
	var reasons []string
	add := func(points float64, reason string) {
		c.Score += points
		if reason != "" {
			reasons = append(reasons, reason)
		}
	}
	name := f.name()
	if f.node == nil {
		add(5, "the keys of the object")
	}
	thing, named := things.in(name), nameWords.has(name)
	if w := idWords.in(name); w != "" {
		add(3, "called "+w)
	} else if named {
		add(1, "a name")
	}
	switch {
	case f.segment > 0:
		if countDistinct(texts) > 1 && slices.ContainsFunc(texts,
			func(t string) bool { return strings.ContainsAny(t, "0123456789") }) {
			add(2.6, "a part of the topic that varies")
		}
	case thing != "" && named:
		add(1, "of a "+canonical(thing))
	case thing != "":
		add(3, "of a "+canonical(thing))
	case runs.has(name):
		add(2.5, "of a run")
	case len(f.path) > 1 && things.has(f.path[len(f.path)-2]) && idWords.has(name):
		add(3, "of a "+canonical(things.in(f.path[len(f.path)-2])))
	}
	if w := notIDWords.in(name); w != "" {
		add(-3.5, "but "+w+" is no name of a thing")
	}
	how := howOf(f, texts)
	if how == lastPart {
		add(1.5, "an address")
	}
	add(-0.2*float64(len(f.path)-1), "")
	distinct := countDistinct(texts)
	switch {
	case distinct == 1 && len(texts) > 5:
		add(-1, "but the same everywhere")
	case small(texts) && thing == "":
		add(-3, "but a small number")
	}
	if share := s.duplicates(f); f.level > 0 && f.level == s.last() {
		if share == 0 {
			add(1, "unique in each record")
		} else {
			add(-2*share, "but not unique in a record")
		}
	}
	if share := s.coverage(f); share < 1 {
		add(-2*(1-share), "in "+percent(share)+" of the rows")
	} else {
		reasons = append(reasons, "always there")
	}
	c.key = key{id: f, parts: []keyPart{{f, how}}}
	c.Reason = strings.Join(reasons, ", ")
	return c, true
}

// identifies reports whether texts can be names of things at all.
func identifies(f *field, texts []string) bool {
	if f.node != nil && (f.node.count[sample.Bool] > 0 || f.node.count[sample.Number] != f.node.ints) {
		return false
	}
	for _, t := range texts {
		if len(t) > 120 || stampIn.MatchString(t) || strings.ContainsAny(t, "\n\t") || strings.HasPrefix(t, "-") {
			return false
		}
	}
	return true
}

// howOf tells what makes a part of a name of the texts.
func howOf(f *field, texts []string) change {
	all := func(ok func(string) bool) bool {
		return !slices.ContainsFunc(texts, func(t string) bool { return !ok(t) })
	}
	switch {
	case f.node != nil && f.segment == 0 && f.node.count[sample.Number] > 0 && f.node.count[sample.String] == 0:
		return fromInt
	case all(func(t string) bool { return strings.Contains(t, "://") }):
		return lastPart
	case uicWords.has(f.name()) && all(isUIC) && slices.ContainsFunc(texts, func(t string) bool { return len(t) == 9 }):
		return station
	case slices.ContainsFunc(texts, func(t string) bool { return strings.Contains(t, " ") }):
		return dashes
	}
	return asIs
}

var uicWords = list("uic bpuic didok")

// isUIC reports whether a text is the number of a station of the UIC: two digits of the country and five of the
// station, to which some add two more.
func isUIC(t string) bool {
	_, err := strconv.Atoi(t)
	return err == nil && (len(t) == 7 || len(t) == 9)
}

func small(texts []string) bool {
	for _, t := range texts {
		if n, err := strconv.Atoi(t); err != nil || n > 31 {
			return false
		}
	}
	return true
}

func countDistinct(texts []string) int {
	seen := map[string]bool{}
	for _, t := range texts {
		seen[t] = true
	}
	return len(seen)
}

// duplicates is the share of rows whose texts at the fields another row of the same record and parents has too.
func (s *scope) duplicates(fields ...*field) float64 {
	type place struct {
		parent *sample.Value
		record int
		text   string
	}
	seen, twice, all := map[place]bool{}, 0, 0
	for i := range s.rows {
		r := &s.rows[i]
		p := place{record: r.record}
		if s.last() > 0 {
			p.parent = r.at[s.last()-1]
		}
		for _, f := range fields {
			t, _ := s.text(r, f)
			p.text += t + "\x00"
		}
		all++
		if seen[p] {
			twice++
		}
		seen[p] = true
	}
	if all == 0 {
		return 0
	}
	return float64(twice) / float64(all)
}
