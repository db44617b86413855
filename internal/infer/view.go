package infer

import (
	"slices"
	"strconv"
	"strings"
)

// view is the pumping and delivery of one scope.
type view struct {
	s       *scope
	name    string
	root    *decl
	zone    string
	columns []column
	used    map[string]bool
	keys    []string // expressions of component, and of the parent where there is one
	metrics []metric
	parts   []part
	only    *mark // what tells its records from those of other shapes

	key, parent           key
	parentLevel           int  // -1 where there is no parent
	named, timed          bool // by the flags
	keyReason, timeReason string
	others                []string // candidates that were not taken, for the header
	moment                moment
	objects               map[string]string // columns of times by the path of the object that has one
	events                []*event
	usedAsTime            map[string]bool // labels of fields
	run                   bool            // the parent is a run, and the component a stop of it
	derived               []column        // of a second view: what is computed of columns of the first
	delays                []metric
	notes                 []string // comments of the header
	unitless              []string // names of numbers whose unit nothing tells
}

// column is one of the view.
type column struct{ name, expr string }

// part is an array or map whose elements are parts of the component: its axles, its sensors.
type part struct {
	column  string
	isMap   bool
	metrics []metric // name is an expression
}

// aliases are what tables and elements are called in queries, by level.
var aliases = []string{"t", "e", "f", "g", "h", "i", "j"}

func alias(level int) string { return aliases[min(level, len(aliases)-1)] }

// add adds a column to the view, under a name that is still free, and returns the name.
func (v *view) add(name, expr string) string {
	for _, c := range v.columns {
		if c.expr == expr {
			return c.name
		}
	}
	name = strings.ReplaceAll(name, ".", "_")
	if name == "" || name[0] >= '0' && name[0] <= '9' {
		name = "v_" + name
	}
	free := name
	for n := 2; v.used[strings.ToLower(free)]; n++ {
		free = name + "_" + strconv.Itoa(n)
	}
	v.used[strings.ToLower(free)] = true
	v.columns = append(v.columns, column{free, expr})
	return free
}

// path writes the way to a field of a level.
func (v *view) path(level int, path []string) string {
	text := alias(level)
	if v.s.levels[level].isMap {
		text += ".v"
	}
	if v.s.levels[level].node.tuple {
		return text + ".c[" + strings.Join(path, "][") + "]"
	}
	for _, p := range path {
		text += "." + ident(p)
	}
	return text
}

// ref declares a field with a type, and writes the way to it.
func (v *view) ref(f *field, typ string) string {
	if f.node == nil && f.segment == 0 {
		return alias(f.level) + ".k"
	}
	if v.s.textual(f.level) {
		typ = "STRING"
	}
	path := f.path
	if v.s.levels[f.level].node.tuple {
		path, typ = nil, "ARRAY<STRING>"
	}
	d := v.root.at(v.s.levels[:f.level+1], path)
	if d.typ == "" || d.typ == typ {
		d.typ = typ
	}
	text := v.path(f.level, f.path)
	if f.segment > 0 {
		return "SPLIT_INDEX(" + text + ", '/', " + digits(f.segment-1) + ")"
	}
	return text
}

// component writes the expression of a key.
func (v *view) component(k key) string {
	if len(k.parts) == 0 {
		return quote(k.kind + ":1")
	}
	args := []string{quote(k.kind + ":")}
	for i, p := range k.parts {
		if i > 0 {
			args = append(args, "':'")
		}
		args = append(args, v.keyPart(p))
	}
	return "CONCAT(" + strings.Join(args, ", ") + ")"
}

func (v *view) keyPart(p keyPart) string {
	switch p.how {
	case fromInt:
		if v.s.textual(p.field.level) {
			break
		}
		return "CAST(" + v.ref(p.field, "BIGINT") + " AS STRING)"
	case lastPart:
		return "REGEXP_EXTRACT(" + v.ref(p.field, "STRING") + ", '([^/]+)/?$', 1)"
	case dashes:
		return "REPLACE(" + v.ref(p.field, "STRING") + ", ' ', '-')"
	case trimmed:
		return "CAST(TRY_CAST(" + v.ref(p.field, "STRING") + " AS BIGINT) AS STRING)"
	case station:
		return "SUBSTRING(" + v.ref(p.field, "STRING") + ", 1, 7)"
	}
	return v.ref(p.field, "STRING")
}

