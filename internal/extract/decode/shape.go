package decode

import (
	"math/bits"
	"slices"

	"github.com/railtwin/digitaltwin/internal/extract/row"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/datetime"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// Producers write record after record in the same shape: the same names in the same order, nested in
// the same way, with the same blanks. So between two values stands nearly always one of very few
// texts, such as
//
//	},"motion":{"speedKmh":
//
// A shape remembers them. Its stops are the values, each of which is one place of the schema or below
// something undeclared, and its gaps are the texts that lead from one stop to the next. Following
// a shape takes a few words of comparison for a gap, whatever names, braces and blanks are in it, and
// goes straight to the value, whose column is known.
//
// A shape is only learnt from objects that the scanner has decoded in full, and each gap leads forward in
// one fixed order of the names of each object (see [lesson.name]). So whatever way through the gaps an
// object takes, it is one without a name that is there twice, and gives what the scanner would give.
// Where no gap fits, or a value is not of the usual kind, the object is scanned from its start: a shape
// that is wrong costs time, never a result.
//
// It pays: decoding takes 9 to 55 % less time by feed of JSON (BenchmarkDecode), the whole engine 0 to 28 %
// (BenchmarkRun of package extract), and a scan with a filter is 1.85 times as fast as encoding/json's second
// version validates, without shapes 1.2 to 1.3 times (BenchmarkScanFilter).
type shape struct {
	start stop
	names names // learnt so far, in the object itself
	size  int   // of all that was learnt: names and gaps

	hits   int // since the last miss
	credit int // hits, less what misses have cost; below -maxDebt following does not pay
	rest   int // so many objects are scanned without trying then
	pause  int // the last rest
}

// stop is a place where a value stands.
type stop struct {
	kind   stopKind
	cell   int
	column *column // nil of what is undeclared
	gaps   []gap   // ways on; of two that begin alike the longer one comes first

	// The minute that an instant was in last time: its text up to there, and its milliseconds.
	day, minute uint64
	millis      int64
}

type stopKind uint8

const (
	pass     stopKind = iota // no value: a long gap goes on
	behind                   // the object is over
	skip                     // a value that is undeclared
	plain                    // STRING
	double                   // DOUBLE
	whole                    // INT or BIGINT
	instant                  // TIMESTAMP_LTZ of ISO-8601
	list                     // ARRAY
	anything                 // any other column
)

// gap is a text that leads from one stop to another.
type gap struct {
	first, mask uint64               // its first eight bytes
	last        uint64               // its last eight bytes, if there are more
	middle      [maxGap/8 - 2]uint64 // those between, in full words
	size        int
	opens       []int // cells of the ROWs that begin in it
	to          *stop
}

const (
	maxGap  = 40   // bytes, which is within slack; longer ones are several
	maxGaps = 8    // from one stop
	maxSize = 2048 // gaps and names

	costOfMiss = 4 // hits
	maxDebt    = 128
	maxCredit  = 1024
	firstPause = 1 << 12 // objects, doubled each time
	maxPause   = 1 << 24
)

// here tells whether the gap stands at i.
func (g *gap) here(p []byte, i int) bool {
	return (word(p, i)^g.first)&g.mask == 0 && (g.size <= 8 || g.ends(p, i))
}

// ends is the rest of here for a gap of more than eight bytes.
func (g *gap) ends(p []byte, i int) bool {
	if word(p, i+g.size-8) != g.last {
		return false
	}
	for k := 8; k < g.size-8; k += 8 {
		if word(p, i+k) != g.middle[uint(k/8-1)%uint(len(g.middle))] {
			return false
		}
	}
	return true
}

// shaped decodes the object of col at i, from its brace on, into cells that are NULL, by the shape that
// such objects had before.
func (s *scanner) shaped(col *column, i int, cells []row.Cell) int {
	sh := &s.shapes[col.object]
	if sh.rest > 0 {
		sh.rest--
		return s.object(col, i+1, cells)
	}
	if end := s.follow(&sh.start, i, cells); end >= 0 {
		sh.hits++
		return end
	}
	clear(cells)
	end := s.object(col, i+1, cells)
	s.missed(sh, col, i, end)
	return end
}

// follow decodes the object at i by a shape. It gives up where no gap fits.
func (s *scanner) follow(at *stop, i int, cells []row.Cell) int {
	p := s.p
next:
	for k := range at.gaps {
		g := &at.gaps[k]
		if (word(p, i)^g.first)&g.mask != 0 || g.size > 8 && !g.ends(p, i) {
			continue
		}
		i += g.size
		for _, cell := range g.opens {
			cells[cell].Valid = true
		}
		at = g.to
		switch at.kind {
		case double, whole:
			j := i
			if p[j] == '-' {
				j++
			}
			w := word(p, j)
			n := leadingDigits(w)
			if uint(n-1) >= row.MaxWhole || byte(w) == '0' && (n > 1 || at.kind == whole && j > i) {
				i = s.longNumber(at, i, cells)
				break
			}
			j += n
			fraction := 0
			if p[j] == '.' {
				fraction = leadingDigits(word(p, j+1))
				if uint(fraction-1) >= row.MaxWhole || at.kind == whole {
					i = s.longNumber(at, i, cells)
					break
				}
				j += fraction + 1
			}
			if p[j]|0x20 == 'e' {
				i = s.value(at.column, i, cells)
				break
			}
			cells[at.cell].Defer(p[i:j:j], n, fraction)
			i = j
		case plain:
			if p[i] != '"' {
				i = s.value(at.column, i, cells)
				break
			}
			j := quote(p, i+1)
			if p[j] != '"' || j-i > maxStringText {
				i = s.value(at.column, i, cells)
				break
			}
			cell := &cells[at.cell]
			cell.Valid, cell.Text = true, p[i+1:j:j]
			i = j + 1
		case skip:
			switch c := p[i]; {
			case c == '"':
				j := quote(p, i+1)
				if p[j] != '"' {
					i = skipValue(p, i, 0)
					break
				}
				i = j + 1
			case c <= '9':
				i = skipNumber(p, i)
			default:
				i = skipValue(p, i, 0)
			}
		case list:
			if p[i] != '[' {
				i = s.value(at.column, i, cells)
				break
			}
			i = s.array(at.column, i+1, &cells[at.cell])
		case instant:
			i = s.instant(at, i, cells)
		case anything:
			i = s.value(at.column, i, cells)
		case behind:
			return i
		}
		if i < 0 {
			return bail
		}
		goto next
	}
	return bail
}

// longNumber is the case of a number with more digits, or of anything else.
func (s *scanner) longNumber(at *stop, i int, cells []row.Cell) int {
	p := s.p
	j := i
	if p[j] == '-' {
		j++
	}
	n, fraction := digits(p, j), 0
	end := j + n
	if at.kind == double && p[end] == '.' {
		fraction = digits(p, end+1)
		end += fraction + 1
		if fraction == 0 || n > row.MaxWhole {
			n = 0
		}
	}
	most := row.MaxDigits
	if at.kind == whole && at.column.kind == types.Int {
		most = 9 // each of them is in the range
	}
	if n == 0 || n+fraction > most || at.kind == double && fraction == 0 || p[j] == '0' && (n > 1 || at.kind == whole) ||
		p[end] == '.' || p[end]|0x20 == 'e' {
		return s.value(at.column, i, cells)
	}
	cells[at.cell].Defer(p[i:end:end], n, fraction)
	return end
}

// digits is how many digits stand from i on, up to 24.
func digits(p []byte, i int) int {
	n := leadingDigits(word(p, i))
	if n == 8 {
		n += leadingDigits(word(p, i+8))
	}
	if n == 16 {
		n += leadingDigits(word(p, i+16))
	}
	return n
}

// quote returns the index of the first byte from i on that is a quote, a backslash or no ASCII.
func quote(p []byte, i int) int {
	for i+8 <= len(p) {
		w := word(p, i)
		q := w ^ (ones * '"')
		b := w ^ (ones * '\\')
		if m := ((q-ones)&^q | (b-ones)&^b | w) & highs; m != 0 {
			return i + bits.TrailingZeros64(m)>>3
		}
		i += 8
	}
	return len(p) - 1
}

// instant decodes the TIMESTAMP_LTZ at i. In most records it is of the same minute as in the last one.
func (s *scanner) instant(at *stop, i int, cells []row.Cell) int {
	p := s.p
	if p[i] != '"' || p[i+25] != '"' {
		return s.value(at.column, i, cells)
	}
	day, minute := word(p, i+1), word(p, i+9)
	second, ok := datetime.PlainSecond(word(p, i+17))
	if !ok || day != at.day || minute != at.minute || at.day == 0 {
		millis, plain := datetime.PlainInstant(p[i+1 : i+25])
		if !plain {
			return s.value(at.column, i, cells)
		}
		at.day, at.minute, at.millis = day, minute, millis-second
	}
	cell := &cells[at.cell]
	cell.Valid, cell.N = true, at.millis+second
	return i + 26
}

// stopFor returns the stop for a value of col, nil for what is undeclared.
func (s *scanner) stopFor(col *column) *stop {
	if col == nil {
		return &stop{kind: skip}
	}
	at := &stop{kind: anything, cell: col.cell, column: col}
	switch {
	case col.kind == types.String:
		at.kind = plain
	case col.kind == types.Double:
		at.kind = double
	case col.kind == types.Int || col.kind == types.BigInt:
		at.kind = whole
	case col.kind == types.Array:
		at.kind = list
	case col.kind == types.TimestampLTZ && s.format.standard == datetime.ISO8601:
		at.kind = instant
	}
	return at
}

// newGap makes the gap of a text, which leads to a stop.
func newGap(text []byte, opens []int, to *stop) gap {
	g := gap{mask: ^uint64(0), size: len(text), opens: opens, to: to}
	padded := append(slices.Clone(text), zeros[:]...)
	g.first = word(padded, 0)
	if g.size < 8 {
		g.mask >>= 64 - 8*g.size
		return g
	}
	g.last = word(padded, g.size-8)
	for k := 8; k < g.size-8; k += 8 {
		g.middle[k/8-1] = word(padded, k)
	}
	return g
}
