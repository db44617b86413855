package infer

import (
	"slices"
	"strconv"
	"strings"

	"github.com/railtwin/digitaltwin/internal/infer/sample"
)

// metric is one reading that a row delivers.
type metric struct {
	parent bool // of the thing around
	name   string
	column string // of the view
	value  string // the expression of the value: JSON_STRING(column), where it is ""
	unit   string // "" for none
	// nameExpr and unitExpr stand for name and unit where the rows tell them.
	nameExpr, unitExpr string
	time               string // the column of the event time
	where              string
}

// wrappers are names of objects that only hold what is meant.
var wrappers = []string{"payload", "data", "properties", "values", "attributes", "message", "body", "fields",
	"object", "record", "value", "result"}

// metricName makes the name of a metric of a path: without objects that hold nothing else, and wrappers.
func (s *scope) metricName(level int, path []string) string {
	n := s.levels[level].node
	if n.tuple {
		path = append([]string{"column"}, path...)
	}
	var kept []string
	for i, p := range path {
		alone := i < len(path)-1 && len(n.fields) == 1
		wrapper := i < len(path)-1 && slices.Contains(wrappers, strings.ToLower(p))
		if !alone && !wrapper {
			kept = append(kept, p)
		}
		if n = n.index[p]; n == nil {
			n = newNode(p)
		}
	}
	return dotted(kept)
}

// unitTokens are words at the end of a name that only say the unit.
var unitTokens = list("kmh kph km m c f k bar t kg w kw v a hz pct percent celsius seconds minutes")

// short leaves the unit out at the end of a name, where it is told as the unit.
func short(name, unit string) string {
	cut := strings.LastIndexByte(name, '.')
	if unit == "" || cut < 0 || !slices.Contains(unitTokens, name[cut+1:]) {
		return name
	}
	return name[:cut]
}

// quantity finds the unit beside a value in an object such as {"value": 7.5, "unitCode": "km/h"}. The name of the
// metric is that of the object then.
func (s *scope) quantity(f *field) (unit string, ok bool) {
	if len(f.path) < 2 || f.segment > 0 || f.node == nil {
		return "", false
	}
	if !s.isQuantity(f.level, f.path) {
		return "", false
	}
	object := s.nodeAt(f.level, f.path[:len(f.path)-1])
	for _, other := range object.fields {
		if slices.Contains(unitKeys, strings.ToLower(other.name)) {
			path := append(slices.Clone(f.path[:len(f.path)-1]), other.name)
			texts := s.texts(&field{level: f.level, path: path, node: other})
			if len(texts) > 0 && countDistinct(texts) == 1 {
				return codeOf(texts[0]), true
			}
			return "", true
		}
	}
	return "", true
}

// unitKeys are names of fields that hold the unit of the value beside them.
var unitKeys = []string{"unit", "unitcode", "unit_code", "uom", "units", "unitofmeasure"}

// isQuantity reports whether a path ends at the value of an object with a unit. Its value may be null in all samples.
func (s *scope) isQuantity(level int, path []string) bool {
	if len(path) < 2 ||
		!slices.Contains([]string{"value", "val", "v", "reading", "amount"}, strings.ToLower(path[len(path)-1])) {
		return false
	}
	return slices.ContainsFunc(s.nodeAt(level, path[:len(path)-1]).fields, func(n *node) bool {
		return slices.Contains(unitKeys, strings.ToLower(n.name))
	})
}

func (s *scope) nodeAt(level int, path []string) *node {
	n := s.levels[level].node
	for _, p := range path {
		n = n.index[p]
	}
	return n
}

// position finds a pair of latitude and longitude beside a field that is one of them.
func (s *scope) position(f *field) (lat, lon *field, ok bool) {
	if f.node == nil || f.segment > 0 || len(f.path) == 0 {
		return nil, nil, false
	}
	up := f.path[:len(f.path)-1]
	for _, other := range s.nodeAt(f.level, up).fields {
		o := &field{level: f.level, path: append(slices.Clone(up), other.name), node: other}
		switch strings.ToLower(other.name) {
		case "lat", "latitude", "gps_lat", "breitengrad":
			lat = o
		case "lon", "lng", "long", "longitude", "gps_lon", "gps_lng", "laengengrad":
			lon = o
		}
	}
	if lat == nil || lon == nil || f.name() != lat.name() && f.name() != lon.name() {
		return nil, nil, false
	}
	return lat, lon, s.within180(lat, 90) && s.within180(lon, 180)
}

// within180 reports whether all numbers of a field lie within so many degrees.
func (s *scope) within180(f *field, most float64) bool {
	return f.node.scalar() && all(s.texts(f), func(t string) bool {
		x, err := strconv.ParseFloat(t, 64)
		return err == nil && x >= -most && x <= most
	})
}

// vector finds the fields x and y, and z, of an object that has no other numbers.
func (s *scope) vector(f *field) (axes []*field, ok bool) {
	if len(f.path) < 2 || f.segment > 0 || f.node == nil {
		return nil, false
	}
	up := f.path[:len(f.path)-1]
	for _, other := range s.nodeAt(f.level, up).fields {
		o := &field{level: f.level, path: append(slices.Clone(up), other.name), node: other}
		switch {
		case slices.Contains([]string{"x", "y", "z"}, other.name) && other.scalar():
			axes = append(axes, o)
		case other.count[sample.Number] > 0 && s.form(o).kind == notTime:
			return nil, false
		}
	}
	return axes, len(axes) >= 2 && slices.Contains([]string{"x", "y", "z"}, f.name())
}

// coordinates reports whether a list is a position of GeoJSON: longitude, latitude, and maybe altitude.
func (s *scope) coordinates(level int, path []string, n *node) bool {
	if n.elem == nil || !n.elem.scalar() || n.elem.count[sample.Number] != n.elem.set() || n.length < 2 ||
		n.length > 3 {
		return false
	}
	if !(words{"coordinates", "coordinate", "coords", "location", "position", "lonlat", "point",
		"geo"}).has(path[len(path)-1]) {
		return false
	}
	for i := range s.rows {
		v := s.rows[i].at[level].Get(path)
		if v == nil {
			continue
		}
		for j, most := range []float64{180, 90} {
			if j >= len(v.Elems) {
				return false
			}
			if x, err := strconv.ParseFloat(v.Elems[j].Text, 64); err != nil || x < -most || x > most {
				return false
			}
		}
	}
	return true
}

// messageWords are words of names that identify a message.
var messageWords = words{"message", "msg", "request", "trace", "schema", "correlation"}

// noise reports whether a field says nothing of a thing: annotations of JSON-LD, ids of messages, constants of a
// format.
func (s *scope) noise(f *field) bool {
	name := f.name()
	if slices.ContainsFunc(f.path, func(p string) bool {
		return strings.HasPrefix(p, "@") ||
			strings.HasPrefix(p, "$")
	}) {
		return true
	}
	texts := s.texts(f)
	if len(texts) == 0 {
		return f.node == nil || f.node.set() > 0 || !s.isQuantity(f.level, f.path)
	}
	if transportWords.has(name) && s.form(f).kind != notTime {
		return true
	}
	if messageWords.has(name) && (idWords.has(name) || name == "schema") {
		return true
	}
	if strings.ToLower(name) == "type" && all(texts, func(t string) bool {
		return slices.Contains([]string{"Feature", "FeatureCollection", "Point", "LineString", "Polygon"}, t)
	}) {
		return true
	}
	return slices.ContainsFunc(texts, stampIn.MatchString) &&
		all(texts, func(t string) bool { return strings.Contains(t, "://") })
}
