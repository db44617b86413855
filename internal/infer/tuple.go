package infer

import (
	"github.com/railtwin/digitaltwin/internal/infer/sample"
)

// tuples makes objects of arrays that hold a thing each, as columns without names: of [["a", 1, 2], ["b", 3, 4]]
// elements with the keys 1, 2 and 3. A position is none.
func tuples(v *sample.Value) {
	for _, e := range v.Elems {
		tuples(e)
	}
	if v.Kind != sample.Array || !rectangular(v.Elems) {
		return
	}
	for _, e := range v.Elems {
		e.Kind, e.Tuple = sample.Object, true
		for i := range e.Elems {
			e.Keys = append(e.Keys, digits(i+1))
		}
	}
}

// rectangular reports whether all are arrays of as many scalars, with a text in each, which no position has.
func rectangular(elems []*sample.Value) bool {
	for _, e := range elems {
		texts := 0
		for _, x := range e.Elems {
			if x.Kind == sample.Array || x.Kind == sample.Object {
				return false
			}
			if x.Kind == sample.String {
				texts++
			}
		}
		if e.Kind != sample.Array || len(e.Elems) < 3 || len(e.Elems) != len(elems[0].Elems) || texts == 0 {
			return false
		}
	}
	return len(elems) > 0
}

// textual reports whether all fields of a level are texts: columns of CSV, or elements of a tuple, which is declared as
// ARRAY<STRING>.
func (s *scope) textual(level int) bool { return s.csv || s.levels[level].node.tuple }
