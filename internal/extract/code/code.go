// Package code is the executable form of expressions: closures that are typed by what they return,
// so that nothing is boxed, composed once at compile time and run over a [Frame].
//
// A [Code] holds the one closure that its type needs (a DOUBLE has Double, a STRING has Text, ..),
// which returns the value and whether it is there: false is SQL's NULL. No expression can fail;
// what could throw in Flink is refused by package check. Texts that a closure makes live in the
// frame's buffer until the next record.
package code

import (
	"github.com/railtwin/digitaltwin/internal/extract/row"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// Code is a compiled expression. Of the closures, the one that belongs to Type is set.
type Code struct {
	Type  *types.Type
	Const bool // depends on no column

	Bool   func(*Frame) Tri                // BOOLEAN
	Int    func(*Frame) (int64, bool)      // INT, BIGINT, DATE (days), TIME (ms), INTERVAL (ms)
	Double func(*Frame) (float64, bool)    // DOUBLE
	Text   func(*Frame) ([]byte, bool)     // STRING, BYTES; DECIMAL in plain notation with exactly its scale
	Time   func(*Frame) (Instant, bool)    // TIMESTAMP, TIMESTAMP_LTZ
	Elems  func(*Frame) ([]row.Cell, bool) // ARRAY, MAP: the cells of all elements, Node.Width each
	// the cell of a column or element and those after it; nil is NULL. ROW has only this
	Cell func(*Frame) []row.Cell

	Place *Place    // of a column of the current row of a scope; nil of what is computed or lies deeper
	Node  *row.Node // layout of an ARRAY, MAP or ROW, and of a column
	Table int       // whose arenas hold what lies deeper

	ByteOrder bool // a STRING is ordered by its bytes, not as a Java string
}

// Place is where a column lies: a cell of the current row of a scope.
type Place struct{ Scope, Cell int }

// Instant is a point in time: milliseconds since 1970, and the nanoseconds within the millisecond.
type Instant struct {
	Ms int64
	Ns int32
}

// Compare orders instants.
func (a Instant) Compare(b Instant) int {
	if a.Ms != b.Ms {
		return order(a.Ms, b.Ms)
	}
	return order(a.Ns, b.Ns)
}

// Tri is a truth value of SQL's three-valued logic.
type Tri uint8

// The truth values.
const (
	Unknown Tri = iota
	False
	True
)

// TriOf turns a Go truth value into SQL's.
func TriOf(b bool) Tri {
	if b {
		return True
	}
	return False
}

// Not is SQL's NOT.
func (t Tri) Not() Tri {
	switch t {
	case True:
		return False
	case False:
		return True
	}
	return Unknown
}

// Frame is the state of one run of a program. It belongs to one goroutine.
type Frame struct {
	Records []*row.Record // by table
	Rows    [][]row.Cell  // the current row of each scope
	Ordinal []int64       // its number within its array, from 1
	Buf     []byte        // texts made for this record

	// Cells are the elements of arrays made for this record.
	Cells []row.Cell

	// Nested holds a text under construction for each level of JSON_OBJECT within JSON_OBJECT, Depth
	// of which are open.
	Nested []*[]byte
	Depth  int

	clock uint64
	epoch []uint64
	memo  []memo
}

// NewFrame returns the state for a program with so many scopes and memoised expressions.
func NewFrame(records []*row.Record, scopes, memos int) *Frame {
	return &Frame{
		Records: records, Rows: make([][]row.Cell, scopes), Ordinal: make([]int64, scopes),
		epoch: make([]uint64, scopes), memo: make([]memo, memos),
	}
}

// Advance makes cells the current row of a scope. What was memoised of its former row is forgotten.
func (f *Frame) Advance(scope int, cells []row.Cell, ordinal int64) {
	f.clock++
	f.epoch[scope] = f.clock
	f.Rows[scope] = cells
	f.Ordinal[scope] = ordinal
}

// Since returns the text that was appended to the buffer after it had length n.
func (f *Frame) Since(n int) []byte { return f.Buf[n:len(f.Buf):len(f.Buf)] }

// IsNull returns a closure that tells whether c is NULL.
func IsNull(c Code) func(*Frame) bool {
	switch {
	case c.Cell != nil:
		return func(f *Frame) bool { x := c.Cell(f); return x == nil || !x[0].Valid }
	case c.Bool != nil:
		return func(f *Frame) bool { return c.Bool(f) == Unknown }
	case c.Int != nil:
		return func(f *Frame) bool { _, ok := c.Int(f); return !ok }
	case c.Double != nil:
		return func(f *Frame) bool { _, ok := c.Double(f); return !ok }
	case c.Text != nil:
		return func(f *Frame) bool { _, ok := c.Text(f); return !ok }
	case c.Time != nil:
		return func(f *Frame) bool { _, ok := c.Time(f); return !ok }
	case c.Elems != nil:
		return func(f *Frame) bool { _, ok := c.Elems(f); return !ok }
	}
	panic("BUG: code without a closure")
}

func order[T int32 | int64 | float64](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
