package decode

import (
	"bytes"
	"fmt"
	"strconv"
	"sync"

	"github.com/railtwin/digitaltwin/internal/extract/row"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/datetime"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/java"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/number"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// csvFormat is the format 'csv': the first line of a message, its fields by position.
type csvFormat struct {
	csvSyntax
	root    *column
	ignore  bool
	readers sync.Pool
}

func newCSV(l *row.Layout, options Options) (*csvFormat, error) {
	syntax, err := options.CSV.syntax()
	if err != nil {
		return nil, err
	}
	root, err := newColumns(l)
	if err != nil {
		return nil, err
	}
	for _, c := range root.fields {
		for _, part := range append(c.fields, c.elem) {
			if c.kind == types.Map || part != nil && (part.elem != nil || part.kind == types.Row) {
				return nil, fmt.Errorf("column %q: csv has no %s; take it as STRING", c.name, c.typ)
			}
		}
	}
	f := &csvFormat{csvSyntax: syntax, root: root, ignore: options.IgnoreParseErrors}
	f.readers.New = func() any { return newCSVReader(syntax) }
	return f, nil
}

func (f *csvFormat) decode(msg []byte, rec *row.Record, sink Sink) {
	text, failed := jsonText(msg) // the same detection of encodings
	r := f.readers.Get().(*csvReader)
	r.reset(text)
	w := csvRow{csvReader: r, format: f, rec: rec}
	found := false
	if failed == nil {
		found, failed = w.read()
	}
	switch {
	case failed != nil:
		sink.Problem(Problem{Offset: failed.offset, Detail: failed.detail})
	case found:
		for _, p := range w.problems {
			sink.Problem(p)
		}
		sink.Row()
	}
	r.p = nil
	f.readers.Put(r)
}

// csvRow decodes one row.
type csvRow struct {
	*csvReader
	format   *csvFormat
	rec      *row.Record
	problems []Problem
}

func (w *csvRow) read() (found bool, f *failure) {
	if found, f = w.skipLines(); f != nil || !found {
		if f == nil && !w.format.ignore {
			f = &failure{detail: "there is no line in the message"}
		}
		return false, f
	}
	w.rec.Reset()
	columns := w.format.root.fields
	n := 0
	for {
		more, f := w.next()
		if f != nil {
			return false, f
		}
		if !more {
			break
		}
		if n == len(columns) {
			// One blank field behind the last column is a trailing delimiter, nothing more.
			if len(java.Trim(w.text)) > 0 || !w.ended {
				return false, w.fail("more fields than the table has columns")
			}
			break
		}
		if f := w.column(columns[n]); f != nil {
			return false, f
		}
		n++
	}
	if f := w.endLine(); f != nil {
		return false, f
	}
	if n < len(columns) && !w.format.ignore {
		return false, w.fail("fewer fields than the table has columns")
	}
	if rest := bytes.TrimSpace(w.p[w.i:]); len(rest) > 0 {
		w.problems = append(w.problems, Problem{
			Offset: w.i, Detail: "only the first line of the record is read, and this is another; set framing lines",
		})
	}
	return true, nil
}

// column converts the field at hand.
func (w *csvRow) column(c *column) *failure {
	switch c.kind {
	case types.Array, types.Row:
		return w.parts(c)
	}
	return w.value(c, c.name, w.text, w.rec.Cells)
}

// parts converts a field that holds several values, of an ARRAY or of a ROW.
func (w *csvRow) parts(c *column) *failure {
	cell := &w.rec.Cells[c.cell]
	text, n, more := w.text, 0, len(java.Trim(w.text)) > 0 || bytes.Contains(w.text, w.arrays)
	begin := 0
	if c.kind == types.Array {
		begin = len(w.rec.Arenas[c.arena])
	}
	for ; more; n++ {
		var part []byte
		part, text, more = bytes.Cut(text, w.arrays)
		var f *failure
		switch {
		case c.kind == types.Array:
			at := c.grow(w.rec)
			f = w.value(c.elem, c.name+"["+strconv.Itoa(n)+"]", part, w.rec.Arenas[c.arena][at:at+c.width])
		case n < len(c.fields):
			f = w.value(c.fields[n], c.name+"."+c.fields[n].name, part, w.rec.Cells)
		}
		if f != nil {
			return f
		}
	}
	if c.kind == types.Array {
		*cell = row.Cell{Valid: true, N: int64(begin), Aux: int32(n)}
		return nil
	}
	if n < len(c.fields) && n > 0 && !w.format.ignore {
		return &failure{offset: w.begin, detail: "column " + c.name + ": fewer fields than its ROW has"}
	}
	cell.Valid = n > 0
	return nil
}

// value converts one text into the cell of c, or notes why it is NULL.
func (w *csvRow) value(c *column, path string, text []byte, cells []row.Cell) *failure {
	if w.hasNull && bytes.Equal(text, w.null) {
		return nil
	}
	cell := &cells[c.cell]
	detail := w.convert(c, cell, text)
	if detail == "" {
		return nil
	}
	if !w.format.ignore {
		return &failure{offset: w.begin, detail: "column " + path + ": " + detail}
	}
	*cell = row.Cell{}
	w.problems = append(w.problems, Problem{Column: path, Offset: w.begin, Detail: detail})
	return nil
}

// convert converts text; the detail says why that is not possible.
func (w *csvRow) convert(c *column, cell *row.Cell, text []byte) (detail string) {
	ok := true
	switch c.kind {
	case types.String:
		cell.Text, cell.Valid = w.keep(text), true
	case types.Boolean: // what is not true is false
		if cell.Valid = true; parseBoolean(text) {
			cell.N = 1
		}
	case types.Bytes:
		begin := len(w.rec.Scratch)
		if w.rec.Scratch, ok = appendBase64(w.rec.Scratch, text); ok {
			cell.Text, cell.Valid = w.rec.Scratch[begin:len(w.rec.Scratch):len(w.rec.Scratch)], true
		}
	case types.Decimal:
		begin := len(w.rec.Scratch)
		d, valid := number.ReadDecimal(text)
		d, fits := d.Fit(decimalType(c.typ))
		if ok = valid; ok && !fits {
			w.problems = append(w.problems, Problem{c.name, w.begin, clip(text) + " has too many digits for " + c.typ.String()})
		} else if ok {
			w.rec.Scratch = d.Append(w.rec.Scratch)
			cell.Text, cell.Valid = w.rec.Scratch[begin:len(w.rec.Scratch):len(w.rec.Scratch)], true
		}
	case types.Date:
		cell.N, ok = datetime.ParseSQLDate(text)
		cell.Valid = ok
	case types.Time:
		cell.N, ok = datetime.ParseISOTime(text, c.typ.Precision)
		cell.Valid = ok
	case types.Timestamp, types.TimestampLTZ:
		ok = convertText(c, cell, java.Trim(text), datetime.SQL)
	default:
		ok = convertText(c, cell, text, datetime.SQL)
	}
	if !ok {
		return strconv.Quote(clip(text)) + " does not fit " + c.typ.String()
	}
	return ""
}

// keep returns text as it stands in a row: valid UTF-8 that lives as long as the message.
func (w *csvRow) keep(text []byte) []byte {
	if w.plain {
		return text
	}
	begin := len(w.rec.Scratch)
	w.rec.Scratch = plainUTF8(w.rec.Scratch, text)
	return w.rec.Scratch[begin:len(w.rec.Scratch):len(w.rec.Scratch)]
}
