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
	key   []byte // of a MAP
	index int    // of an ARRAY, where name is empty and key nil
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
		c.row()
	case startArray:
		for c.element() {
		}
	case noToken:
		c.reject(c.failAt(len(c.p), "there is no JSON in the message"))
	default:
		c.reject(&failure{offset: c.start, detail: "a " + c.describe() + " where an object, or an array of objects, is expected"})
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
	c.reject(&failure{offset: c.start, detail: "a " + c.describe() + " as an element of the array; nothing behind it is read"})
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

// fields decodes an object into the fields of col. As soon as it has met as many declared names as
// there are fields it looks at no more of them, duplicates included.
func (c *cursor) fields(col *column, cells []row.Cell) *failure {
	if c.tok != startObject {
		return c.misfit("an object")
	}
	arity, seen := len(col.fields), 0
	if f := c.advance(); f != nil {
		return f
	}
	for c.tok != endObject {
		if seen >= arity {
			if f := c.nextField(); f != nil {
				return f
			}
			continue
		}
		name, f := c.currentText()
		if f != nil {
			return f
		}
		index, declared := col.index[string(name)]
		declared = declared && name != nil
		if f := c.advance(); f != nil {
			return f
		}
		if !declared {
			if f := c.nextField(); f != nil {
				return f
			}
			continue
		}
		field := col.fields[index]
		c.path = append(c.path, step{name: field.name})
		if f := c.value(field, cells); f != nil {
			return f
		}
		c.path = c.path[:len(c.path)-1]
		if f := c.advance(); f != nil {
			return f
		}
		seen++
	}
	if seen < arity && c.opts.failOnMissing {
		return &failure{offset: c.start, detail: "a declared field is missing, and fail-on-missing-field is set"}
	}
	return nil
}

// nextField skips the value at the cursor and goes to what follows it.
func (c *cursor) nextField() *failure {
	if c.tok == noToken {
		return c.astray()
	}
	if c.tok == startObject || c.tok == startArray {
		for open := 1; open > 0; {
			if f := c.advance(); f != nil {
				return f
			}
			switch c.tok {
			case startObject, startArray:
				open++
			case endObject, endArray:
				open--
			}
		}
	}
	return c.advance()
}

func (c *cursor) array(col *column, cell *row.Cell) *failure {
	if c.tok != startArray {
		return c.misfit("an array")
	}
	begin := len(c.rec.Arenas[col.arena])
	for n := 0; ; n++ {
		if f := c.advance(); f != nil {
			return f
		}
		switch {
		case c.tok == endArray:
			*cell = row.Cell{Valid: true, N: int64(begin), Aux: int32(n)}
			return nil
		case c.ended():
			return c.runaway()
		}
		at := col.grow(c.rec)
		c.path = append(c.path, step{index: n})
		if f := c.value(col.elem, c.rec.Arenas[col.arena][at:at+col.width]); f != nil {
			return f
		}
		c.path = c.path[:len(c.path)-1]
	}
}

// entries decodes an object into a MAP. Of several entries with one key the last one wins, in the
// place of the first.
func (c *cursor) entries(col *column, cell *row.Cell) *failure {
	if c.tok != startObject {
		return c.misfit("an object")
	}
	keys := make(map[string]int)
	begin := len(c.rec.Arenas[col.arena])
	for {
		if f := c.advance(); f != nil {
			return f
		}
		switch {
		case c.tok == endObject:
			*cell = row.Cell{Valid: true, N: int64(begin), Aux: int32(len(keys))}
			return nil
		case c.ended():
			return c.runaway()
		}
		at := col.grow(c.rec)
		key := &c.rec.Arenas[col.arena][at]
		if f := c.key(key); f != nil {
			return f
		}
		// A NULL key is a key like any other, but not the empty text.
		id := "k" + string(key.Text)
		if !key.Valid {
			id = ""
		}
		if first, again := keys[id]; again {
			clear(c.rec.Arenas[col.arena][at:])
			c.rec.Arenas[col.arena] = c.rec.Arenas[col.arena][:at]
			at = first
		} else {
			keys[id] = at
		}
		if f := c.advance(); f != nil {
			return f
		}
		c.path = append(c.path, step{key: key.Text})
		if f := c.value(col.elem, c.rec.Arenas[col.arena][at:at+col.width]); f != nil {
			return f
		}
		c.path = c.path[:len(c.path)-1]
	}
}

// key takes the token at the cursor, most often a name, for the key of an entry.
func (c *cursor) key(cell *row.Cell) *failure {
	if c.tok == noToken || c.tok == nullToken {
		return nil
	}
	var f *failure
	if c.tok == startObject || c.tok == startArray {
		f = c.treeText(cell)
	} else {
		f = c.string(cell)
	}
	if f != nil && c.opts.ignore && !f.fatal {
		c.note(f)
		return nil
	}
	return f
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
		case s.key != nil:
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
