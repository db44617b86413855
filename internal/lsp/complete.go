package lsp

import (
	"regexp"
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/extract/check"
	"github.com/railtwin/digitaltwin/internal/extract/function"
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
	"github.com/railtwin/digitaltwin/internal/extract/types"
	"github.com/railtwin/digitaltwin/internal/infer"
)

// Kinds of items, as the protocol numbers them.
const (
	itemFunction = 3
	itemField    = 5
	itemClass    = 7
	itemProperty = 10
	itemUnit     = 11
)

type item struct {
	Label         string `json:"label"`
	Kind          int    `json:"kind"`
	Detail        string `json:"detail,omitempty"`
	Documentation string `json:"documentation,omitempty"`
}

var (
	afterFrom = regexp.MustCompile(`(?i)\b(FROM|JOIN)\s+[A-Za-z0-9_]*$`)
	afterPath = regexp.MustCompile("([A-Za-z_][A-Za-z0-9_]*|`[^`\n]*`)((?:\\[[^]\n]*\\])?\\.(?:[A-Za-z_][A-Za-z0-9_]*|`[^`\n]*`))*(?:\\[[^]\n]*\\])?\\.[A-Za-z0-9_]*$")
)

// complete returns what can be written at a byte; the editor keeps what begins like the word there.
func (d *document) complete(at int) []item {
	line := d.text[strings.LastIndexByte(d.text[:at], '\n')+1 : at]
	if key, from, _ := d.setting(at); key != "" || from > 0 {
		return settingItems()
	}
	if strings.Count(line, "'")%2 == 1 {
		return unitItems()
	}
	scope := d.scope(at)
	if path := afterPath.FindString(line); path != "" {
		return fieldItems(scope, path)
	}
	items := []item{}
	if afterFrom.MatchString(line) {
		for _, r := range d.Notes.Relations {
			items = append(items, item{Label: syntax.Quote(r.Name), Kind: itemClass})
		}
		return items
	}
	seen := map[string]bool{}
	for _, source := range scope {
		for _, c := range source.Columns {
			if !seen[c.Name] {
				seen[c.Name] = true
				items = append(items, item{Label: syntax.Quote(c.Name), Kind: itemField, Detail: typeName(c.Type)})
			}
		}
	}
	for _, source := range scope {
		if source.Name != "" && !seen[source.Name] {
			seen[source.Name] = true
			items = append(items, item{Label: syntax.Quote(source.Name), Kind: itemClass})
		}
	}
	for _, f := range function.All() {
		items = append(items, item{Label: f.Name, Kind: itemFunction, Detail: f.Signature.String(), Documentation: f.Doc})
	}
	return items
}

// scope returns the sources that can be named at a byte: those of the innermost SELECT around it, or where that could
// not be read all tables and views before.
func (d *document) scope(at int) []check.Relation {
	var found *check.Scope
	for i := range d.Notes.Scopes {
		s := &d.Notes.Scopes[i]
		if s.Pos <= at && at <= s.End && (found == nil || s.End-s.Pos <= found.End-found.Pos) {
			found = s
		}
	}
	if found != nil {
		return found.Sources
	}
	return d.Notes.Relations
}

// fieldItems are the columns of a source, or the fields of a ROW, at the end of a path such as t.wagon. or t.axles[1].
func fieldItems(scope []check.Relation, path string) []item {
	var parts []string
	for part := range strings.SplitSeq(path, ".") {
		name, _, _ := strings.Cut(part, "[")
		parts = append(parts, strings.Trim(name, "`"))
	}
	parts = parts[:len(parts)-1] // the last is being written
	items := []item{}
	for _, source := range scope {
		fields := source.Columns
		rest := parts
		if source.Name == parts[0] {
			rest = parts[1:]
		}
		for _, name := range rest {
			fields = fieldsOf(fields, name)
		}
		for _, f := range fields {
			items = append(items, item{Label: syntax.Quote(f.Name), Kind: itemField, Detail: typeName(f.Type)})
		}
	}
	return items
}

// fieldsOf returns the fields of the ROW that a field is, or that its elements are.
func fieldsOf(fields []types.Field, name string) []types.Field {
	for _, f := range fields {
		if f.Name != name {
			continue
		}
		t := f.Type
		for t != nil && (t.Kind == types.Array || t.Kind == types.Map) {
			t = t.Elem
		}
		if t != nil {
			return t.Fields
		}
	}
	return nil
}

func typeName(t *types.Type) string {
	if t == nil {
		return ""
	}
	return t.String()
}

func settingItems() []item {
	items := make([]item, len(extract.Settings))
	for i, s := range extract.Settings {
		items[i] = item{Label: s.Key, Kind: itemProperty, Documentation: s.Doc}
	}
	return items
}

func unitItems() []item {
	items := []item{}
	for _, unit := range infer.Units() {
		items = append(items, item{Label: unit, Kind: itemUnit, Detail: "UCUM"})
	}
	return items
}
