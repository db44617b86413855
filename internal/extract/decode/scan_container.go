package decode

import (
	"github.com/railtwin/digitaltwin/internal/extract/row"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// array decodes the elements of col from an array whose bracket is before i.
func (s *scanner) array(col *column, i int, cell *row.Cell) int {
	p := s.p
	begin := len(s.rec.Arenas[col.arena])
	n := int32(0)
	i = skipBlanks(p, i)
	if p[i] != ']' {
		for {
			j := col.grow(s.rec)
			cells := s.rec.Arenas[col.arena][j : j+col.width]
			if col.elem.kind == types.Row && p[i] == '{' {
				i = s.shaped(col.elem, i, cells)
				cells[0].Valid = true
			} else {
				i = s.value(col.elem, i, cells)
			}
			if i < 0 {
				return bail
			}
			n++
			i = skipBlanks(p, i)
			c := p[i]
			if c == ']' {
				break
			}
			if c != ',' {
				return bail
			}
			i = skipBlanks(p, i+1)
		}
	}
	cell.Valid, cell.N, cell.Aux = true, int64(begin), n
	return i + 1
}

// entries decodes a MAP from an object whose brace is before i.
func (s *scanner) entries(col *column, i int, cell *row.Cell) int {
	p := s.p
	begin := len(s.rec.Arenas[col.arena])
	n := 0
	i = skipBlanks(p, i)
	if p[i] != '}' {
		for {
			if p[i] != '"' || n == maxScanEntries {
				return bail
			}
			end, escaped := scanString(p, i+1)
			if end < 0 || escaped || end-i > maxNameBytes {
				return bail
			}
			key := p[i+1 : end : end]
			for k := range n {
				if string(s.rec.Arenas[col.arena][begin+k*col.width].Text) == string(key) {
					return bail
				}
			}
			if i = skipBlanks(p, end+1); p[i] != ':' {
				return bail
			}
			i = skipBlanks(p, i+1)
			j := col.grow(s.rec)
			cells := s.rec.Arenas[col.arena][j : j+col.width]
			cells[0].Valid, cells[0].Text = true, key
			if i = s.value(col.elem, i, cells); i < 0 {
				return bail
			}
			n++
			i = skipBlanks(p, i)
			c := p[i]
			if c == '}' {
				break
			}
			if c != ',' {
				return bail
			}
			i = skipBlanks(p, i+1)
		}
	}
	cell.Valid, cell.N, cell.Aux = true, int64(begin), int32(n)
	return i + 1
}
