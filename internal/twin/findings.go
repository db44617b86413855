package twin

import (
	"slices"
	"unicode/utf8"
)

// Problem is one thing that is wrong with an input.
type Problem struct {
	Reason Reason
	Detail string // a sentence: what is wrong and where
	// path of the declared column, such as axles[2].bearingTempC, or event_time of the sink; empty for the whole record
	Column string
	Offset int // byte offset in the record where it was noticed; -1 where unknown
}

// The caps on what is kept of the problems of one input. A record may have one for each of thousands of values, all
// of them alike; the record itself shows the rest.
const (
	MaxProblems    = 20  // problems of one input; the first of each reason is kept beyond it
	MaxProblemText = 512 // bytes of a detail, and of a column
)

// Findings are what is wrong with one input: its first problems and the number of the others.
type Findings struct {
	Problems []Problem
	More     int // problems beyond those
}

// Note adds a problem, or counts it where there are [MaxProblems] and one of its reason is among them.
func (f *Findings) Note(p Problem) {
	if len(f.Problems) >= MaxProblems && f.has(p.Reason) {
		f.More++
		return
	}
	p.Detail, p.Column = cut(p.Detail, MaxProblemText), cut(p.Column, MaxProblemText)
	f.Problems = append(f.Problems, p)
}

func (f *Findings) has(reason Reason) bool {
	for i := range f.Problems {
		if f.Problems[i].Reason == reason {
			return true
		}
	}
	return false
}

// Copy returns findings in memory of their own.
func (f *Findings) Copy() Findings { return Findings{slices.Clone(f.Problems), f.More} }

// Found is how many problems there are, with those that are not kept.
func (f *Findings) Found() int { return len(f.Problems) + f.More }

// cut returns the head of a text that is longer than most bytes, with an ellipsis, and any other as it is.
func cut(s string, most int) string {
	const ellipsis = "…"
	if len(s) <= most {
		return s
	}
	s = s[:most-len(ellipsis)]
	for i := 1; i <= utf8.UTFMax && i <= len(s); i++ { // do not end within a character
		if c := s[len(s)-i]; utf8.RuneStart(c) {
			if !utf8.FullRuneInString(s[len(s)-i:]) {
				s = s[:len(s)-i]
			}
			break
		}
	}
	return s + ellipsis
}
