package function

import (
	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/row"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/jsonfunc"
)

// OnEmptyError is what a JSON function gives where there is nothing, or an error; nil is NULL.
type OnEmptyError struct {
	Empty, Error func(*code.Frame) ([]byte, bool)
}

func (o OnEmptyError) decide(f *code.Frame, outcome jsonfunc.Outcome) ([]byte, bool) {
	by := o.Error
	if outcome == jsonfunc.Empty {
		by = o.Empty
	}
	if by == nil {
		return nil, false
	}
	return by(f)
}

// textAt makes a text of what a path finds in x.
func textAt(x code.Code, on OnEmptyError, read func(dst, text []byte) ([]byte, jsonfunc.Outcome)) code.Code {
	return code.Code{Type: stringType, Text: func(f *code.Frame) ([]byte, bool) {
		t, ok := x.Text(f)
		if !ok {
			return nil, false
		}
		n := len(f.Buf)
		b, outcome := read(f.Buf, t)
		if outcome != jsonfunc.Found {
			return on.decide(f, outcome)
		}
		f.Buf = b
		return f.Since(n), true
	}}
}

// JSONValue is JSON_VALUE(x, path).
func JSONValue(x code.Code, p *jsonfunc.Path, on OnEmptyError) code.Code {
	return textAt(x, on, p.AppendValue)
}

// JSONQuery is JSON_QUERY(x, path wrapper).
func JSONQuery(x code.Code, p *jsonfunc.Path, w jsonfunc.Wrapper, on OnEmptyError) code.Code {
	return textAt(x, on, func(dst, text []byte) ([]byte, jsonfunc.Outcome) { return p.AppendQuery(dst, text, w) })
}

// JSONStrings is JSON_QUERY(x, path RETURNING ARRAY<STRING> wrapper); what is no array is NULL.
func JSONStrings(x code.Code, p *jsonfunc.Path, w jsonfunc.Wrapper) code.Code {
	return code.Code{Type: textsType, Node: textsNode, Elems: func(f *code.Frame) ([]row.Cell, bool) {
		t, ok := x.Text(f)
		if !ok {
			return nil, false
		}
		n := len(f.Cells)
		outcome := p.Strings(t, w, func(e []byte, ok bool) { f.Cells = append(f.Cells, row.Cell{Valid: ok, Text: e}) })
		return f.Cells[n:len(f.Cells):len(f.Cells)], outcome == jsonfunc.Found
	}}
}

// JSONExists is JSON_EXISTS(x, path onError ON ERROR).
func JSONExists(x code.Code, p *jsonfunc.Path, onError code.Tri) code.Code {
	return code.Code{Bool: func(f *code.Frame) code.Tri {
		t, ok := x.Text(f)
		if !ok {
			return code.Unknown
		}
		found, outcome := p.Exists(t)
		if outcome == jsonfunc.Failed {
			return onError
		}
		return code.TriOf(found)
	}}
}

// TextsNode is the layout of ARRAY<STRING> values that functions make.
func TextsNode() *row.Node { return textsNode }
