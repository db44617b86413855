package infer

import (
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/infer/sample"
)

// deliver adds the metrics of a level: those of its fields, lists and maps.
func (v *view) deliver(level int, parent bool) {
	done := map[string]bool{}
	if level == v.s.last() {
		for _, f := range v.long(level) {
			done[v.s.label(f)] = true
		}
	}
	for _, f := range append(v.s.fields(level), v.s.topics(level)...) {
		if v.taken(f) || v.usedAsTime[v.s.label(f)] || v.s.noise(f) || done[v.s.label(f)] {
			continue
		}
		for _, used := range v.field(f, parent) {
			done[v.s.label(used)] = true
		}
	}
	paths, nodes := v.s.lists(level)
	for i, n := range nodes {
		if name := paths[i][len(paths[i])-1]; strings.HasPrefix(paths[i][0], "@") || messageWords.has(name) ||
			v.unnested(level, paths[i]) {
			continue
		}
		v.list(level, paths[i], n, parent)
	}
}

// unnested reports whether the elements of a list are things of their own.
func (v *view) unnested(level int, path []string) bool {
	if level < v.s.last() {
		return slices.Equal(v.s.levels[level+1].path, path)
	}
	return slices.ContainsFunc(v.s.claimed, func(c []string) bool { return slices.Equal(c, path) })
}

// field adds the metric of a field, or of the group that it is in, and returns the fields that are told by it.
func (v *view) field(f *field, parent bool) []*field {
	m := metric{parent: parent, time: v.timeOf(f)}
	if lat, lon, ok := v.s.position(f); ok {
		m.name, m.unit = v.groupName(f, "position"), "deg"
		v.object(&m, []string{"lat", "lon"}, []*field{lat, lon})
		return []*field{lat, lon}
	}
	if axes, ok := v.s.vector(f); ok {
		names := make([]string, len(axes))
		for i, a := range axes {
			names[i] = a.name()
		}
		m.name, m.unit = v.groupName(f, ""), unitOf(f.path[:len(f.path)-1])
		v.object(&m, names, axes)
		return axes
	}
	path, unit := f.path, ""
	if code, ok := v.s.quantity(f); ok {
		path, unit = f.path[:len(f.path)-1], code
	} else if (words{"unit", "unitcode", "uom"}).has(f.name()) {
		return []*field{f}
	} else if unit = unitOf(f.path); unit == "deg" && v.metres(f) {
		unit = "m"
	}
	t := v.s.typeOf(f, unit)
	if f.node != nil && f.node.set() == 0 {
		t = typing{declared: "DOUBLE", expr: "%s", number: true, unit: unit} // a quantity that no sample has
	}
	m.name = short(v.s.metricName(f.level, path), t.unit)
	if f.segment > 0 {
		m.name += "." + digits(f.segment)
	}
	if m.unit = t.unit; t.number && t.unit == "" {
		v.unitless = append(v.unitless, m.name)
	}
	m.column = v.add(m.name, strings.ReplaceAll(t.expr, "%s", v.ref(f, t.declared)))
	v.append(m)
	return []*field{f}
}

// metres reports whether a latitude or longitude is none, but metres of a grid.
func (v *view) metres(f *field) bool {
	return (words{"lat", "latitude", "lon", "lng", "longitude"}).has(f.name()) && !v.s.within180(f, 180)
}

func (v *view) append(m metric) {
	for n, name := 2, m.name; slices.ContainsFunc(v.metrics,
		func(o metric) bool { return o.name == m.name && o.parent == m.parent }); n++ {
		m.name = name + "." + digits(n)
	}
	v.metrics = append(v.metrics, m)
}

// groupName names a metric that several fields of an object make.
func (v *view) groupName(f *field, otherwise string) string {
	name := v.s.metricName(f.level, f.path)
	if cut := strings.LastIndex(name, dotted(f.path[len(f.path)-1:])); cut >= 0 {
		name = strings.TrimSuffix(name[:cut], ".")
	}
	if name == "" || otherwise != "" && len(v.s.lists0(f.level)) == 0 && slices.Contains(wrappers, name) {
		return otherwise
	}
	if otherwise != "" && !(words{"position", "pos", "location", "geo", "point", "coord", "gps"}).has(name) {
		return name + "." + otherwise
	}
	return cmpOr(otherwise, name)
}

// object makes the value of a metric a JSON object.
func (v *view) object(m *metric, names []string, fields []*field) {
	var members, conditions []string
	for i, f := range fields {
		t := numeric(f.node, v.s.texts(f), "deg")
		expr := v.ref(f, "DOUBLE")
		if v.s.textual(f.level) {
			expr = strings.ReplaceAll(v.s.typeOf(f, "deg").expr, "%s", expr)
		} else {
			expr = strings.ReplaceAll(t.expr, "%s", expr)
		}
		prefix := ""
		if m.name != "position" && m.name != "" {
			prefix = m.name + "_"
		}
		column := ident(v.add(prefix+names[i], expr))
		members = append(members, quote(names[i])+" VALUE "+column)
		conditions = append(conditions, column+" IS NOT NULL")
	}
	m.value = "JSON_OBJECT(" + strings.Join(members, ", ") + ")"
	m.where = strings.Join(conditions, " AND ")
	v.append(*m)
}

// list adds the metrics of an array or map that is part of the component.
func (v *view) list(level int, path []string, n *node, parent bool) {
	d := func() *decl {
		d := v.root.at(v.s.levels[:level+1], path)
		if d.list = "ARRAY"; n.isMap {
			d.list = "MAP"
		}
		return d
	}
	name := v.s.metricName(level, path)
	m := metric{parent: parent, name: name, time: v.timeOf(&field{level: level, path: append(slices.Clone(path), "")})}
	switch {
	case n.elem == nil || n.elem.set() == 0: // always empty: how many there are is all that can be told
		d().typ = "STRING"
		m.name, m.unit = name+".count", "1"
		m.column = v.add(name+".count", "CARDINALITY("+v.path(level, path)+")")
		v.append(m)
	case !n.isMap && v.s.coordinates(level, path, n):
		d().typ = "DOUBLE"
		lon, lat := v.add("lon", v.path(level, path)+"[1]"), v.add("lat", v.path(level, path)+"[2]")
		m.name, m.unit = "position", "deg"
		m.value = "JSON_OBJECT('lat' VALUE " + lat + ", 'lon' VALUE " + lon + ")"
		m.where = lat + " IS NOT NULL AND " + lon + " IS NOT NULL"
		v.append(m)
	case n.elem.scalar() && !n.isMap:
		d().typ = elements(n.elem)
		m.column = v.add(name, v.path(level, path))
		v.append(m)
	case n.elem.scalar(), n.elem.object() && !n.elem.tuple:
		if level == v.s.last() && !parent {
			v.elements(path, n, m.time)
		}
	default: // arrays in arrays, or unlike things
		v.notes = append(v.notes, "not read: "+v.s.label(&field{level: level,
			path: path})+", whose elements are not all objects or all scalars")
	}
}

// elements is the type of the elements of an array of scalars.
func elements(n *node) string {
	switch c := n.count; {
	case c[sample.Bool] == n.set():
		return "BOOLEAN"
	case c[sample.Number] == n.set() && n.ints == c[sample.Number]:
		return "BIGINT"
	case c[sample.Number] == n.set():
		return "DOUBLE"
	}
	return "STRING"
}

func (s *scope) lists0(at int) [][]string {
	paths, _ := s.lists(at)
	return paths
}