// instant writes the expression of a moment, as TIMESTAMP_LTZ(3).
func (v *view) instant(m moment) string {
	f := &m.form
	switch {
	case f.kind == epoch:
		return v.epoch(m)
	case m.clock != nil:
		text := "CONCAT(" + v.ref(m.date, "STRING") + ", ' ', " + v.ref(m.clock, "STRING") + ")"
		return "TO_TIMESTAMP_LTZ(" + text + ", '" + f.pattern + "', " + quote(v.zone) + ")"
	case f.kind == zoned && f.allUTC && !f.minutes && !v.s.textual(m.date.level) && !v.declared(m.date):
		return v.ref(m.date, "TIMESTAMP_LTZ(3)")
	}
	text := v.ref(m.date, "STRING")
	length := len(f.layout)
	switch {
	case f.kind == zoned && f.fraction:
		return "TO_TIMESTAMP_LTZ(CONCAT(SUBSTRING(" + text + ", 1, 19), '.',\nLEFT(CONCAT(COALESCE(REGEXP_EXTRACT(" +
			text +
			", '[.,]([0-9]+)', 1), ''), '000'), 3)),\n'" + f.pattern + ".SSS', REGEXP_EXTRACT(" + text +
			", '(Z|[+-][0-9:]+)$', 1))"
	case f.kind == zoned:
		return "TO_TIMESTAMP_LTZ(SUBSTRING(" + text + ", 1, " + digits(length) + "), '" + f.pattern +
			"', SUBSTRING(" + text + ", " + digits(length+1) + "))"
	case f.fraction:
		return "TO_TIMESTAMP_LTZ(SUBSTRING(" + text + ", 1, " + digits(length) + "), '" + f.pattern + "', " +
			quote(v.zone) + ")"
	}
	return "TO_TIMESTAMP_LTZ(" + text + ", '" + f.pattern + "', " + quote(v.zone) + ")"
}

// declared reports whether a field is declared already, as another type than a time.
func (v *view) declared(f *field) bool {
	t := v.root.at(v.s.levels[:f.level+1], f.path).typ
	return t != "" && t != "TIMESTAMP_LTZ(3)"
}

func (v *view) epoch(m moment) string {
	typ := "BIGINT"
	if m.form.fraction {
		typ = "DOUBLE"
	}
	x := v.ref(m.date, typ)
	if v.s.textual(m.date.level) {
		x = "TRY_CAST(" + x + " AS " + typ + ")"
	}
	switch m.form.units {
	case 6:
		return "TO_TIMESTAMP_LTZ(" + x + " / 1000, 3)"
	case 9:
		return "TO_TIMESTAMP_LTZ(" + x + " / 1000000, 3)"
	}
	return "TO_TIMESTAMP_LTZ(" + x + ", " + digits(m.form.units) + ")"
}

// from writes the table with what is unnested.
func (v *view) from(table string) string {
	text := ident(table) + " AS t"
	for n, l := range v.s.levels[1:] {
		text += "\nCROSS JOIN UNNEST(" + v.path(n, l.path) + ") AS " + alias(n+1)
		switch {
		case l.isMap:
			text += " (k, v)"
		case l.node.tuple:
			text += " (c)"
		}
	}
	if len(v.s.levels) == 2 {
		text = strings.Replace(text, "\n", " ", 1)
	}
	return text
}

// taken reports whether a field is part of a key or of the event time.
func (v *view) taken(f *field) bool {
	label := v.s.label(f)
	same := func(o *field) bool { return o != nil && v.s.label(o) == label }
	return same(v.moment.date) || same(v.moment.clock) ||
		slices.ContainsFunc(append(slices.Clone(v.key.parts), v.parent.parts...),
			func(p keyPart) bool { return same(p.field) })
}
