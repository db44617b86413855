package decode

import (
	"fmt"

	"github.com/railtwin/digitaltwin/internal/extract/row"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// column is a node of the layout as the decoders need it: a column, a field, an element or a value.
type column struct {
	name  string
	kind  types.Kind
	typ   *types.Type
	cell  int
	cells int // of itself and, of a ROW, its fields

	fields []*column      // of ROW, and of the root, which has no cell of its own
	index  map[string]int // of fields by name
	object int            // number of the ROW, the root being 0

	millis bool // a time has no more digits than milliseconds

	elem  *column // of ARRAY and MAP
	arena int
	width int
}

// newColumns compiles the columns of a table into a ROW of them.
func newColumns(l *row.Layout) (*column, error) {
	root := &column{kind: types.Row, cells: l.Width}
	return root, root.addFields(l.Columns)
}

func newColumn(n *row.Node) (*column, error) {
	c := &column{
		name: n.Name, kind: n.Type.Kind, typ: n.Type, cell: n.Cell, cells: 1,
		arena: n.Arena, width: n.Width,
	}
	switch c.kind {
	case types.Boolean, types.Int, types.BigInt, types.Double, types.Decimal, types.String, types.Bytes,
		types.Date, types.Time, types.Timestamp, types.TimestampLTZ:
	case types.Array, types.Map:
		elem, err := newColumn(n.Elem)
		if err != nil {
			return nil, err
		}
		c.elem = elem
		if c.kind == types.Map {
			elem.cutTimes()
		}
	case types.Row:
		if err := c.addFields(n.Fields); err != nil {
			return nil, err
		}
		for _, f := range c.fields {
			c.cells += f.cells
		}
	default:
		return nil, fmt.Errorf("type %s cannot be read from a record", n.Type)
	}
	return c, nil
}

// cutTimes cuts times at or below c to milliseconds where they are declared with no more digits. Flink does it
// to what lies in a MAP, which it brings into a binary form between two operators.
func (c *column) cutTimes() {
	c.millis = c.typ.Precision <= 3
	if c.elem != nil {
		c.elem.cutTimes()
	}
	for _, f := range c.fields {
		f.cutTimes()
	}
}

func (c *column) addFields(nodes []*row.Node) error {
	c.index = make(map[string]int, len(nodes))
	for i, n := range nodes {
		if _, twice := c.index[n.Name]; twice {
			return fmt.Errorf("column %q is declared twice", n.Name)
		}
		f, err := newColumn(n)
		if err != nil {
			return fmt.Errorf("column %q: %w", n.Name, err)
		}
		c.fields = append(c.fields, f)
		c.index[n.Name] = i
	}
	return nil
}

// null makes the value NULL within the cells of its row, and so all of its fields.
func (c *column) null(cells []row.Cell) { clear(cells[c.cell : c.cell+c.cells]) }

// grow appends one element to the arena and returns where its cells begin.
func (c *column) grow(rec *row.Record) int {
	arena := rec.Arenas[c.arena]
	at := len(arena)
	if at+c.width <= cap(arena) {
		arena = arena[:at+c.width]
	} else {
		arena = append(arena, make([]row.Cell, c.width)...)
	}
	rec.Arenas[c.arena] = arena
	return at
}

// has tells whether kind occurs at or below c.
func (c *column) has(kind types.Kind) bool {
	if c.kind == kind || c.elem != nil && c.elem.has(kind) {
		return true
	}
	for _, f := range c.fields {
		if f.has(kind) {
			return true
		}
	}
	return false
}

// number numbers the ROWs at and below c from next on and returns the number behind the last one.
func (c *column) number(next int) int {
	if c.kind == types.Row {
		c.object = next
		next++
	}
	for _, f := range c.fields {
		next = f.number(next)
	}
	if c.elem != nil {
		next = c.elem.number(next)
	}
	return next
}
