package function

import (
	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/extract/row"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/jsonfunc"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

type (
	// JSONValue is JSON_VALUE(x, 'path'), with what it gives where there is nothing and where there is an error as
	// its second and third argument.
	JSONValue struct{ Path string }
	// JSONQuery is JSON_QUERY(x, 'path' wrapper). OnEmpty and OnError are JSON text, "" for NULL.
	JSONQuery struct {
		Path             string
		Wrapper          jsonfunc.Wrapper
		OnEmpty, OnError string
	}
	// JSONStrings is JSON_QUERY(x, 'path' RETURNING ARRAY<STRING> wrapper); what is no array is NULL.
	JSONStrings struct {
		Path    string
		Wrapper jsonfunc.Wrapper
	}
	// JSONExists is JSON_EXISTS(x, 'path'), with what it gives where there is an error.
	JSONExists struct {
		Path    string
		OnError code.Tri
	}
)

// Build implements [ir.Op].
func (o JSONValue) Build(_ *ir.Expr, args []code.Code) code.Code {
	return textAt(args[0], compiled(jsonfunc.Compile(o.Path)).AppendValue, args[1].Text, args[2].Text)
}

// Build implements [ir.Op].
func (o JSONQuery) Build(_ *ir.Expr, args []code.Code) code.Code {
	p := compiled(jsonfunc.CompileQuery(o.Path))
	read := func(dst, text []byte) ([]byte, jsonfunc.Outcome) { return p.AppendQuery(dst, text, o.Wrapper) }
	return textAt(args[0], read, constantText(o.OnEmpty), constantText(o.OnError))
}

// Build implements [ir.Op].
func (o JSONStrings) Build(_ *ir.Expr, args []code.Code) code.Code {
	p := compiled(jsonfunc.CompileQuery(o.Path))
	return code.Code{Node: textsNode, Elems: func(f *code.Frame) ([]row.Cell, bool) {
		t, ok := args[0].Text(f)
		if !ok {
			return nil, false
		}
		n := len(f.Cells)
		add := func(e []byte, ok bool) { f.Cells = append(f.Cells, row.Cell{Valid: ok, Text: e}) }
		outcome := p.Strings(t, o.Wrapper, add)
		return f.Cells[n:len(f.Cells):len(f.Cells)], outcome == jsonfunc.Found
	}}
}

// Build implements [ir.Op].
func (o JSONExists) Build(_ *ir.Expr, args []code.Code) code.Code {
	p := compiled(jsonfunc.Compile(o.Path))
	return code.Code{Bool: func(f *code.Frame) code.Tri {
		t, ok := args[0].Text(f)
		if !ok {
			return code.Unknown
		}
		found, outcome := p.Exists(t)
		if outcome == jsonfunc.Failed {
			return o.OnError
		}
		return code.TriOf(found)
	}}
}

// Facts says that it is JSON text.
func (JSONQuery) Facts(*types.Type, []*ir.Expr) ir.Facts { return ir.Facts{JSON: ir.IsJSON} }

// Facts gives the layout of the array.
func (JSONStrings) Facts(*types.Type, []*ir.Expr) ir.Facts { return ir.Facts{Node: textsNode} }

// compiled returns a path that package check has compiled before.
func compiled(p *jsonfunc.Path, err error) *jsonfunc.Path {
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return p
}

// textAt makes a text of what read finds in x; empty and failed give the value where it finds nothing, and where
// there is an error.
func textAt(
	x code.Code, read func(dst, text []byte) ([]byte, jsonfunc.Outcome), empty, failed func(*code.Frame) ([]byte, bool),
) code.Code {
	return code.Code{Type: stringType, Text: func(f *code.Frame) ([]byte, bool) {
		t, ok := x.Text(f)
		if !ok {
			return nil, false
		}
		n := len(f.Buf)
		b, outcome := read(f.Buf, t)
		switch outcome {
		case jsonfunc.Found:
			f.Buf = b
			return f.Since(n), true
		case jsonfunc.Empty:
			return empty(f)
		}
		return failed(f)
	}}
}

// constantText gives a text, NULL for "".
func constantText(s string) func(*code.Frame) ([]byte, bool) {
	v := []byte(s)
	return func(*code.Frame) ([]byte, bool) { return v, len(v) > 0 }
}
