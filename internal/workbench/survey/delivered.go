package survey

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// delivered is what the changes of an extractor look like.
type delivered struct {
	metrics     map[string]*metric
	components  map[string]string // one spelling, by what is alike in all
	spellings   [][2]string
	replacement group  // changes with U+FFFD
	unknown     string // which is in the first
	old, future times
	ahead       group // event times some hours from now
	last        string
	readings    map[reading]string // of the last record
	overwritten group
}

// reading is what a value of a record is of: of two values only the last is served.
type reading struct {
	component, metric string
	at                twin.Millis
}

type metric struct {
	kinds map[string]*group
	units map[string]*group
}

// times are event times that are far off.
type times struct {
	group
	at twin.Millis // of the first
}

func newDelivered() delivered {
	return delivered{metrics: map[string]*metric{}, components: map[string]string{}}
}

// Bounds of event times that are likely: before, a number of seconds was read as one of milliseconds, after it the
// other way round.
var (
	earliest = twin.MillisOf(time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC))
	latest   = twin.MillisOf(time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC))
)

// farthestZone is how far the clocks of the zones are ahead of UTC at most.
const farthestZone = 14 * time.Hour

func (d *delivered) add(record string, c *twin.Change) {
	m := d.metrics[c.Metric]
	if m == nil {
		m = &metric{kinds: map[string]*group{}, units: map[string]*group{}}
		d.metrics[c.Metric] = m
	}
	if kind := kindOf(c.Value); kind != "null" {
		noteIn(m.kinds, kind, record)
		noteIn(m.units, c.Unit, record)
	}
	d.spelled(c.Component)
	for _, text := range []string{c.Component, c.Metric, c.Value, c.Unit} {
		if strings.ContainsRune(text, utf8.RuneError) {
			if d.replacement.note(record); d.replacement.n == 1 {
				d.unknown = text
			}
			break
		}
	}
	d.time(record, c.EventTime)
	d.overwrite(record, c)
}

func noteIn(groups map[string]*group, name, record string) {
	if groups[name] == nil {
		groups[name] = &group{}
	}
	groups[name].note(record)
}

// kindOf names the JSON value that a text is.
func kindOf(value string) string {
	switch value[0] {
	case '"':
		return "text"
	case '{':
		return "object"
	case '[':
		return "array"
	case 't', 'f':
		return "boolean"
	case 'n':
		return "null"
	}
	return "number"
}

// alike is what all spellings of a name have in common: no case, and one sign for all that separates.
var separators = strings.NewReplacer(" ", "", "-", "", "_", "", "/", "", "\u00a0", "")

func (d *delivered) spelled(component string) {
	kind, id, ok := strings.Cut(component, ":")
	if !ok {
		kind, id = "", component
	}
	alike := strings.ToLower(id)
	if squeezed := separators.Replace(alike); len(squeezed) >= 8 || !strings.ContainsAny(alike, "0123456789") {
		alike = squeezed
	} else {
		alike = strings.Join(strings.FieldsFunc(alike, func(r rune) bool { return strings.ContainsRune(" -_/\u00a0", r) }),
			"-")
	}
	alike = strings.ToLower(kind) + ":" + alike
	before, there := d.components[alike]
	switch {
	case !there:
		d.components[alike] = component
	case before != component && len(d.spellings) < maxListed &&
		!slices.Contains(d.spellings, [2]string{before, component}):
		d.spellings = append(d.spellings, [2]string{before, component})
	}
}

func (d *delivered) time(record string, at twin.Millis) {
	ahead := time.Until(at.Time())
	switch {
	case at < earliest:
		d.old.note(record, at)
	case at > latest:
		d.future.note(record, at)
	case ahead > time.Minute && ahead <= farthestZone:
		d.ahead.note(record)
	case ahead > farthestZone:
		d.future.note(record, at)
	}
}

func (t *times) note(record string, at twin.Millis) {
	if t.group.note(record); t.n == 1 {
		t.at = at
	}
}

