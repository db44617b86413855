package function

import (
	"slices"

	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/java"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/jsontext"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// JSONObject is JSON_OBJECT: the arguments are keys, which are different literals, each followed by its value.
// A NULL value is null or, with Absent, left out. The text is never NULL.
type JSONObject struct{ Absent bool }

// JSONArray is JSON_ARRAY: a NULL value is null or, with Absent, left out.
type JSONArray struct{ Absent bool }

// Build implements [ir.Op]: the members come in the order of their keys.
func (o JSONObject) Build(e *ir.Expr, args []code.Code) code.Code {
	type entry struct {
		key string
		member
	}
	var entries []entry
	for i := 0; i < len(args); i += 2 {
		l, _ := e.Args[i].Literal()
		m := valueOf(e.Args[i+1], args[i+1])
		m.prefix = append(jsontext.AppendString(nil, []byte(l.Text)), ':')
		entries = append(entries, entry{l.Text, m})
	}
	slices.SortFunc(entries, func(a, b entry) int { return java.Compare([]byte(a.key), []byte(b.key)) })
	members := make([]member, len(entries))
	for i, e := range entries {
		members[i] = e.member
	}
	return code.Code{Text: construct('{', '}', members, o.Absent)}
}

// Build implements [ir.Op].
func (o JSONArray) Build(e *ir.Expr, args []code.Code) code.Code {
	members := make([]member, len(args))
	for i := range args {
		members[i] = valueOf(e.Args[i], args[i])
	}
	return code.Code{Text: construct('[', ']', members, o.Absent)}
}

// Facts says that it is JSON text, which goes into other JSON text as it is.
func (JSONObject) Facts(*types.Type, []*ir.Expr) ir.Facts { return ir.Facts{JSON: ir.RawJSON} }

// Facts says that it is JSON text, which goes into other JSON text as it is.
func (JSONArray) Facts(*types.Type, []*ir.Expr) ir.Facts { return ir.Facts{JSON: ir.RawJSON} }

// member is one value of an object or array under construction.
type member struct {
	prefix []byte // "key": of an object
	write  func(f *code.Frame, dst *[]byte) (start int, ok bool)
}

// valueOf is the member without a key whose value is e.
func valueOf(e *ir.Expr, c code.Code) member {
	if e.JSON != ir.RawJSON {
		return member{write: AppendJSON(c)}
	}
	return member{write: func(f *code.Frame, dst *[]byte) (int, bool) {
		t, ok := c.Text(f)
		start := len(*dst)
		*dst = append(*dst, t...)
		return start, ok
	}}
}

// construct writes the members in a row. What a member computes may itself lie in the frame's buffer,
// so the text is put together after it.
func construct(open, shut byte, ms []member, absentOnNull bool) func(*code.Frame) ([]byte, bool) {
	return func(f *code.Frame) ([]byte, bool) {
		if f.Depth == len(f.Nested) {
			f.Nested = append(f.Nested, new([]byte))
		}
		b := f.Nested[f.Depth]
		f.Depth++
		*b = append((*b)[:0], open)
		for i := range ms {
			before := len(*b)
			if before > 1 {
				*b = append(*b, ',')
			}
			*b = append(*b, ms[i].prefix...)
			if _, ok := ms[i].write(f, b); ok {
				continue
			}
			if absentOnNull {
				*b = (*b)[:before]
			} else {
				*b = append(*b, "null"...)
			}
		}
		*b = append(*b, shut)
		f.Depth--
		n := len(f.Buf)
		f.Buf = append(f.Buf, *b...)
		return f.Since(n), true
	}
}
