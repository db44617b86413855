package decode_test

import (
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/railtwin/digitaltwin/internal/extract/decode"
	"github.com/railtwin/digitaltwin/internal/extract/row"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// dumper is a sink that writes what it gets as lines: "> " and the columns of a row, "! " and a problem.
type dumper struct {
	layout *row.Layout
	rec    *row.Record
	lines  []string
}

func newDumper(d *decode.Decoder) *dumper {
	return &dumper{layout: d.Layout(), rec: row.NewRecord(d.Layout())}
}

func (d *dumper) Row() {
	d.lines = append(d.lines, "> "+d.values(d.layout.Columns, d.rec.Cells))
}

func (d *dumper) Problem(p decode.Problem) {
	d.lines = append(d.lines, fmt.Sprintf("! %s@%d %s", p.Column, p.Offset, p.Detail))
}

func (d *dumper) values(nodes []*row.Node, cells []row.Cell) string {
	var s []string
	for _, n := range nodes {
		s = append(s, d.value(n, cells))
	}
	return strings.Join(s, ", ")
}

func (d *dumper) value(n *row.Node, cells []row.Cell) string {
	c := cells[n.Cell]
	switch kind := n.Type.Kind; {
	case !c.Valid && kind == types.Row:
		if strings.Trim(d.values(n.Fields, cells), "NUL, ") != "" {
			return "a NULL row with fields: " + d.values(n.Fields, cells)
		}
		return "NULL"
	case !c.Valid:
		return "NULL"
	case kind == types.Row:
		return "(" + d.values(n.Fields, cells) + ")"
	case kind == types.Array, kind == types.Map:
		return d.elements(n, c)
	case kind == types.Boolean:
		return strconv.FormatBool(c.N == 1)
	case kind == types.Double:
		text := c.JSONDouble()
		s := strconv.FormatFloat(c.Double(), 'g', -1, 64)
		if string(text) != string(c.Text) || text != nil && !d.canonical(c) {
			return fmt.Sprintf("%s written as %q, and once it is converted as %q", s, text, c.Text)
		}
		return s
	case kind == types.String, kind == types.Bytes:
		return strconv.QuoteToGraphic(string(c.Text))
	case kind == types.Decimal:
		return string(c.Text)
	case kind == types.Date:
		return time.Unix(c.N*86400, 0).UTC().Format(time.DateOnly)
	case kind == types.Time:
		return time.UnixMilli(c.N).UTC().Format("15:04:05.999")
	case kind == types.Timestamp, kind == types.TimestampLTZ:
		return time.UnixMilli(c.N).UTC().Add(time.Duration(c.Aux)).Format("2006-01-02 15:04:05.999999999")
	case c.JSONInt() != nil && string(c.JSONInt()) != strconv.FormatInt(c.Int(), 10):
		return fmt.Sprintf("%d written as %s", c.Int(), c.JSONInt())
	}
	return strconv.FormatInt(c.Int(), 10)
}

// canonical tells whether the text of a DOUBLE is what Java writes for it as JSON.
func (d *dumper) canonical(c row.Cell) bool {
	want := strconv.FormatFloat(c.Double(), 'f', -1, 64)
	if !strings.Contains(want, ".") {
		want += ".0"
	}
	a := math.Abs(c.Double())
	return string(c.Text) == want && (a == 0 || a >= 1e-3 && a < 1e7)
}

func (d *dumper) elements(n *row.Node, c row.Cell) string {
	var s []string
	for i := range int(c.Aux) {
		at := int(c.N) + i*n.Width
		cells := d.rec.Arenas[n.Arena][at : at+n.Width]
		if n.Type.Kind == types.Array {
			s = append(s, d.value(n.Elem, cells))
			continue
		}
		key := "NULL"
		if cells[0].Valid {
			key = strconv.QuoteToGraphic(string(cells[0].Text))
		}
		s = append(s, key+": "+d.value(n.Elem, cells))
	}
	if n.Type.Kind == types.Array {
		return "[" + strings.Join(s, ", ") + "]"
	}
	sort.Strings(s)
	return "{" + strings.Join(s, ", ") + "}"
}