func (d *delivered) overwrite(record string, c *twin.Change) {
	if record != d.last || d.readings == nil {
		d.last, d.readings = record, make(map[reading]string)
	}
	key := reading{c.Component, c.Metric, c.EventTime}
	if before, ok := d.readings[key]; ok && before != c.Value {
		d.overwritten.note(fmt.Sprintf("%s of %s at %s in %s", c.Metric, c.Component, c.EventTime, record))
	}
	d.readings[key] = c.Value
}

func (d *delivered) findings() (all []Finding) {
	if d.replacement.n > 0 {
		all = append(all, Finding{Charset, fmt.Sprintf("%s U+FFFD, the sign for what could not be decoded, first %q in %s",
			hold(d.replacement.n), d.unknown, d.replacement.first),
			"name the charset of the records, or the provider sends it so"})
	}
	all = append(all, d.timeFindings()...)
	for _, name := range slices.Sorted(maps.Keys(d.metrics)) {
		m := d.metrics[name]
		if len(m.kinds) > 1 {
			all = append(all, Finding{ValueType, fmt.Sprintf("%s is %s", name,
				mixture(m.kinds, func(s string) string { return "a " + s })),
				"deliver one type, such as TRY_CAST(x AS DOUBLE), which is NULL for the others; or a metric for each"})
		}
		if len(m.units) > 1 {
			all = append(all, Finding{Unit, fmt.Sprintf("%s has %s", name, mixture(m.units, unitName)),
				"convert to one unit, or put what tells them apart into the name of the metric"})
		}
	}
	for _, pair := range d.spellings {
		all = append(all, Finding{Spelling, fmt.Sprintf("%q and %q look like one component", pair[0], pair[1]),
			"if they are, make one spelling of both, such as LOWER(x) or REGEXP_REPLACE(x, '[ _-]', '')"})
	}
	if d.overwritten.n > 0 {
		all = append(all, Finding{Overwritten, fmt.Sprintf("%s by another value of the same component, metric and time in "+
			"the same record, first %s",
			isOverwritten(d.overwritten.n), d.overwritten.first),
			"only the last is served: what tells them apart belongs in the metric"})
	}
	return all
}

func (d *delivered) timeFindings() (all []Finding) {
	if d.old.n > 0 {
		all = append(all, Finding{EventTime, fmt.Sprintf("%s before 1990, first %s in %s", lie(d.old.n), d.old.at,
			d.old.first),
			"a number of seconds is read with TO_TIMESTAMP_LTZ(x, 0), one of milliseconds with TO_TIMESTAMP_LTZ(x, 3); 0 may " +
				"mean unknown: NULLIF(x, 0)"})
	}
	if d.future.n > 0 {
		all = append(all, Finding{EventTime, fmt.Sprintf("%s far ahead of the clock, first %s in %s", lie(d.future.n),
			d.future.at, d.future.first),
			"a number of milliseconds is read with TO_TIMESTAMP_LTZ(x, 3), one of microseconds with TO_TIMESTAMP_LTZ(x / " +
				"1000, 3)"})
	}
	if d.ahead.n > 0 {
		all = append(all, Finding{EventTime, fmt.Sprintf("%s minutes to hours ahead of the clock, first in %s",
			lie(d.ahead.n), d.ahead.first),
			"a local time without a zone counts as UTC: write TO_TIMESTAMP_LTZ(x, 'pattern', 'Europe/Berlin'), with its zone"})
	}
	return all
}

func mixture(groups map[string]*group, name func(string) string) string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(groups)) {
		parts = append(parts, fmt.Sprintf("%s in %s (first %s)", name(k), count(groups[k].n, "change"), groups[k].first))
	}
	return strings.Join(parts, ", ")
}

func unitName(unit string) string {
	if unit == "" {
		return "no unit"
	}
	return "the unit " + unit
}

func lie(n int) string {
	if n == 1 {
		return "1 event time lies"
	}
	return fmt.Sprintf("%d event times lie", n)
}

func hold(n int) string {
	if n == 1 {
		return "1 change holds"
	}
	return fmt.Sprintf("%d changes hold", n)
}

func isOverwritten(n int) string {
	if n == 1 {
		return "1 change is overwritten"
	}
	return fmt.Sprintf("%d changes are overwritten", n)
}
