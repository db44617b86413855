package decode

import (
	"github.com/railtwin/digitaltwin/internal/extract/row"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// scanner decodes JSON that is plain in one pass over the text, guided by the schema. Plain is valid
// JSON in valid UTF-8 in which every declared value has the shape of its column, no name is there
// twice and no limit is near; conversions that work are plain too. At the first thing that is not, it
// gives up without a word: its functions then return [bail] instead of the index behind what they
// read, and the cursor decodes the message from the start.
//
// A record keeps its scanner, which learns from message to message.
type scanner struct {
	p       []byte // a message and slack; texts of cells point into it
	rec     *row.Record
	format  *jsonFormat
	guesses guesses
	shapes  []shape // by the number of the ROW that such objects are
}

const (
	bail = -1

	// Of what is skipped, levels that are left to the cursor, which knows the true limit.
	maxSkipDepth = 250
	// Fields of a ROW, and entries of a MAP, that the scanner keeps track of.
	maxScanFields  = 256
	maxScanEntries = 128
)

// slack is how many zeros stand behind the text that is scanned, more than the scanner ever looks ahead.
// A zero is valid nowhere outside of a string, so that everything stops there without asking for the end.
const slack = 64

// scanner returns the scanner that rec keeps for f, with msg to scan.
func (f *jsonFormat) scanner(msg []byte, rec *row.Record) *scanner {
	s, ok := rec.Memory.(*scanner)
	if !ok || s.format != f {
		s = &scanner{format: f, guesses: make(guesses, f.objects), shapes: make([]shape, f.objects)}
		rec.Memory = s
	}
	s.rec, s.p = rec, append(append(s.p[:0], msg...), zeros[:]...)
	return s
}

var zeros [slack]byte

// message decodes a whole message and calls sink for each row. If it gives up, done is false and
// delivered is the number of rows that were delivered before.
func (s *scanner) message(sink Sink) (delivered int, done bool) {
	p := s.p
	i := 0
	if p[0] == 0xEF && p[1] == 0xBB && p[2] == 0xBF {
		i = 3
	}
	i = skipBlanks(p, i)
	switch p[i] {
	case '{':
		if i = s.row(i, sink); i < 0 {
			return 0, false
		}
		s.rest(i, sink)
		return 1, true
	case '[':
	default:
		return 0, false
	}
	i = skipBlanks(p, i+1)
	if p[i] == ']' {
		s.rest(i+1, sink)
		return 0, true
	}
	for {
		if p[i] != '{' {
			return delivered, false
		}
		if i = s.row(i, sink); i < 0 {
			return delivered, false
		}
		delivered++
		i = skipBlanks(p, i)
		switch p[i] {
		case ',':
			i = skipBlanks(p, i+1)
		case ']':
			s.rest(i+1, sink)
			return delivered, true
		default:
			return delivered, false
		}
	}
}

// rest reports a further value after the one that ends before i.
func (s *scanner) rest(i int, sink Sink) { secondValue(s.p[:len(s.p)-slack], i, sink) }

// row decodes the object at i as one row.
func (s *scanner) row(i int, sink Sink) int {
	s.rec.Reset()
	if i = s.shaped(s.format.root, i, s.rec.Cells); i >= 0 {
		sink.Row()
	}
	return i
}

// skipBlanks returns the index of the first byte from i on that is not blank.
func skipBlanks(p []byte, i int) int {
	for {
		if c := p[i]; c > ' ' || c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			return i
		}
		i++
	}
}

