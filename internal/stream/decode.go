package stream

import (
	"fmt"
	"strings"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// BadLine is what is no change in a record: a line of it, or one of the changes in a line.
type BadLine struct {
	Line  int         // from 1
	Text  string      // the line as it arrived; of one change, the line without the others
	Err   error       // says at which byte of the line
	Known twin.Change // what can be read of it
}

func (b *BadLine) Error() string { return fmt.Sprintf("stream: line %d, %v", b.Line, b.Err) }

// Unwrap returns the cause.
func (b *BadLine) Unwrap() error { return b.Err }

// Decode appends the changes of one record to changes and returns what is no change in it, see the package for its
// form. Blank lines count but say nothing. Keys that it does not know are ignored; a change without dataset,
// component, metric, value or event_time is refused.
//
// The strings of all changes of a record share one copy of it.
func Decode(record []byte, changes []twin.Change) ([]twin.Change, []*BadLine) {
	d := decoder{changes: changes}
	rest, line, more := string(record), "", true
	for more {
		d.number++
		line, rest, more = strings.Cut(rest, "\n")
		if strings.Trim(line, " \t\r") != "" {
			d.line(line)
		}
	}
	return d.changes, d.bad
}

type decoder struct {
	changes []twin.Change
	bad     []*BadLine
	number  int // of the line
	before  before
}

// before is what a line says by leaving it out.
type before struct {
	shared twin.Change // with nothing in it that is a change's own, and the next index
	has    fields      // what a change cannot be without
	lost   fields      // what cannot be read
	by     int         // the number of the line that it was lost in
	broken int         // the number of the line that is no object, so that nothing is known; 0 if none is
}

func (d *decoder) line(text string) {
	l := line{scanner: scanner{text: text}, decoder: d, c: d.before.shared, has: d.before.has, lost: d.before.lost}
	if err := l.object(l.field); err != nil {
		if l.err == nil {
			l.err = fmt.Errorf("byte %d: %w", l.pos, err)
		}
		d.refuse(text, l.err, &l.c)
		d.before = before{broken: d.number}
		return
	}
	if l.err == nil && !l.several {
		l.err = l.complete(hasAll)
	}
	switch {
	case l.err != nil:
		d.refuse(text, l.err, &l.c)
	case !l.several:
		d.changes = append(d.changes, l.c)
	}
	l.keep()
}

// refuse refuses text of which so much is known.
func (d *decoder) refuse(text string, err error, known *twin.Change) {
	b := &BadLine{Line: d.number, Text: text, Err: err, Known: *known}
	if b.Known.Dataset == "" {
		b.Known.Dataset = find(text, "dataset")
	}
	if b.Known.Component == "" {
		b.Known.Component = find(text, "component")
	}
	d.bad = append(d.bad, b)
}

// find returns the first text of a key in what may be no JSON any more, "" where there is none.
func find(text, key string) string {
	_, rest, ok := strings.Cut(text, `"`+key+`":`)
	if !ok {
		return ""
	}
	s := scanner{text: rest}
	found, err := s.string()
	if err != nil {
		return ""
	}
	return found
}
