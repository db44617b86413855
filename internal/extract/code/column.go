package code

import (
	"github.com/railtwin/digitaltwin/internal/extract/row"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// Column reads the node of the current row of a scope.
func Column(scope, table int, n *row.Node) Code {
	i := n.Cell
	c := Code{Type: n.Type, Node: n, Table: table, Place: &Place{scope, i}}
	c.Cell = func(f *Frame) []row.Cell { return f.Rows[scope][i:] }
	switch n.Type.Kind {
	case types.Boolean:
		c.Bool = func(f *Frame) Tri { return cellBool(&f.Rows[scope][i]) }
	case types.Int, types.BigInt:
		c.Int = func(f *Frame) (int64, bool) { x := &f.Rows[scope][i]; return x.Int(), x.Valid }
	case types.Date, types.Time:
		c.Int = func(f *Frame) (int64, bool) { x := &f.Rows[scope][i]; return x.N, x.Valid }
	case types.Double:
		c.Double = func(f *Frame) (float64, bool) { x := &f.Rows[scope][i]; return x.Double(), x.Valid }
	case types.String, types.Bytes, types.Decimal:
		c.Text = func(f *Frame) ([]byte, bool) { x := &f.Rows[scope][i]; return x.Text, x.Valid }
	case types.Timestamp, types.TimestampLTZ:
		c.Time = func(f *Frame) (Instant, bool) { x := &f.Rows[scope][i]; return Instant{x.N, x.Aux}, x.Valid }
	case types.Array, types.Map:
		c.Elems = func(f *Frame) ([]row.Cell, bool) { return elements(f, table, n, &f.Rows[scope][i]) }
	}
	return c
}

// at reads the node n wherever cell finds it; nil is NULL.
func at(n *row.Node, table int, cell func(*Frame) []row.Cell) Code {
	c := Code{Type: n.Type, Node: n, Table: table, Cell: cell}
	one := func(f *Frame) *row.Cell {
		if x := cell(f); x != nil {
			return &x[0]
		}
		return &null
	}
	switch n.Type.Kind {
	case types.Boolean:
		c.Bool = func(f *Frame) Tri { return cellBool(one(f)) }
	case types.Int, types.BigInt:
		c.Int = func(f *Frame) (int64, bool) { x := one(f); return x.Int(), x.Valid }
	case types.Date, types.Time:
		c.Int = func(f *Frame) (int64, bool) { x := one(f); return x.N, x.Valid }
	case types.Double:
		c.Double = func(f *Frame) (float64, bool) { x := one(f); return x.Double(), x.Valid }
	case types.String, types.Bytes, types.Decimal:
		c.Text = func(f *Frame) ([]byte, bool) { x := one(f); return x.Text, x.Valid }
	case types.Timestamp, types.TimestampLTZ:
		c.Time = func(f *Frame) (Instant, bool) { x := one(f); return Instant{x.N, x.Aux}, x.Valid }
	case types.Array, types.Map:
		c.Elems = func(f *Frame) ([]row.Cell, bool) { return elements(f, table, n, one(f)) }
	}
	return c
}

var null row.Cell

func cellBool(x *row.Cell) Tri {
	if !x.Valid {
		return Unknown
	}
	return TriOf(x.N != 0)
}

func elements(f *Frame, table int, n *row.Node, x *row.Cell) ([]row.Cell, bool) {
	if !x.Valid {
		return nil, false
	}
	arena := f.Records[table].Arenas[n.Arena]
	return arena[x.N : x.N+int64(x.Aux)*int64(n.Width)], true
}

// Field reads a field of a ROW; the field of a NULL row is NULL.
func Field(x Code, field *row.Node) Code {
	offset := field.Cell - x.Node.Cell
	return at(field, x.Table, func(f *Frame) []row.Cell {
		c := x.Cell(f)
		if c == nil || !c[0].Valid {
			return nil
		}
		return c[offset:]
	})
}

// Item reads array[i], counted from 1; out of range is NULL.
func Item(x, index Code) Code {
	width := x.Node.Width
	return at(x.Node.Elem, x.Table, func(f *Frame) []row.Cell {
		elems, ok := x.Elems(f)
		i, ok2 := index.Int(f)
		if !ok || !ok2 || i < 1 || i > int64(len(elems)/width) {
			return nil
		}
		return elems[int(i-1)*width:]
	})
}

// Lookup reads map['key']; a missing key is NULL.
func Lookup(x, key Code) Code {
	width := x.Node.Width
	return at(x.Node.Elem, x.Table, func(f *Frame) []row.Cell {
		elems, ok := x.Elems(f)
		k, ok2 := key.Text(f)
		if !ok || !ok2 {
			return nil
		}
		for i := 0; i < len(elems); i += width {
			if elems[i].Valid && string(elems[i].Text) == string(k) {
				return elems[i+1:]
			}
		}
		return nil
	})
}

// Cardinality counts the elements of an ARRAY or MAP.
func Cardinality(x Code) Code {
	width := x.Node.Width
	return Code{Type: &types.Type{Kind: types.Int}, Int: func(f *Frame) (int64, bool) {
		elems, ok := x.Elems(f)
		return int64(len(elems) / width), ok
	}}
}

// Ordinal reads the number of the current element of a scope, as WITH ORDINALITY gives it. It is
// NULL for the row that LEFT JOIN adds where there is no element.
func Ordinal(scope int) Code {
	return Code{Type: &types.Type{Kind: types.Int}, Int: func(f *Frame) (int64, bool) {
		n := f.Ordinal[scope]
		return n, n > 0
	}}
}