// object decodes the fields of col from an object whose brace is before i, into NULL cells.
func (s *scanner) object(col *column, i int, cells []row.Cell) int {
	p := s.p
	var seen [maxScanFields / 64]uint64
	left := len(col.fields)
	if left > maxScanFields {
		return bail
	}
	if c := p[i]; c <= ' ' || c == '}' {
		if i = skipBlanks(p, i); p[i] == '}' {
			return s.closed(left, i)
		}
	}
	known, place := s.guesses[col.object], 0
	for {
		if p[i] == ' ' { // most who write blanks at all write one
			i++
		}
		index := undeclared
		if place < len(known) && known[place].here(p, i) {
			index = known[place].field
			i += known[place].size
			place++
		} else {
			if index, place, i = s.name(col, place, i, left); i < 0 {
				return bail
			}
			known = s.guesses[col.object]
		}
		c := p[i]
		if c == ' ' {
			i++
			c = p[i]
		}
		if c <= ' ' {
			i = skipBlanks(p, i)
			c = p[i]
		}
		// Names are not looked at any more once there were as many as there are fields.
		if index < 0 || left == 0 {
			i = skipValue(p, i, 0)
		} else {
			bit := uint64(1) << (index & 63)
			if seen[uint(index)/64%uint(len(seen))]&bit != 0 {
				return bail
			}
			seen[uint(index)/64%uint(len(seen))] |= bit
			left--
			field := col.fields[index]
			switch kind := field.kind; {
			case c == '"' && kind == types.String:
				i = s.string(i+1, &cells[field.cell])
			case c <= '9' && c != '"' && kind == types.Double:
				i = scanDouble(p, i, &cells[field.cell])
			case c <= '9' && c != '"' && (kind == types.Int || kind == types.BigInt):
				i = scanInteger(p, i, kind == types.Int, &cells[field.cell])
			default:
				i = s.value(field, i, cells)
			}
		}
		if i < 0 {
			return bail
		}
		if c = p[i]; c <= ' ' {
			i = skipBlanks(p, i)
			c = p[i]
		}
		i++
		if c != ',' {
			if c != '}' {
				return bail
			}
			return s.closed(left, i-1)
		}
	}
}

// name reads the name that begins at i, maybe behind blanks, and the colon, where the guess at place
// was wrong: which field it is, the place of the guess for the next name, and the index behind the
// colon. Of the fields left were not there yet.
func (s *scanner) name(col *column, place, i, left int) (index, next, end int) {
	p := s.p
	i = skipBlanks(p, i)
	known := s.guesses[col.object]
	for k := place; k <= place+maxAbsent && k < len(known); k++ {
		if known[k].here(p, i) {
			return known[k].field, k + 1, i + known[k].size
		}
	}
	if p[i] != '"' {
		return 0, 0, bail
	}
	i++
	end, escaped := scanString(p, i)
	if end < 0 || end-i > maxNameBytes || escaped && left > 0 {
		return 0, 0, bail
	}
	text := p[i:end]
	index, ok := col.index[string(text)]
	if !ok {
		index = undeclared
	}
	if end = skipBlanks(p, end+1); p[end] != ':' {
		return 0, 0, bail
	}
	if !escaped && s.guesses.learn(col.object, place, text, index) {
		place++
	}
	return index, place, end + 1
}

// closed ends an object at the brace at i, of which left fields were not there.
func (s *scanner) closed(left, i int) int {
	if left > 0 && s.format.failOnMissing {
		return bail
	}
	return i + 1
}

// value decodes the value at i into the cell of col, which is NULL.
func (s *scanner) value(col *column, i int, cells []row.Cell) int {
	c := s.p[i]
	if c == 'n' {
		return literal(s.p, i, "null")
	}
	cell := &cells[col.cell]
	switch col.kind {
	case types.Row:
		if c != '{' {
			return bail
		}
		if i = s.object(col, i+1, cells); i >= 0 {
			cell.Valid = true
		}
		return i
	case types.Array:
		if c != '[' {
			return bail
		}
		return s.array(col, i+1, cell)
	case types.Map:
		if c != '{' {
			return bail
		}
		return s.entries(col, i+1, cell)
	case types.Double:
		if c != '"' {
			return scanDouble(s.p, i, cell)
		}
	case types.Int, types.BigInt:
		if c != '"' {
			return scanInteger(s.p, i, col.kind == types.Int, cell)
		}
	case types.Boolean:
		return scanBoolean(s.p, i, cell)
	case types.Decimal:
		if c != '"' {
			return s.decimal(col, i, cell)
		}
	case types.String:
		if c != '"' {
			return scanAsText(s.p, i, cell)
		}
		return s.string(i+1, cell)
	}
	if c != '"' {
		return bail
	}
	return s.text(col, i+1, cell)
}
