package infer

import (
	"math"
	"regexp"
	"strconv"

	"github.com/railtwin/digitaltwin/internal/infer/sample"
)

// node is the shape of what stands at one place of the records.
type node struct {
	name     string
	count    [sample.Object + 1]int // by kind
	ints     int                    // numbers without a fraction
	most     float64                // the greatest absolute number
	fields   []*node                // of objects, in the order in which they come
	index    map[string]*node
	elem     *node // of arrays; of a map its values
	length   int   // of the longest array
	shortest int   // of the shortest
	isMap    bool  // an object whose keys are data
	tuple    bool  // an array of columns without names
}

func newNode(name string) *node { return &node{name: name, index: map[string]*node{}} }

// add takes a value into the shape.
func (n *node) add(v *sample.Value) {
	n.count[v.Kind]++
	switch v.Kind {
	case sample.Number:
		n.number(v.Text)
	case sample.Array:
		if n.elem == nil {
			n.elem = newNode(n.name)
		}
		if n.count[sample.Array] == 1 {
			n.shortest = len(v.Elems)
		}
		n.length, n.shortest = max(n.length, len(v.Elems)), min(n.shortest, len(v.Elems))
		for _, e := range v.Elems {
			n.elem.add(e)
		}
	case sample.Object:
		n.tuple = n.tuple || v.Tuple
		for i, key := range v.Keys {
			n.field(key).add(v.Elems[i])
		}
	}
}

func (n *node) field(key string) *node {
	f := n.index[key]
	if f == nil {
		f = newNode(key)
		n.index[key], n.fields = f, append(n.fields, f)
	}
	return f
}

func (n *node) number(text string) {
	if _, err := strconv.ParseInt(text, 10, 64); err == nil {
		n.ints++
	}
	if x, err := strconv.ParseFloat(text, 64); err == nil {
		n.most = math.Max(n.most, math.Abs(x))
	}
}

// merge takes another shape into this one.
func (n *node) merge(o *node) {
	for k := range n.count {
		n.count[k] += o.count[k]
	}
	n.ints, n.most, n.length = n.ints+o.ints, math.Max(n.most, o.most), max(n.length, o.length)
	for _, f := range o.fields {
		n.field(f.name).merge(f)
	}
	if o.elem != nil {
		if n.elem == nil {
			n.elem = newNode(n.name)
		}
		n.elem.merge(o.elem)
	}
}

// set is how many values are not null.
func (n *node) set() (sum int) {
	for _, c := range n.count[sample.Bool:] {
		sum += c
	}
	return sum
}

func (n *node) scalar() bool { return n.count[sample.Array]+n.count[sample.Object] == 0 && n.set() > 0 }

func (n *node) object() bool {
	return n.count[sample.Object] > 0 && n.count[sample.Object] == n.set() && !n.isMap
}

func (n *node) list() bool { return n.count[sample.Array] > 0 && n.count[sample.Array] == n.set() }

// mixed reports whether objects, arrays and scalars stand at the same place.
func (n *node) mixed() bool {
	kinds := 0
	for _, c := range []int{n.count[sample.Object], n.count[sample.Array], n.count[sample.Bool] +
		n.count[sample.Number] + n.count[sample.String]} {
		if c > 0 {
			kinds++
		}
	}
	return kinds > 1
}

var (
	idKey  = regexp.MustCompile(`^([0-9]+|[0-9a-fA-F]{8,}|[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}|[0-9a-fA-F-]{36})$`)
	endKey = regexp.MustCompile(`^(.*?)[0-9]+$`)
)

// findMaps tells objects whose keys are data from those whose keys are names.
func (n *node) findMaps() {
	for _, f := range n.fields {
		f.findMaps()
	}
	if n.elem != nil {
		n.elem.findMaps()
	}
	if !n.keysAreData() {
		return
	}
	n.isMap, n.elem = true, newNode(n.name)
	for _, f := range n.fields {
		n.elem.merge(f)
	}
	n.elem.findMaps()
}

// keysAreData reports whether the keys of an object look like ids, or like one name with different numbers, and the
// values are of one kind.
func (n *node) keysAreData() bool {
	if n.count[sample.Object] == 0 || len(n.fields) < 2 || n.tuple {
		return false
	}
	ids, stems := 0, map[string]int{}
	merged := newNode("")
	for _, f := range n.fields {
		if idKey.MatchString(f.name) {
			ids++
		}
		if m := endKey.FindStringSubmatch(f.name); m != nil {
			stems[m[1]]++
		}
		merged.merge(f)
	}
	numbered := len(stems) == 1 && stems[keyOf(stems)] == len(n.fields) && len(n.fields) > 2
	return (ids == len(n.fields) || numbered) && !merged.mixed() && (merged.object() || merged.scalar())
}

func keyOf(m map[string]int) string {
	for k := range m {
		return k
	}
	return ""
}
