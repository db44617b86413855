package decode

import (
	"bytes"
	"slices"

	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// names are the names of an object in an order that every record which is learnt keeps to.
type names []*name

type name struct {
	text  string
	stop  *stop // its value, if that is no object
	null  *stop // behind its null, if it is a ROW
	names names // of its value, if that is an object
}

const (
	maxNames = 512 // of an object
	maxLevel = 16  // of objects within one shape; deeper ones are values
)

// missed adds the way of the object of col at i, which was just decoded up to end, to its shape. Where
// following it does not pay, it begins anew after a while.
func (s *scanner) missed(sh *shape, col *column, i, end int) {
	sh.credit = min(sh.credit+sh.hits-costOfMiss, maxCredit)
	sh.hits = 0
	if sh.credit < -maxDebt {
		pause := min(max(firstPause, 2*sh.pause), maxPause)
		*sh = shape{rest: pause, pause: pause}
		return
	}
	if end < 0 || sh.size > maxSize {
		return
	}
	l := lesson{scanner: s, shape: sh, at: &sh.start, from: i}
	if i = l.object(&sh.names, col, i+1, 0); i >= 0 {
		l.reach(&stop{kind: behind}, i)
	}
}

// lesson goes over an object that is known to be valid.
type lesson struct {
	*scanner
	shape *shape
	at    *stop // the last one
	from  int   // where the gap behind it begins
	opens []int // cells of the ROWs that began in it
}

// object goes over an object whose brace is before i, into the fields of col unless that is nil.
func (l *lesson) object(known *names, col *column, i, level int) int {
	p := l.p
	if i = skipBlanks(p, i); p[i] == '}' {
		return i + 1
	}
	place := 0
	for {
		i = skipBlanks(p, i) + 1
		close, escaped := scanString(p, i)
		n := l.name(known, p[i:close], &place)
		if escaped || n == nil {
			return bail
		}
		i = skipBlanks(p, skipBlanks(p, close+1)+1)
		var field *column
		if col != nil {
			if k, ok := col.index[n.text]; ok {
				field = col.fields[k]
			}
		}
		if i = l.value(n, field, i, level+1); i < 0 {
			return bail
		}
		if i = skipBlanks(p, i); p[i] == '}' {
			return i + 1
		}
		i++
	}
}

// name finds a name among those that may come from place on, and moves place behind it. A name that is
// new comes next in the order from now on. It gives nil for a name that would have had to come before.
func (l *lesson) name(known *names, text []byte, place *int) *name {
	k := slices.IndexFunc(*known, func(n *name) bool { return n.text == string(text) })
	switch {
	case k >= 0 && k < *place || k < 0 && len(*known) == maxNames:
		return nil
	case k < 0:
		k = *place
		l.shape.size++
		*known = slices.Insert(*known, k, &name{text: string(text)})
	}
	*place = k + 1
	return (*known)[k]
}

// value goes over the value at i of the column field, or of something undeclared.
func (l *lesson) value(n *name, field *column, i, level int) int {
	p := l.p
	if p[i] == '{' && level < maxLevel && (field == nil || field.kind == types.Row) {
		if field != nil {
			l.opens = append(l.opens, field.cell)
		}
		return l.object(&n.names, field, i+1, level)
	}
	if field != nil && field.kind == types.Row { // it is null, which is part of the gap: an object begins like it
		if n.null == nil {
			n.null = &stop{kind: pass}
		}
		i += len("null")
		if !l.reach(n.null, i) {
			return bail
		}
		return i
	}
	if n.stop == nil {
		n.stop = l.stopFor(field)
	}
	if !l.reach(n.stop, i) {
		return bail
	}
	l.from = skipValue(p, i, 0)
	return l.from
}

// reach adds the gap that ends before i, where stop is. It reports whether there was room for it.
func (l *lesson) reach(to *stop, i int) bool {
	text := l.p[l.from:i]
	if bytes.IndexByte(text, 0) >= 0 { // it would be found in the slack behind the text
		return false
	}
	for len(text) > maxGap {
		if l.at = l.add(text[:maxGap], nil, &stop{kind: pass}); l.at == nil {
			return false
		}
		text = text[maxGap:]
	}
	l.at = l.add(text, l.opens, to)
	l.from, l.opens = i, nil
	return l.at != nil
}

// add adds a gap from where the lesson is, if it is new, and returns the stop that it leads to.
func (l *lesson) add(text []byte, opens []int, to *stop) *stop {
	made := newGap(text, opens, to)
	at := len(l.at.gaps)
	padded := append(slices.Clone(text), zeros[:]...)
	for k := range l.at.gaps {
		switch g := &l.at.gaps[k]; {
		case !g.here(padded, 0):
		case g.size == made.size:
			return g.to
		default:
			at = min(at, k)
		}
	}
	if len(l.at.gaps) == maxGaps {
		return nil
	}
	l.shape.size++
	l.at.gaps = slices.Insert(l.at.gaps, at, made)
	return to
}
