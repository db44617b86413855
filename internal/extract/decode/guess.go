package decode

import (
	"slices"
)

// Producers write the names of an object in the same order record after record, and many of them are
// not declared. So the scanner remembers the order and first compares with what came last time, which
// takes a word or two where finding the end of a name and looking it up takes several times that. A
// guess that is wrong costs time, never a result.

// guesses are the names of the objects of a schema, by the number of the ROW. They live in a
// [row.Record].
type guesses [][]guess

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
	maxGuessName = 40 // bytes, which is within slack
	maxAbsent    = 3  // names that may be left out before the guess is given up
)

// here tells whether the name stands at i.
func (g *guess) here(p []byte, i int) bool {
	return (word(p, i)^g.first)&g.mask == 0 && (g.size <= 8 || g.ends(p, i))
}

// ends is the rest of here for a name of more than eight bytes.
func (g *guess) ends(p []byte, i int) bool {
	return word(p, i+g.size-8) == g.last && (g.size <= 16 || string(p[i+8:i+g.size-8]) == g.text[8:g.size-8])
}

// learn puts a name in front of what was expected at place, if there is room for it.
func (g guesses) learn(object, place int, name []byte, field int) bool {
	known := g[object]
	if len(known) == maxGuesses || len(name) > maxGuessName {
		return false
	}
	text := `"` + string(name) + `":`
	made := guess{text: text, size: len(text), field: field, mask: ^uint64(0), first: firstWord(text)}
	if made.size < 8 {
		made.mask >>= 64 - 8*made.size
	} else {
		made.last = firstWord(text[made.size-8:])
	}
	g[object] = slices.Insert(known, place, made)
	return true
}

// firstWord is the word that text begins with, with zeros behind its end.
func firstWord(text string) uint64 {
	var b [8]byte
	copy(b[:], text)
	return word(b[:], 0)
}
