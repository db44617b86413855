package decode

import (
	"slices"

	"github.com/railtwin/digitaltwin/internal/extract/row"
)

// Producers write the names of an object in the same order record after record, and many of them are
// not declared. So the scanner remembers the order and first compares with what came last time, which
// takes a word or two where finding the end of a name and looking it up takes several times that. A
// guess that is wrong costs time, never a result.

// guesses are the names of the objects of a schema, by the number of the ROW. They live in a
// [row.Record].
type guesses [][]guess

// memory is what a record keeps for the format that it belongs to.
type memory struct {
	format  *jsonFormat
	guesses guesses
}

// guess is a name as it stands in a record, with its quotes and the colon.
type guess struct {
	first, mask uint64 // its first eight bytes
	last        uint64 // its last eight bytes, if there are more
	size        int
	text        string
	field       int // which of the declared ones it is, or undeclared
}

const (
	undeclared = -1

	maxGuesses   = 64 // of an object; names beyond are looked up
	maxGuessName = 64 // bytes
	maxAbsent    = 3  // names that may be left out before the guess is given up
)

// guessesOf returns what rec remembers for f.
func (f *jsonFormat) guessesOf(rec *row.Record) guesses {
	m, ok := rec.Memory.(*memory)
	if !ok || m.format != f {
		m = &memory{f, make(guesses, f.objects)}
		rec.Memory = m
	}
	return m.guesses
}

// here tells whether the name stands at i.
func (g *guess) here(p []byte, i int) bool {
	if (word(p, i)^g.first)&g.mask != 0 {
		return false
	}
	return g.size <= 8 || word(p, i+g.size-8) == g.last && (g.size <= 16 || string(p[i+8:i+g.size-8]) == g.text[8:g.size-8])
}

// learn puts a name in front of what was expected at place, if there is room for it.
func (g guesses) learn(object, place int, name []byte, field int) bool {
	known := g[object]
	if len(known) == maxGuesses || len(name) > maxGuessName {
		return false
	}
	text := `"` + string(name) + `":`
	made := guess{text: text, size: len(text), field: field, mask: ^uint64(0), first: word([]byte(text), 0)}
	if made.size < 8 {
		made.mask >>= 64 - 8*made.size
	} else {
		made.last = word([]byte(text), made.size-8)
	}
	g[object] = slices.Insert(known, place, made)
	return true
}
