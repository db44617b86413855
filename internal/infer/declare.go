package infer

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/railtwin/digitaltwin/internal/extract/syntax"
)

// decl is a column or field as it is declared.
type decl struct {
	name     string
	list     string // ARRAY, MAP or ""
	typ      string // of a scalar, or of the elements of a list of scalars
	children []*decl
}

func (d *decl) child(name string) *decl {
	if i := slices.IndexFunc(d.children, func(c *decl) bool { return c.name == name }); i >= 0 {
		return d.children[i]
	}
	c := &decl{name: name}
	d.children = append(d.children, c)
	return c
}

// at returns the declaration of a path within a level of a scope.
func (d *decl) at(levels []*level, path []string) *decl {
	for _, l := range levels[1:] {
		for _, p := range l.path {
			d = d.child(p)
		}
		if d.list = "ARRAY"; l.isMap {
			d.list = "MAP"
		}
	}
	for _, p := range path {
		d = d.child(p)
	}
	return d
}

// text writes the type.
func (d *decl) text() string {
	t := d.typ
	if len(d.children) > 0 {
		fields := make([]string, len(d.children))
		length := 0
		for i, c := range d.children {
			fields[i] = ident(c.name) + " " + c.text()
			length += utf8.RuneCountInString(fields[i]) + 2
		}
		t = "ROW<" + strings.Join(fields, ", ") + ">"
		if length > 90 {
			t = "ROW<\n" + filled(fields, 110) + ">"
		}
	}
	switch d.list {
	case "ARRAY":
		return "ARRAY<" + t + ">"
	case "MAP":
		return "MAP<STRING, " + t + ">"
	}
	return t
}

// filled joins fields by commas in lines of at most so many characters. A field of several lines stands by itself.
func filled(fields []string, most int) string {
	var b strings.Builder
	column := 0
	for i, f := range fields {
		n := utf8.RuneCountInString(f) + 2
		if i > 0 {
			b.WriteByte(',')
			if column+n > most || strings.Contains(f, "\n") || strings.Contains(fields[i-1], "\n") {
				b.WriteByte('\n')
				column = 0
			} else {
				b.WriteByte(' ')
			}
		}
		b.WriteString(f)
		column += n
	}
	return b.String()
}

var plainName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// ident writes a name, in backticks where it needs them.
func ident(name string) string {
	if plainName.MatchString(name) && !syntax.Reserved(strings.ToUpper(name)) {
		return name
	}
	return "`" + strings.ReplaceAll(name, "`", "``") + "`"
}

// quote writes a text.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
