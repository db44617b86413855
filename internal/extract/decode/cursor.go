package decode

import (
	"bytes"
	"strconv"

	"github.com/railtwin/digitaltwin/internal/extract/row"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// cursor is the algorithm of Flink's JSON decoder: every declared value takes the token that the
// tokenizer stands on, whatever it is, and leaves it on the last token that it used. Where shape and
// schema differ the two run out of step, and everything that follows depends on taking exactly the
// same tokens as Flink does. So the steps here are Flink's and not to be improved.
type cursor struct {
	tokenizer
	opts     *jsonFormat
	rec      *row.Record
	sink     Sink
	skipRows int // rows that the scanner has delivered already

	path     []step
	problems []Problem
	syntax   *failure // the first syntax error of the record
	misled   *Problem // the first value that has misled the cursor
}

// step is one part of the path to the value at hand.
type step struct {
	name  string
	ofMap bool
	key   []byte // of a MAP
	index int    // of an ARRAY, where name is empty
}

// maxProblems bounds what is told of the columns of one row.
const maxProblems = 16

// run decodes the message in the tokenizer.
func (c *cursor) run() {
	if f := c.advance(); f != nil {
		c.reject(f)
		return
	}
	switch c.tok {
	case startObject:
		if c.row() {
			secondValue(c.p, c.i, c.sink)
		}
	case startArray:
		for c.element() {
		}
		if c.tok == endArray && c.scope().kind == rootScope {
			secondValue(c.p, c.i, c.sink)
		}
	case noToken:
		c.reject(c.failAt(len(c.p), "there is no JSON in the message"))
	default:
		c.reject(&failure{offset: c.start, detail: "a " + c.describe() +
			" where an object, or an array of objects, is expected"})
	}
}

// element decodes the next element of a root array and tells whether there may be more.
func (c *cursor) element() bool {
	if f := c.advance(); f != nil {
		c.reject(f)
		return false
	}
	switch c.tok {
	case endArray:
		return false
	case startObject:
		return c.row()
	}
	// Flink passes null on for an element that gives no row, which fails behind the decoder; the failure
	// is swallowed with the rest of the array.
	c.reject(&failure{offset: c.start, detail: "a " + c.describe() +
		" as an element of the array; nothing after it is read"})
	return false
}

// row decodes one row and delivers it. It is false if there is none, which ends the record.
func (c *cursor) row() bool {
	c.rec.Reset()
	c.path, c.problems = c.path[:0], c.problems[:0]
	f := c.fields(c.opts.root, c.rec.Cells)
	if f != nil {
		c.reject(f)
		return false
	}
	if c.skipRows > 0 {
		c.skipRows--
		return true
	}
	for _, p := range c.problems {
		c.sink.Problem(p)
	}
	c.sink.Row()
	return true
}

// reject tells that the record gives no further row. Behind a syntax error, and behind a container that
// has misled the cursor, everything may look wrong, so what is told is the first of them.
func (c *cursor) reject(f *failure) {
	p := Problem{Offset: f.offset, Detail: f.detail}
	switch {
	case f.fatal && !f.lost:
	case c.syntax != nil:
		p.Offset, p.Detail = c.syntax.offset, c.syntax.detail
	case f.lost && c.misled != nil:
		p.Offset, p.Detail = c.misled.Offset, "column "+c.misled.Column+": "+c.misled.Detail+"; "+f.detail
	case !f.syntax && len(c.path) > 0:
		p.Detail = "column " + c.pathText() + ": " + f.detail
	}
	c.sink.Problem(p)
}

// astray is the failure where the cursor has come out of step with the containers for good.
func (c *cursor) astray() *failure {
	return &failure{offset: c.i, lost: true, detail: "with it Flink loses its place, and the record"}
}

// runaway is astray where Flink never notices.
func (c *cursor) runaway() *failure {
	return &failure{offset: len(c.p), lost: true, fatal: true,
		detail: "with it Flink loses its place, and reads on behind the end of the record for ever"}
}

// value decodes the value at the cursor into the cell of col. With ignore-parse-errors it only fails
// where the whole record does.
func (c *cursor) value(col *column, cells []row.Cell) *failure {
	col.null(cells)
	if c.tok == noToken || c.tok == nullToken {
		return nil
	}
	depth := len(c.path)
	f := c.notNull(col, cells)
	if f == nil || !c.opts.ignore || f.fatal {
		return f
	}
	col.null(cells)
	c.note(f)
	c.path = c.path[:depth]
	return nil
}

// note keeps a failure that only costs a column its value.
func (c *cursor) note(f *failure) {
	if f.syntax && c.syntax == nil {
		c.syntax = f
	}
	p := Problem{Column: c.pathText(), Offset: f.offset, Detail: f.detail}
	if f.misleads && c.misled == nil {
		c.misled = &p
	}
	switch n := len(c.problems); {
	case n < maxProblems:
		c.problems = append(c.problems, p)
	case n == maxProblems:
		p.Detail = "and further columns of this row"
		c.problems = append(c.problems, p)
	}
}

func (c *cursor) notNull(col *column, cells []row.Cell) *failure {
	cell := &cells[col.cell]
	switch col.kind {
	case types.Row:
		if f := c.fields(col, cells); f != nil {
			return f
		}
		cell.Valid = true
		return nil
	case types.Array:
		return c.array(col, cell)
	case types.Map:
		return c.entries(col, cell)
	case types.String:
		if c.tok == startObject || c.tok == startArray {
			return c.treeText(cell)
		}
	case types.Bytes:
		return c.binary(cell)
	}
	return c.scalar(col, cell)
}

// misfit is the failure of a container that is none, or of the wrong kind.
func (c *cursor) misfit(want string) *failure {
	return &failure{
		offset: c.start, detail: "a " + c.describe() + " where " + want + " is declared",
		misleads: c.tok == startObject || c.tok == startArray,
	}
}

func (c *cursor) describe() string {
	switch c.tok {
	case startObject:
		return "JSON object"
	case startArray:
		return "JSON array"
	case stringToken:
		return "JSON string"
	case intToken, floatToken:
		return "JSON number"
	case trueToken, falseToken:
		return "JSON boolean"
	case nullToken:
		return "JSON null"
	case fieldName:
		return "name"
	}
	return "bracket"
}

// pathText is the path to the value at hand, such as axles[2].bearingTempC or m['k'].
func (c *cursor) pathText() string {
	var b bytes.Buffer
	for _, s := range c.path {
		switch {
		case s.ofMap:
			b.WriteString("['" + string(s.key) + "']")
		case s.name == "":
			b.WriteString("[" + strconv.Itoa(s.index) + "]")
		default:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(s.name)
		}
	}
	return b.String()
}
