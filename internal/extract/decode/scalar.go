package decode

import (
	"bytes"
	"strconv"

	"github.com/railtwin/digitaltwin/internal/extract/row"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/datetime"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/java"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/number"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// scalar converts the token at the cursor, which may be any but null, into a cell.
func (c *cursor) scalar(col *column, cell *row.Cell) *failure {
	isNumber := c.tok == intToken || c.tok == floatToken
	switch col.kind {
	case types.String:
		return c.string(cell)
	case types.Boolean:
		return c.boolean(cell)
	case types.Decimal:
		return c.decimal(col.typ, cell)
	case types.Int, types.BigInt:
		if isNumber {
			return c.integer(col, cell)
		}
	case types.Double:
		if isNumber {
			f, _ := strconv.ParseFloat(string(c.number), 64) // out of range is infinity or zero, as in Java
			*cell = row.Cell{Valid: true, F: f}
			if canonicalDouble(c.number) {
				cell.Text = c.number
			}
			return nil
		}
	}
	text, there, f := c.currentText()
	if f != nil {
		return f
	}
	if !there || !convertText(col, cell, text, c.opts.standard) {
		return c.unfit(col.typ, text)
	}
	return nil
}

// convertText converts text as it stands in a JSON string or a CSV field.
func convertText(col *column, cell *row.Cell, text []byte, standard datetime.Standard) (ok bool) {
	switch col.kind {
	case types.Int:
		cell.N, ok = java.ParseInt(java.Trim(text), 32)
	case types.BigInt:
		cell.N, ok = java.ParseInt(java.Trim(text), 64)
	case types.Double:
		cell.F, ok = number.ParseDouble(text)
	case types.Date:
		cell.N, ok = datetime.ParseDate(text)
	case types.Time:
		cell.N, ok = datetime.ParseTime(text)
	case types.Timestamp:
		cell.N, cell.Aux, ok = standard.ParseTimestamp(text, false)
	case types.TimestampLTZ:
		cell.N, cell.Aux, ok = standard.ParseTimestamp(text, true)
	}
	if col.millis {
		cell.Aux = 0
	}
	cell.Valid = ok
	return ok
}

func (c *cursor) string(cell *row.Cell) *failure {
	text, there, f := c.currentText()
	if f != nil {
		return f
	}
	if there {
		cell.Text, cell.Valid = c.keep(text), true
	}
	return nil
}

// keep returns text as it stands in a row: valid UTF-8 that lives as long as the row.
func (c *cursor) keep(text []byte) []byte {
	begin := len(c.rec.Scratch)
	c.rec.Scratch = plainUTF8(c.rec.Scratch, text)
	return c.rec.Scratch[begin:len(c.rec.Scratch):len(c.rec.Scratch)]
}

// boolean never says that a value is none: what is not true is false.
func (c *cursor) boolean(cell *row.Cell) *failure {
	text, there, f := c.currentText()
	if f != nil {
		return f
	}
	if !there {
		return c.unfit(&types.Type{Kind: types.Boolean}, nil)
	}
	cell.Valid = true
	if parseBoolean(text) {
		cell.N = 1
	}
	return nil
}

// parseBoolean is Java's parseBoolean of the trimmed text. Java compares without case by folding
// each character up and down, which a few letters beyond ASCII survive.
func parseBoolean(text []byte) bool { return bytes.EqualFold(java.Trim(text), []byte("true")) }

func (c *cursor) integer(col *column, cell *row.Cell) *failure {
	bits := 64
	if col.kind == types.Int {
		bits = 32
	}
	var ok bool
	if c.tok == intToken {
		if cell.N, ok = java.ParseInt(c.number, bits); ok && string(c.number) != "-0" {
			cell.Text = c.number
		}
	} else {
		cell.N, ok = truncate(c.number, bits)
	}
	if !ok {
		return &failure{offset: c.start, detail: clip(c.number) + " is out of the range of " + col.typ.String()}
	}
	cell.Valid = true
	return nil
}

func (c *cursor) decimal(typ *types.Type, cell *row.Cell) *failure {
	var text []byte
	switch c.tok {
	case stringToken:
		var f *failure
		if text, _, f = c.currentText(); f != nil {
			return f
		}
		text = java.Trim(text)
	case intToken, floatToken:
		text = c.number
	default:
		return c.misfit("a number")
	}
	d, ok := number.ReadDecimal(text)
	if !ok {
		return c.unfit(typ, text)
	}
	if d, ok = d.Fit(decimalType(typ)); !ok {
		c.note(&failure{offset: c.start, detail: clip(text) + " has too many digits for " + typ.String()})
		return nil
	}
	begin := len(c.rec.Scratch)
	c.rec.Scratch = d.Append(c.rec.Scratch)
	cell.Text, cell.Valid = c.rec.Scratch[begin:len(c.rec.Scratch):len(c.rec.Scratch)], true
	return nil
}

func decimalType(t *types.Type) number.DecimalType {
	return number.DecimalType{Precision: t.Precision, Scale: t.Scale}
}

func (c *cursor) unfit(typ *types.Type, text []byte) *failure {
	switch c.tok {
	case stringToken:
		return &failure{offset: c.start, detail: strconv.Quote(clip(text)) + " does not fit " + typ.String()}
	case intToken, floatToken:
		return &failure{offset: c.start, detail: clip(text) + " does not fit " + typ.String()}
	}
	return c.misfit(typ.String())
}

// clip shortens a text for a message.
func clip(text []byte) string {
	if len(text) > 40 {
		return string(text[:40]) + ".."
	}
	return string(text)
}
