package survey

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract/syntax"
)

// shapes groups records by the keys of their object.
type shapes struct {
	groups map[string]*shape
	order  []*shape
}

// shape is the records with the same keys.
type shape struct {
	group
	gave  int // records that gave a change
	keys  *place
	empty int // records that gave neither a change nor a reject
}

// maxShapes bounds how many are told apart: an object whose keys are data has no end of them.
const maxShapes = 200

func (s *shapes) add(r *Record, value any) {
	object, ok := value.(map[string]any)
	if !ok {
		return
	}
	signature := strings.Join(slices.Sorted(maps.Keys(object)), "\x00")
	g := s.groups[signature]
	if g == nil {
		if len(s.order) == maxShapes {
			return
		}
		if s.groups == nil {
			s.groups = map[string]*shape{}
		}
		g = &shape{keys: &place{}}
		s.groups[signature], s.order = g, append(s.order, g)
	}
	g.add(r)
	g.keys.add(value)
	if r.Changes > 0 {
		g.gave++
	} else if len(r.Problems) == 0 {
		g.empty++
	}
}

// findings names shapes whose records give nothing, where others give changes.
func (s *shapes) findings() (all []Finding) {
	gave := slices.ContainsFunc(s.order, func(g *shape) bool { return g.gave > 0 })
	if !gave || len(s.order) == maxShapes {
		return nil
	}
	for _, g := range s.order {
		if g.gave > 0 || g.empty == 0 {
			continue
		}
		if lacking := s.lacking(g); len(lacking) > 0 {
			all = append(all, Finding{Nothing, fmt.Sprintf("%s nothing, first %s: unlike the others without %s",
				gives(g.n), g.first, list(lacking)), ""})
			continue
		}
		var fields []string
		for _, name := range slices.Sorted(maps.Keys(g.keys.fields)) {
			fields = append(fields, syntax.Quote(name)+" "+g.keys.fields[name].sql())
		}
		columns := strings.Join(fields, ", ")
		if len(columns) > 300 {
			columns = columns[:strings.LastIndex(columns[:300], ", ")] + ", .."
		}
		all = append(all, Finding{Shapes, fmt.Sprintf("%s another shape and %s nothing, first %s: keys %s", have(g.n),
			give(g.n), g.first,
			list(slices.Sorted(maps.Keys(g.keys.fields)))),
			"if it has readings, declare a second table: CREATE TABLE name (" + columns + ")"})
		if len(all) == maxListed {
			break
		}
	}
	return all
}

// lacking returns the keys of a shape that gives changes which a shape lacks, where it has no other keys.
func (s *shapes) lacking(g *shape) (keys []string) {
	for _, other := range s.order {
		if other.gave == 0 || len(other.keys.fields) <= len(g.keys.fields) {
			continue
		}
		keys = keys[:0]
		known := 0
		for _, name := range slices.Sorted(maps.Keys(other.keys.fields)) {
			if g.keys.fields[name] == nil {
				keys = append(keys, name)
			} else {
				known++
			}
		}
		if known == len(g.keys.fields) {
			return keys
		}
	}
	return nil
}

func gives(n int) string {
	if n == 1 {
		return "1 record gives"
	}
	return fmt.Sprintf("%d records give", n)
}

func have(n int) string {
	if n == 1 {
		return "1 record has"
	}
	return fmt.Sprintf("%d records have", n)
}

func give(n int) string {
	if n == 1 {
		return "gives"
	}
	return "give"
}

// list joins names, the first of them if there are many.
func list(names []string) string {
	const most = 8
	if len(names) > most {
		return strings.Join(names[:most], ", ") + ", .."
	}
	return strings.Join(names, ", ")
}
