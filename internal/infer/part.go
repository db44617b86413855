package infer

import (
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/infer/sample"
)

// mostByPlace is how many elements of an array are delivered by their place, where nothing in them says which one it
// is.
const mostByPlace = 4

// keyOfParts are names of fields that tell the parts of a thing apart.
var keyOfParts = list(`
	id n nr no number index idx channel ch phase axle slot port position pos depth layer key name type kind code
	label sensor metric parameter quantity`)

// elements delivers what the elements of an array or map say, as metrics of the component: named after the element.
func (v *view) elements(path []string, n *node, time string) {
	below := v.s.below(path, n)
	prefix := v.s.metricName(v.s.last(), path)
	if cut := strings.LastIndexByte(prefix, '.') + 1; cut <= len(prefix) {
		prefix = prefix[:cut] + singular(prefix[cut:])
	}
	inner := &view{s: below, root: v.root, zone: v.zone, used: map[string]bool{}}
	key := below.partKey()
	if key == nil && !n.isMap {
		v.byPlace(below, path, prefix, n, time)
		return
	}
	list := path[len(path)-1]
	p := part{column: v.add(list, v.path(v.s.last(), path)), isMap: n.isMap}
	label := "p.k"
	if key != nil {
		label = partText(inner, key)
	}
	for _, f := range below.fields(below.last()) {
		if key != nil && below.label(f) == below.label(key) || f.node == nil || below.noise(f) ||
			below.form(f).kind != notTime {
			continue
		}
		name := quote(prefix + ".")
		t := below.typeOf(f, unitOf(append(slices.Clone(path), f.path...)))
		tail := short(dotted(f.path), t.unit)
		if tail != "" && !slices.Contains([]string{"count", "value", "v"}, tail) {
			name = "CONCAT(" + name + ", " + label + ", " + quote("."+tail) + ")"
		} else {
			name = "CONCAT(" + name + ", " + label + ")"
		}
		value := strings.ReplaceAll(t.expr, "%s", inner.partRef(f, t.declared))
		p.metrics = append(p.metrics, metric{name: name, value: "JSON_STRING(" + value + ")", unit: t.unit, time: time})
	}
	if len(p.metrics) > 0 {
		v.parts = append(v.parts, p)
	}
	if n.shortest < n.length { // how many there are says something
		m := metric{name: prefix + ".count", unit: "1", time: time}
		m.column = v.add(m.name, "CARDINALITY("+v.path(v.s.last(), path)+")")
		v.append(m)
	}
}

// partRef declares a field of an element, which is called p, and writes the way to it.
func (v *view) partRef(f *field, typ string) string {
	text := v.ref(f, typ)
	return "p" + strings.TrimPrefix(text, alias(f.level))
}

// partText writes what tells an element apart, as text.
func partText(v *view, key *field) string {
	if key.node == nil {
		return "p.k"
	}
	if key.node.count[sample.Number] > 0 && key.node.count[sample.String] == 0 {
		return "CAST(" + v.partRef(key, "BIGINT") + " AS STRING)"
	}
	return v.partRef(key, "STRING")
}

// partKey finds the field that tells the elements of an array apart: one that no two elements of a record share.
func (s *scope) partKey() *field {
	if s.levels[s.last()].isMap {
		return nil
	}
	var best *field
	for _, f := range s.fields(s.last()) {
		texts := s.texts(f)
		if f.node == nil || len(f.path) == 0 || !identifies(f, texts) || s.form(f).kind != notTime ||
			s.coverage(f) < 1 || s.duplicates(f) > 0 {
			continue
		}
		if keyOfParts.has(f.name()) && (best == nil || !keyOfParts.has(best.name())) {
			best = f
		}
	}
	return best
}

// byPlace delivers the first elements of an array by their numbers.
func (v *view) byPlace(below *scope, path []string, prefix string, n *node, time string) {
	for i := 1; i <= min(n.length, mostByPlace); i++ {
		for _, f := range below.fields(below.last()) {
			if f.node == nil || below.noise(f) || below.form(f).kind != notTime {
				continue
			}
			inner := &view{s: below, root: v.root, zone: v.zone, used: map[string]bool{}}
			unit := unitOf(append(slices.Clone(path), f.path...))
			tail := f.path
			if code, ok := below.quantity(f); ok {
				unit, tail = code, f.path[:len(f.path)-1]
			} else if (words{"unit", "unitcode", "uom"}).has(f.name()) {
				continue
			}
			t := below.typeOf(f, unit)
			text := v.path(v.s.last(), path) + "[" + digits(i) + "]" +
				strings.TrimPrefix(inner.ref(f, t.declared), alias(f.level))
			m := metric{name: prefix + "." + digits(i), unit: t.unit, time: time}
			if d := short(dotted(tail), t.unit); d != "" {
				m.name += "." + d
			}
			m.column = v.add(m.name, strings.ReplaceAll(t.expr, "%s", text))
			v.append(m)
		}
	}
	if n.length > mostByPlace {
		v.notes = append(v.notes, "the first "+digits(mostByPlace)+" of "+v.s.label(&field{level: v.s.last(),
			path: path})+" only: nothing in them says which one it is")
	}
}
