package survey

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract/syntax"
	"github.com/railtwin/digitaltwin/internal/extract/types"
	"github.com/railtwin/digitaltwin/internal/spelling"
)

// place is one place in the records: what tables declare there, and what stands there.
type place struct {
	declared *types.Type // of the first table that declares it; nil where none does
	whole    bool        // a table reads what is below as one text
	seen     int         // values, without null
	rows     int         // objects in which it might be
	kinds    kinds
	fields   map[string]*place
	elem     *place // of an array, or the values of a map
}

// maxFields bounds how many keys are kept of one object: keys that are data have no end.
const maxFields = 2000

func (p *place) field(name string) *place {
	f := p.fields[name]
	if f == nil {
		if p.fields == nil {
			p.fields = map[string]*place{}
		}
		if len(p.fields) >= maxFields {
			return &place{}
		}
		f = &place{}
		p.fields[name] = f
	}
	return f
}

func (p *place) element() *place {
	if p.elem == nil {
		p.elem = &place{}
	}
	return p.elem
}

// declare enters columns, or the fields of a ROW.
func (p *place) declare(fields []types.Field) {
	for _, f := range fields {
		p.field(f.Name).declareType(f.Type)
	}
}

func (p *place) declareType(t *types.Type) {
	if p.declared == nil {
		p.declared = t
	}
	switch t.Kind {
	case types.Row:
		p.declare(t.Fields)
	case types.Array, types.Map:
		p.element().declareType(t.Elem)
	case types.String:
		p.whole = true
	}
}

// add takes a value at the place. A row is read from each object of an array at the top.
func (p *place) add(v any) {
	if list, ok := v.([]any); ok {
		for _, e := range list {
			p.addObject(e)
		}
		return
	}
	p.addObject(v)
}

func (p *place) addObject(v any) {
	if object, ok := v.(map[string]any); ok {
		p.addFields(object)
	}
}

func (p *place) addFields(object map[string]any) {
	p.rows++
	for name, v := range object {
		p.field(name).value(v)
	}
}

func (p *place) value(v any) {
	if v == nil {
		return
	}
	p.seen++
	p.kinds.add(v)
	switch v := v.(type) {
	case map[string]any:
		if p.declared != nil && p.declared.Kind == types.Map {
			p.rows++
			for _, e := range v {
				p.element().value(e)
			}
			return
		}
		p.addFields(v)
	case []any:
		for _, e := range v {
			p.element().value(e)
		}
	}
}

// hasAny reports whether an object has a key that is declared.
func (p *place) hasAny(object map[string]any) bool {
	for name := range object {
		if f := p.fields[name]; f != nil && f.declared != nil {
			return true
		}
	}
	return false
}

// findings names declared keys that nothing has, and keys that nothing declares.
func (p *place) findings(all bool) []Finding {
	if p.rows == 0 {
		return nil
	}
	c := comparison{}
	c.walk("", p)
	var out []Finding
	for i, m := range c.missing {
		f := Finding{KeyMissing, fmt.Sprintf("%s is declared, and no record has this key", m.path+" "+m.typ),
			"leave it out, if the provider has none"}
		if !all {
			f.Text = fmt.Sprintf("%s is declared, and none of the first records has this key", m.path+" "+m.typ)
		}
		if near := spelling.Nearest(m.name, m.siblings); near != "" {
			f.Cure = fmt.Sprintf("did you mean %s? Declare %s %s, keys are case-sensitive", near, syntax.Quote(near), m.typ)
		}
		if i == maxListed {
			rest := len(c.missing) - i
			f = Finding{KeyMissing, fmt.Sprintf("%s more of the declared keys are in no record", strconv.Itoa(rest)), ""}
			out = append(out, f)
			break
		}
		out = append(out, f)
	}
	if n := len(c.unread); n > 0 {
		shown := c.unread[:min(n, maxUnread)]
		text := fmt.Sprintf("no table reads %s", count(n, "key"))
		if n > len(shown) {
			text += ", of which the first are"
		}
		out = append(out, Finding{KeyUnread, text + ": " + strings.Join(shown, ", "),
			"what is of use, paste into the table as a column"})
	}
	return out
}

const (
	maxListed = 4  // declared keys that are missing
	maxUnread = 12 // keys that nothing reads
)

type missing struct {
	path, name, typ string
	siblings        []string // undeclared keys of the same object
}

// comparison is of what is declared with what is there.
type comparison struct {
	missing []missing
	unread  []string
}

func (c *comparison) walk(path string, p *place) {
	var undeclared []string
	for name, f := range p.fields {
		if f.declared == nil && f.seen > 0 {
			undeclared = append(undeclared, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.fields)) {
		f := p.fields[name]
		at := path + syntax.Quote(name)
		switch {
		case f.declared == nil && f.seen > 0:
			c.unread = append(c.unread, at+" "+f.sql())
		case f.declared == nil:
		case f.seen == 0:
			if p.rows > 0 {
				c.missing = append(c.missing, missing{at, name, f.declared.String(), undeclared})
			}
		case !f.whole:
			c.walk(at+".", f)
			for e, at := f.elem, at+"[]."; e != nil; e, at = e.elem, at+"[]." {
				c.walk(at, e)
			}
		}
	}
}

// kinds counts the JSON values at a place.
type kinds struct {
	objects, arrays, texts, numbers, booleans int
	fractions, large                          bool // of numbers
}

func (k *kinds) add(v any) {
	switch v := v.(type) {
	case map[string]any:
		k.objects++
	case []any:
		k.arrays++
	case string:
		k.texts++
	case bool:
		k.booleans++
	case json.Number:
		k.numbers++
		n, err := strconv.ParseInt(v.String(), 10, 64)
		k.fractions = k.fractions || err != nil
		k.large = k.large || n > math.MaxInt32 || n < math.MinInt32
	}
}

// sql is the type that holds the values at a place.
func (p *place) sql() string {
	k := p.kinds
	switch some := k.objects + k.arrays + k.texts + k.numbers + k.booleans; {
	case some == 0:
		return "STRING"
	case k.numbers == some && k.fractions:
		return "DOUBLE"
	case k.numbers == some && k.large:
		return "BIGINT"
	case k.numbers == some:
		return "INT"
	case k.booleans == some:
		return "BOOLEAN"
	case k.arrays == some && p.elem != nil && p.elem.seen > 0:
		return "ARRAY<" + p.elem.sql() + ">"
	case k.objects == some && len(p.fields) > 0 && len(p.fields) <= 40:
		var fields []string
		for _, name := range slices.Sorted(maps.Keys(p.fields)) {
			fields = append(fields, syntax.Quote(name)+" "+p.fields[name].sql())
		}
		return "ROW<" + strings.Join(fields, ", ") + ">"
	}
	return "STRING"
}
