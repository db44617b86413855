package decode

import (
	"encoding/hex"
	"fmt"
	"math"
	"sort"
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract/row"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// dumper writes rows as text that shows every bit that counts.
type dumper struct {
	layout   *row.Layout
	rec      *row.Record
	rows     []string
	problems []Problem
}

func (d *dumper) Row() {
	d.rows = append(d.rows, "("+d.fields(d.layout.Columns, d.rec.Cells)+")")
}

func (d *dumper) Problem(p Problem) { d.problems = append(d.problems, p) }

func (d *dumper) fields(nodes []*row.Node, cells []row.Cell) string {
	var s []string
	for _, n := range nodes {
		s = append(s, d.value(n, cells))
	}
	return strings.Join(s, ",")
}

func (d *dumper) value(n *row.Node, cells []row.Cell) string {
	c := cells[n.Cell]
	if !c.Valid {
		if n.Type.Kind == types.Row && strings.Trim(d.fields(n.Fields, cells), "null,") != "" {
			panic("a field of a NULL row is not NULL")
		}
		return "null"
	}
	switch n.Type.Kind {
	case types.Boolean:
		return fmt.Sprint(c.N == 1)
	case types.Double:
		if math.IsNaN(c.F) {
			return "d7ff8000000000000"
		}
		return fmt.Sprintf("d%x", math.Float64bits(c.F))
	case types.Decimal:
		return "D" + string(c.Text)
	case types.String:
		return "s" + hex.EncodeToString(c.Text)
	case types.Bytes:
		return "b" + hex.EncodeToString(c.Text)
	case types.Timestamp, types.TimestampLTZ:
		return fmt.Sprintf("t%d.%d", c.N, c.Aux)
	case types.Row:
		return "(" + d.fields(n.Fields, cells) + ")"
	case types.Array, types.Map:
		var s []string
		for i := range int(c.Aux) {
			at := int(c.N) + i*n.Width
			cells := d.rec.Arenas[n.Arena][at : at+n.Width]
			if n.Type.Kind == types.Array {
				s = append(s, d.value(n.Elem, cells))
				continue
			}
			key := "null"
			if cells[0].Valid {
				key = "s" + hex.EncodeToString(cells[0].Text)
			}
			s = append(s, key+":"+d.value(n.Elem, cells))
		}
		if n.Type.Kind == types.Array {
			return "[" + strings.Join(s, ",") + "]"
		}
		sort.Strings(s)
		return "{" + strings.Join(s, ",") + "}"
	}
	return fmt.Sprint(c.N)
}
