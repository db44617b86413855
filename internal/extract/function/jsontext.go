package function

import (
	"bytes"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/row"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/jsontext"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// HoldsBytes reports whether a type is or holds BYTES, of which Flink makes base64 in JSON text.
func HoldsBytes(t *types.Type) bool {
	return t.Kind == types.Bytes || t.Elem != nil && HoldsBytes(t.Elem) ||
		slices.ContainsFunc(t.Fields, func(f types.Field) bool { return HoldsBytes(f.Type) })
}

// NotJSON says what to do with a type that the JSON functions of Flink refuse, "" for the others.
func NotJSON(t *types.Type) string {
	switch t.Kind {
	case types.Date, types.Time, types.Interval:
		return "write JSON_STRING(CAST(x AS STRING))"
	case types.Bytes:
		return "declare STRING"
	}
	if t.Elem != nil {
		return NotJSON(t.Elem)
	}
	for _, f := range t.Fields {
		if why := NotJSON(f.Type); why != "" {
			return why
		}
	}
	return ""
}

// JSONText is the JSON text of x, NULL for NULL. NaN and the infinities become the texts that Flink
// writes for them, in quotes.
func JSONText(x code.Code) code.Code {
	out := code.Code{Type: stringType}
	if out.Text = columnText(x); out.Text != nil {
		return out
	}
	if read := numberText(x); read != nil {
		out.Text = func(f *code.Frame) ([]byte, bool) {
			text, c := read(f)
			if text != nil || c == nil {
				return text, c != nil
			}
			n := len(f.Buf)
			f.Buf = appendCell(f, f.Buf, x.Node, x.Table, c)
			return f.Since(n), true
		}
		return out
	}
	write := AppendJSON(x)
	out.Text = func(f *code.Frame) ([]byte, bool) {
		start, ok := write(f, &f.Buf)
		if !ok {
			return nil, false
		}
		return f.Since(start), true
	}
	return out
}

// columnText is the JSON text of a number that is a column: what most rows deliver. It is nil for
// anything else.
func columnText(x code.Code) func(*code.Frame) ([]byte, bool) {
	if x.Place == nil {
		return nil
	}
	scope, i := x.Place.Scope, x.Place.Cell
	switch x.Type.Kind {
	case types.Int, types.BigInt:
		return func(f *code.Frame) ([]byte, bool) {
			c := &f.Rows[scope][i]
			if text := c.JSONInt(); text != nil || !c.Valid {
				return text, c.Valid
			}
			n := len(f.Buf)
			f.Buf = strconv.AppendInt(f.Buf, c.Int(), 10)
			return f.Since(n), true
		}
	case types.Double:
		return func(f *code.Frame) ([]byte, bool) {
			c := &f.Rows[scope][i]
			if text := c.JSONDouble(); text != nil || !c.Valid {
				return text, c.Valid
			}
			n := len(f.Buf)
			f.Buf = AppendDouble(f.Buf, c.Double())
			return f.Since(n), true
		}
	}
	return nil
}

// numberText reads a number of the record as it stands there, where that is its JSON text already;
// otherwise its cell, which is nil for NULL. It is nil where x is no number of the record.
func numberText(x code.Code) func(*code.Frame) ([]byte, []row.Cell) {
	if x.Cell == nil || x.Type.Kind != types.Double && x.Type.Kind != types.Int && x.Type.Kind != types.BigInt {
		return nil
	}
	text := (*row.Cell).JSONInt
	if x.Type.Kind == types.Double {
		text = (*row.Cell).JSONDouble
	}
	return func(f *code.Frame) ([]byte, []row.Cell) {
		cells := x.Cell(f)
		if cells == nil || !cells[0].Valid {
			return nil, nil
		}
		return text(&cells[0]), cells
	}
}

// AppendDouble appends the JSON text of v; NaN and the infinities as Flink writes them, in quotes.
func AppendDouble(dst []byte, v float64) []byte {
	if b, ok := jsontext.AppendDouble(dst, v); ok {
		return b
	}
	switch {
	case math.IsNaN(v):
		return append(dst, `"NaN"`...)
	case v > 0:
		return append(dst, `"Infinity"`...)
	}
	return append(dst, `"-Infinity"`...)
}

// AppendJSON returns what appends the JSON text of x to dst, and reports where it begins and whether x
// is not NULL. It computes x before it looks at dst, because what computes x may lengthen the
// frame's buffer, which dst may be.
func AppendJSON(x code.Code) func(f *code.Frame, dst *[]byte) (start int, ok bool) {
	if read := numberText(x); read != nil {
		return func(f *code.Frame, dst *[]byte) (int, bool) {
			text, c := read(f)
			start := len(*dst)
			switch {
			case text != nil:
				*dst = append(*dst, text...)
			case c != nil:
				*dst = appendCell(f, *dst, x.Node, x.Table, c)
			}
			return start, c != nil
		}
	}
	switch x.Type.Kind {
	case types.Boolean:
		return func(f *code.Frame, dst *[]byte) (int, bool) {
			v := x.Bool(f)
			start := len(*dst)
			if v != code.Unknown {
				*dst = strconv.AppendBool(*dst, v == code.True)
			}
			return start, v != code.Unknown
		}
	case types.Int, types.BigInt:
		return func(f *code.Frame, dst *[]byte) (int, bool) {
			v, ok := x.Int(f)
			start := len(*dst)
			if ok {
				*dst = strconv.AppendInt(*dst, v, 10)
			}
			return start, ok
		}
	case types.Double:
		return func(f *code.Frame, dst *[]byte) (int, bool) {
			v, ok := x.Double(f)
			start := len(*dst)
			if ok {
				*dst = AppendDouble(*dst, v)
			}
			return start, ok
		}
	case types.Decimal:
		return func(f *code.Frame, dst *[]byte) (int, bool) {
			v, ok := x.Text(f)
			start := len(*dst)
			if ok {
				*dst = jsontext.AppendDecimal(*dst, v)
			}
			return start, ok
		}
	case types.String:
		return func(f *code.Frame, dst *[]byte) (int, bool) {
			v, ok := x.Text(f)
			start := len(*dst)
			if ok {
				*dst = jsontext.AppendString(*dst, v)
			}
			return start, ok
		}
	case types.Timestamp, types.TimestampLTZ:
		write := jsontext.AppendTimestamp
		if x.Type.Kind == types.TimestampLTZ {
			write = jsontext.AppendTimestampLTZ
		}
		return func(f *code.Frame, dst *[]byte) (int, bool) {
			v, ok := x.Time(f)
			start := len(*dst)
			if ok {
				*dst = write(*dst, v.Ms, v.Ns)
			}
			return start, ok
		}
	case types.Row:
		return func(f *code.Frame, dst *[]byte) (int, bool) {
			cells := x.Cell(f)
			if cells == nil || !cells[0].Valid {
				return 0, false
			}
			start := len(*dst)
			*dst = appendCell(f, *dst, x.Node, x.Table, cells)
			return start, true
		}
	case types.Array, types.Map:
		return func(f *code.Frame, dst *[]byte) (int, bool) {
			elems, ok := x.Elems(f)
			start := len(*dst)
			if ok {
				*dst = appendElements(f, *dst, x.Node, x.Table, elems)
			}
			return start, ok
		}
	}
	panic("BUG: JSON text of " + x.Type.String())
}

// appendCell appends the value that begins at cells[0].
func appendCell(f *code.Frame, dst []byte, n *row.Node, table int, cells []row.Cell) []byte {
	c := &cells[0]
	if !c.Valid {
		return append(dst, "null"...)
	}
	switch n.Type.Kind {
	case types.Boolean:
		return strconv.AppendBool(dst, c.N != 0)
	case types.Int, types.BigInt:
		return strconv.AppendInt(dst, c.Int(), 10)
	case types.Double:
		return AppendDouble(dst, c.Double())
	case types.Decimal:
		return jsontext.AppendDecimal(dst, c.Text)
	case types.Timestamp:
		return jsontext.AppendTimestamp(dst, c.N, c.Aux)
	case types.TimestampLTZ:
		return jsontext.AppendTimestampLTZ(dst, c.N, c.Aux)
	case types.Array, types.Map:
		arena := f.Records[table].Arenas[n.Arena]
		return appendElements(f, dst, n, table, arena[c.N:c.N+int64(c.Aux)*int64(n.Width)])
	case types.Row:
		dst = append(dst, '{')
		for i, field := range sortedFields(n.Fields) {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(jsontext.AppendString(dst, []byte(field.Name)), ':')
			dst = appendCell(f, dst, field, table, cells[field.Cell-n.Cell:])
		}
		return append(dst, '}')
	}
	return jsontext.AppendString(dst, c.Text)
}

// sortedFields returns fields in the order in which Flink writes them: by name.
func sortedFields(fields []*row.Node) []*row.Node {
	out := slices.Clone(fields)
	slices.SortFunc(out, func(a, b *row.Node) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func appendElements(f *code.Frame, dst []byte, n *row.Node, table int, elems []row.Cell) []byte {
	if n.Type.Kind == types.Map {
		return appendEntries(f, dst, n, table, elems)
	}
	dst = append(dst, '[')
	for i := 0; i < len(elems); i += n.Width {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendCell(f, dst, n.Elem, table, elems[i:])
	}
	return append(dst, ']')
}

// appendEntries writes the entries of a MAP sorted by key.
func appendEntries(f *code.Frame, dst []byte, n *row.Node, table int, elems []row.Cell) []byte {
	var order []int
	for i := 0; i < len(elems); i += n.Width {
		order = append(order, i)
	}
	slices.SortFunc(order, func(a, b int) int { return bytes.Compare(elems[a].Text, elems[b].Text) })
	dst = append(dst, '{')
	for k, i := range order {
		if k > 0 {
			dst = append(dst, ',')
		}
		dst = append(jsontext.AppendString(dst, elems[i].Text), ':')
		dst = appendCell(f, dst, n.Elem, table, elems[i+1:])
	}
	return append(dst, '}')
}
