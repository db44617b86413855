// Package row is the memory that a record is decoded into: flat, typed, reused, and never boxed.
//
// A [Layout] is made once from the declared columns. Every scalar has a [Cell] of its own; a ROW has
// one cell that only says whether it is there, followed by the cells of its fields. The elements of
// an ARRAY and the entries of a MAP lie one after the other in an arena of that node, Width cells
// each, and the cell of the ARRAY says where they begin and how many they are. So a record with
// nested arrays is a row of cells and one growing slice for each array in the schema, all of which
// live from record to record in a [Record].
package row

import "github.com/railtwin/digitaltwin/internal/extract/types"

// Cell is one value. Which of its fields count depends on the type of its node:
//
//	BOOLEAN                  N 0 or 1
//	INT, BIGINT              N the number
//	DOUBLE                   F the number
//	DECIMAL                  Text in plain notation with exactly its scale, such as 12.30
//	STRING, BYTES            Text
//	DATE                     N days since 1970-01-01
//	TIME                     N milliseconds of the day
//	TIMESTAMP, TIMESTAMP_LTZ N milliseconds since 1970-01-01T00:00:00(Z), Aux nanoseconds within the millisecond
//	ARRAY, MAP               N index of the first cell in the arena of its node, Aux number of elements
//	ROW                      nothing but Valid; the cells of the fields follow
//
// INT, BIGINT and DOUBLE are read by [Cell.Int] and [Cell.Double]: as long as Aux is not 0, the number is
// not converted yet, see [Cell.Defer]. Of one that is and came from a JSON number, Text is the source
// text where it already is the canonical JSON text of the value (82.4, not 82.40 or 54 for a DOUBLE),
// and nil otherwise, so that a delivered number can be copied instead of formatted.
type Cell struct {
	Valid bool // false is NULL
	Aux   int32
	N     int64
	F     float64
	Text  []byte
}

// Node is one column, field, element, key or value of the schema.
type Node struct {
	Name   string // of a column or field
	Type   *types.Type
	Cell   int     // index of its cell within its row: the record's, or the element's
	Fields []*Node // of ROW
	Elem   *Node   // of ARRAY and MAP: the element; its Cell is 0 (MAP: 1, after the key)
	Arena  int     // of ARRAY and MAP: which arena of the Record holds the elements
	Width  int     // of ARRAY and MAP: cells of one element; of MAP with its key, which is cell 0
}

// Layout says where the declared columns lie.
type Layout struct {
	Columns []*Node
	Width   int // cells of a row
	Arenas  int
}

// NewLayout lays the physical columns of a table out.
func NewLayout(columns []types.Field) *Layout {
	l := &Layout{}
	for _, c := range columns {
		l.Columns = append(l.Columns, l.node(c, &l.Width))
	}
	return l
}

func (l *Layout) node(f types.Field, width *int) *Node {
	n := &Node{Name: f.Name, Type: f.Type, Cell: *width}
	*width++
	switch f.Type.Kind {
	case types.Row:
		for _, ff := range f.Type.Fields {
			n.Fields = append(n.Fields, l.node(ff, width))
		}
	case types.Array, types.Map:
		n.Arena = l.Arenas
		l.Arenas++
		if f.Type.Kind == types.Map {
			n.Width = 1
		}
		n.Elem = l.node(types.Field{Type: f.Type.Elem}, &n.Width)
	}
	return n
}

// Record is the memory of the rows of one message. It is reused: the cells are those of the current
// row; texts point into the message's bytes or into Scratch, and stay until the next message.
type Record struct {
	Cells   []Cell   // Layout.Width
	Arenas  [][]Cell // Layout.Arenas, each a multiple of its node's Width; zero behind its length
	Scratch []byte   // unescaped text
	Memory  any      // what the decoder keeps from message to message to be faster; no result depends on it
}

// NewRecord returns memory for rows of layout l.
func NewRecord(l *Layout) *Record {
	return &Record{Cells: make([]Cell, l.Width), Arenas: make([][]Cell, l.Arenas)}
}

// Reset makes every cell NULL and every arena empty, for the next row of the message.
func (r *Record) Reset() {
	clear(r.Cells)
	for i, arena := range r.Arenas {
		clear(arena)
		r.Arenas[i] = arena[:0]
	}
}
