package stream

import (
	"errors"
	"fmt"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// line is a line that is being read.
type line struct {
	scanner
	*decoder
	c       twin.Change // with what the line before has said
	has     fields
	lost    fields
	several bool  // it is one of several changes
	err     error // the first thing that is wrong, after which the rest is still read
}

// fields are bits of what changes share, and of what a change cannot be without.
type fields uint16

const (
	dataset fields = 1 << iota
	component
	eventTime
	extractor
	revision
	receivedAt
	position
	metric
	value

	shared    = metric - 1
	hasShared = dataset | component | eventTime
	hasAll    = hasShared | metric | value
)

// names are the keys of fields, in their order.
var names = [...]string{"dataset", "component", "event_time", "extractor", "revision", "received_at", "position",
	"metric", "value"}

// fieldOf is the bit of a key, 0 for one that has none.
func fieldOf(key string) fields {
	for i, name := range names {
		if name == key {
			return 1 << i
		}
	}
	return 0
}

// field reads a field. What is wrong with it is left to the end of the line, as long as that is JSON.
func (l *line) field(key string) error {
	if l.several {
		return errors.New("a key after changes, which must be the last one")
	}
	if key == "changes" {
		l.several = true
		return l.changeList()
	}
	start := l.pos
	err := l.read(key)
	if err == nil {
		l.lost &^= fieldOf(key)
		return nil
	}
	if l.err == nil {
		l.err = fmt.Errorf("byte %d: %s: %w", l.pos, key, err)
	}
	l.lost |= fieldOf(key) & shared
	l.pos = start
	return l.skip()
}

// read reads the value of a key.
func (l *line) read(key string) (err error) {
	c := &l.c
	switch key {
	case "dataset":
		c.Dataset, err = l.required(dataset)
	case "component":
		c.Component, err = l.required(component)
	case "metric":
		c.Metric, err = l.required(metric)
	case "value":
		c.Value, err = l.required(value)
	case "event_time":
		var text string
		if text, err = l.required(eventTime); err == nil && l.has&eventTime != 0 {
			c.EventTime, err = twin.ParseMillis(text)
		}
	case "extractor":
		c.Extractor, err = l.optional()
	case "unit":
		c.Unit, err = l.optional()
	case "received_at":
		var text string
		c.ReceivedAt = 0
		if text, err = l.optional(); text == "" {
			break
		}
		if c.ReceivedAt, err = twin.ParseMillis(text); err == nil && !c.ReceivedAt.InRange() {
			err = errors.New(c.ReceivedAt.OutOfRange())
		}
	case "position":
		c.Position, err = l.position()
	case "revision":
		var n uint64
		n, err = l.unsigned(16)
		c.Revision = uint16(n)
	case "index":
		var n uint64
		n, err = l.unsigned(32)
		c.Index = uint32(n)
	default:
		return l.skip()
	}
	return err
}

// required reads a string and marks it; null takes the mark away.
func (l *line) required(f fields) (string, error) {
	if l.has &^= f; l.null() {
		return "", nil
	}
	text, err := l.string()
	if err == nil {
		l.has |= f
	}
	return text, err
}

// complete says what of the given fields is missing, and what the line leaves out but cannot have from the one before.
func (l *line) complete(needed fields) error {
	if l.has&needed == needed && l.lost == 0 {
		return nil
	}
	for i, name := range names {
		switch f := fields(1) << i; {
		case l.lost&f != 0:
			return fmt.Errorf("no %s, and that of line %d cannot be read", name, l.before.by)
		case needed&f == 0 || l.has&f != 0:
		case f&hasShared != 0 && l.before.broken > 0:
			return fmt.Errorf("no %s, and line %d, which may have said it, cannot be read", name, l.before.broken)
		default:
			return errors.New("no " + name)
		}
	}
	return nil
}

// keep makes the line the one before.
func (l *line) keep() {
	b := &l.before
	if l.lost&^b.lost != 0 {
		b.by = l.number
	}
	b.shared, b.has, b.lost = l.c, l.has&hasShared&^l.lost, l.lost
	b.shared.Metric, b.shared.Value, b.shared.Unit = "", "", ""
	if !l.several {
		b.shared.Index++
	}
	if b.has == hasShared {
		b.broken = 0
	}
}

// changeList reads the changes of a line, unless nothing can be made of them.
func (l *line) changeList() error {
	if l.err == nil {
		l.err = l.complete(hasShared)
	}
	if l.err != nil {
		return l.skip()
	}
	l.peek()
	head := l.text[:l.pos]
	return l.array(func() error { return l.changeOf(head) })
}

// changeOf reads one change of a line that begins with head, and refuses it alone where that is possible.
func (l *line) changeOf(head string) error {
	l.peek()
	start := l.pos
	c := l.c
	err := l.change(&c)
	if err == nil {
		l.changes = append(l.changes, c)
		l.c.Index = c.Index + 1
		return nil
	}
	err = fmt.Errorf("byte %d: %w", l.pos, err)
	if l.pos = start; l.skip() != nil {
		l.err = err
		return err
	}
	l.refuse(head+"["+l.text[start:l.pos]+lineEnd, err, &c)
	l.c.Index++
	return nil
}

// change reads metric, value, and what may follow: unit, event time and index.
func (l *line) change(c *twin.Change) (err error) {
	if err := l.expect('['); err != nil {
		return err
	}
	if c.Metric, err = l.string(); err != nil {
		return fmt.Errorf("metric: %w", err)
	}
	if err := l.expect(','); err != nil {
		return err
	}
	if c.Value, err = l.string(); err != nil {
		return fmt.Errorf("value: %w", err)
	}
	for n := 0; l.peek() == ','; n++ {
		l.pos++
		switch digit := l.peek(); {
		case digit >= '0' && digit <= '9':
			i, err := l.unsigned(32)
			if err != nil {
				return fmt.Errorf("index: %w", err)
			}
			c.Index = uint32(i)
			return l.expect(']')
		case n == 0:
			if c.Unit, err = l.optional(); err != nil {
				return fmt.Errorf("unit: %w", err)
			}
		case n == 1:
			if c.EventTime, err = l.time(); err != nil {
				return fmt.Errorf("event_time: %w", err)
			}
		default:
			return errors.New("a change has no more than metric, value, unit, event time and index")
		}
	}
	return l.expect(']')
}

// time reads a time.
func (l *line) time() (twin.Millis, error) {
	text, err := l.string()
	if err != nil {
		return 0, err
	}
	return twin.ParseMillis(text)
}
