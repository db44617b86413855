package decode

import (
	"bytes"
	"fmt"
	"math"

	"github.com/railtwin/digitaltwin/internal/extract/row"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/jsontext"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/number"
)

// tree is a JSON value that is declared as STRING and must be written again.
type tree struct {
	text   []byte // of a scalar, as JSON
	object bool
	names  []string
	kids   []tree
	place  map[string]int // of an object: index in kids by name
}

// treeText reads the container at the cursor and gives its JSON text as Flink writes it: no blanks,
// of two entries with one name the last in the place of the first, numbers in their shortest form.
func (c *cursor) treeText(cell *row.Cell) *failure {
	t, f := c.readTree()
	if f != nil {
		return f
	}
	c.tok = noToken // the reader of trees uses its last token up
	cell.Text, cell.Valid = c.keep(t.append(nil)), true
	return nil
}

// readTree reads the container at the cursor. It does not recurse deeper than the tokenizer allows.
func (c *cursor) readTree() (tree, *failure) {
	t := tree{object: c.tok == startObject}
	if t.object {
		t.place = make(map[string]int)
	}
	for {
		if f := c.advance(); f != nil {
			return t, f
		}
		if c.tok == endObject || c.tok == endArray {
			return t, nil
		}
		name := ""
		if t.object {
			name = string(c.name)
			if f := c.advance(); f != nil {
				return t, f
			}
		}
		var kid tree
		var f *failure
		if c.tok == startObject || c.tok == startArray {
			kid, f = c.readTree()
		} else {
			kid.text, f = c.scalarJSON()
		}
		if f != nil {
			return t, f
		}
		if at, again := t.place[name]; again && t.object {
			t.kids[at] = kid
			continue
		}
		if t.object {
			t.place[name] = len(t.kids)
			t.names = append(t.names, name)
		}
		t.kids = append(t.kids, kid)
	}
}

func (t tree) append(out []byte) []byte {
	if t.text != nil {
		return append(out, t.text...)
	}
	brackets := "[]"
	if t.object {
		brackets = "{}"
	}
	out = append(out, brackets[0])
	for i, kid := range t.kids {
		if i > 0 {
			out = append(out, ',')
		}
		if t.object {
			out = append(jsontext.AppendString(out, []byte(t.names[i])), ':')
		}
		out = kid.append(out)
	}
	return append(out, brackets[1])
}

// scalarJSON is the scalar at the cursor as JSON text of its own.
func (c *cursor) scalarJSON() ([]byte, *failure) {
	text, _, f := c.currentText()
	if f != nil {
		return nil, f
	}
	switch c.tok {
	case stringToken:
		return jsontext.AppendString(nil, text), nil
	case intToken:
		if string(text) == "-0" {
			text = text[1:]
		}
	case floatToken:
		if !c.opts.decimals {
			f := parseFloat(text)
			if math.IsInf(f, 0) { // as a string
				return fmt.Appendf(nil, "%q", number.AppendDouble(nil, f)), nil
			}
			return number.AppendDouble(nil, f), nil
		}
		if _, ok := number.ReadDecimal(text); !ok {
			return nil, &failure{offset: c.start, detail: clip(text) + " has an exponent that is too large", misleads: true}
		}
		return jsontext.AppendStripped(nil, text), nil
	}
	return bytes.Clone(text), nil
}
