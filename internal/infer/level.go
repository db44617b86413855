package infer

import (
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/infer/sample"
)

// level is what rows are made of: the record, or the elements of an array or map in the level before.
type level struct {
	path  []string // of the array or map within the level before; none of the record
	isMap bool
	node  *node // of an element
}

// name is what an element is called.
func (l *level) name() string {
	if len(l.path) == 0 {
		return ""
	}
	return singular(l.path[len(l.path)-1])
}

// row is an element with the elements and the record around it, one for each level.
type row struct {
	record int
	at     []*sample.Value
	key    []string // of a level that is a map
}

// scope is a way of levels from the record to the things that readings are of, with its rows.
type scope struct {
	csv    bool
	levels []*level
	rows   []row
	// claimed are the lists of the last level whose elements are things of their own.
	claimed [][]string
	// told are the levels around that are things of their own, so that their readings need not be delivered here.
	told []int
	// What was found out of a field, by its label: it is asked for again and again.
	seenTexts map[string][]string
	seenForms map[string]timeForm
}

func (s *scope) last() int { return len(s.levels) - 1 }

// field is a scalar at a place of a scope.
type field struct {
	level   int
	path    []string // none for the key of a map
	node    *node    // nil for the key of a map, and for a part of a topic
	segment int      // of a topic, from 1: the part between two slashes; 0 for the whole text
}

func (f *field) name() string {
	switch {
	case f.segment > 0:
		return f.path[len(f.path)-1] + "." + digits(f.segment)
	case len(f.path) == 0:
		return "key"
	}
	return f.path[len(f.path)-1]
}

// label is the path as people write it, from the record on: data.stations[].id.
func (s *scope) label(f *field) string {
	var parts []string
	for _, l := range s.levels[1 : f.level+1] {
		parts = append(parts, strings.Join(l.path, ".")+"[]")
	}
	parts = append(parts, f.path...)
	text := strings.Join(parts, ".")
	if f.segment > 0 {
		text += "/" + digits(f.segment)
	}
	if len(f.path) == 0 {
		text += ".key"
	}
	return text
}

// below returns the scope of the elements of an array or map of the last level.
func (s *scope) below(path []string, n *node) *scope {
	out := &scope{csv: s.csv, levels: append(slices.Clone(s.levels), &level{path: path, isMap: n.isMap, node: n.elem})}
	for _, r := range s.rows {
		v := r.at[s.last()].Get(path)
		if v == nil {
			continue
		}
		for i, e := range v.Elems {
			if e.Kind == sample.Null {
				continue
			}
			key := ""
			if n.isMap {
				key = v.Keys[i]
			}
			out.rows = append(out.rows, row{r.record, append(slices.Clone(r.at), e), append(slices.Clone(r.key), key)})
		}
	}
	return out
}

// fields returns the scalars of a level, those of its objects included.
func (s *scope) fields(at int) (out []*field) {
	l := s.levels[at]
	if l.isMap {
		out = append(out, &field{level: at})
	}
	if l.node.scalar() {
		return append(out, &field{level: at, path: []string{}, node: l.node})
	}
	walk(l.node, nil, func(path []string, n *node) {
		if n.scalar() || n.set() == 0 && s.isQuantity(at, path) {
			out = append(out, &field{level: at, path: path, node: n})
		}
	})
	return out
}

// lists returns the arrays and maps of a level that are not empty everywhere.
func (s *scope) lists(at int) (paths [][]string, nodes []*node) {
	walk(s.levels[at].node, nil, func(path []string, n *node) {
		if n.isMap || n.list() {
			paths, nodes = append(paths, path), append(nodes, n)
		}
	})
	return paths, nodes
}

// walk visits what stands in an object and in the objects in it.
func walk(n *node, path []string, visit func([]string, *node)) {
	for _, f := range n.fields {
		at := append(slices.Clone(path), f.name)
		if f.object() {
			walk(f, at, visit)
			continue
		}
		visit(at, f)
	}
}

// text returns the scalar that a row has at a field, as text; "" and false where it has none.
func (s *scope) text(r *row, f *field) (string, bool) {
	if f.node == nil && f.segment == 0 {
		return r.key[f.level-1], true
	}
	v := r.at[f.level].Get(f.path)
	if v == nil || v.Kind == sample.Array || v.Kind == sample.Object {
		return "", false
	}
	if f.segment == 0 {
		return v.Text, true
	}
	parts := strings.Split(v.Text, "/")
	if f.segment-1 >= len(parts) || parts[f.segment-1] == "" {
		return "", false
	}
	return parts[f.segment-1], true
}

// texts returns what all rows have at a field, without those that have nothing or an empty text. It must not be
// changed.
func (s *scope) texts(f *field) (out []string) {
	label := s.label(f)
	if all, ok := s.seenTexts[label]; ok {
		return all
	}
	defer func() {
		if s.seenTexts == nil {
			s.seenTexts = map[string][]string{}
		}
		s.seenTexts[label] = out
	}()
	for i := range s.rows {
		if t, ok := s.text(&s.rows[i], f); ok && t != "" {
			out = append(out, t)
		}
	}
	return out
}

// coverage is the share of the rows that have something at a field.
func (s *scope) coverage(f *field) float64 {
	if len(s.rows) == 0 {
		return 0
	}
	return float64(len(s.texts(f))) / float64(len(s.rows))
}
