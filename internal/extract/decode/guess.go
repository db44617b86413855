package decode

import (
	"github.com/railtwin/digitaltwin/internal/extract/row"
)

// Producers write the names of an object in the same order record after record, and many of them are
// not declared. So the scanner remembers the order and first compares with what came last time, which
// takes a word or two where finding the end of a name and looking it up takes several times that. A
// guess that is wrong costs time, never a result.

// guesses are the names of the objects of a schema, by the number of the ROW. They live in a
// [row.Record].
type guesses [][]guess

type guess struct {
	first, mask uint64 // the first eight bytes of text
	text        string // the name as it stands in a record, with the quote that ends it and the colon
	field       int    // which of the declared ones it is, or undeclared
}

const (
	undeclared = -1

	maxGuesses   = 64 // of an object; names beyond are looked up
	maxGuessName = 64 // bytes
	maxAbsent    = 3  // names that may be left out before the guess is given up
)

// guessesOf returns what rec remembers for a schema with that many objects.
func guessesOf(rec *row.Record, objects int) guesses {
	g, ok := rec.Memory.(*guesses)
	if !ok || len(*g) != objects {
		made := make(guesses, objects)
		g = &made
		rec.Memory = g
	}
	return *g
}

// here tells whether the name stands at i.
func (g *guess) here(p []byte, i int) bool {
	if (word(p, i)^g.first)&g.mask != 0 {
		return false
	}
	n := len(g.text)
	return n <= 8 || len(p)-i >= n && string(p[i+8:i+n]) == g.text[8:]
}

// learn puts a name in front of what was expected at place.
func (g guesses) learn(object, place int, name []byte, field int) {
	known := g[object]
	if len(known) == maxGuesses || len(name) > maxGuessName || place > len(known) {
		return
	}
	text := string(name) + "\":"
	made := guess{text: text, field: field, mask: ^uint64(0), first: word([]byte(text), 0)}
	if n := len(text); n < 8 {
		made.mask >>= 64 - 8*n
	}
	known = append(known, guess{})
	copy(known[place+1:], known[place:])
	known[place] = made
	g[object] = known
}
