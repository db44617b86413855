package stream

import (
	"errors"
	"fmt"
	"strings"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// BadLine is a line of a record that is no change.
type BadLine struct {
	Line int    // from 1
	Text string // the line as it arrived
	Err  error  // says at which byte of the line

	Dataset, Component string // as far as they can be read
}

func (b *BadLine) Error() string { return fmt.Sprintf("stream: line %d, %v", b.Line, b.Err) }

// Unwrap returns the cause.
func (b *BadLine) Unwrap() error { return b.Err }

// Decode appends the changes of one record to changes and returns the lines that are none. Blank
// lines count but say nothing. Keys that it does not know are ignored; a change without dataset,
// component, metric, value or event_time is refused.
//
// Within a record a line leaves out what is as in the line before: any of dataset, extractor, revision,
// component, event_time, received_at and position, and the index if it is one more. Behind a line that is no change nothing is known, so that
// lines are refused that leave out what they cannot be without.
//
// The strings of all changes of a record share one copy of it.
func Decode(record []byte, changes []twin.Change) ([]twin.Change, []*BadLine) {
	var bad []*BadLine
	var before lineBefore
	rest, line, more := string(record), "", true
	for n := 1; more; n++ {
		line, rest, more = strings.Cut(rest, "\n")
		if strings.Trim(line, " \t\r") == "" {
			continue
		}
		changes = append(changes, before.shared)
		c := &changes[len(changes)-1]
		if err := decodeLine(line, c, &before); err != nil {
			changes = changes[:len(changes)-1]
			bad = append(bad, &BadLine{Line: n, Text: line, Err: err, Dataset: find(line, "dataset"), Component: find(line, "component")})
			before = lineBefore{bad: n}
			continue
		}
		before.keep(c)
	}
	return changes, bad
}

// lineBefore is what a line says by leaving it out.
type lineBefore struct {
	shared twin.Change // with nothing in it that is a line's own, and the next index
	has    core
	bad    int // the number of the line that broke the chain, 0 if none did
}

func (b *lineBefore) keep(c *twin.Change) {
	b.shared = *c
	b.shared.Metric, b.shared.Value, b.shared.Unit = "", "", ""
	b.shared.Index++
	b.has, b.bad = hasShared, 0
}

// core are the bits of the fields that a change cannot be without.
type core uint8

const (
	hasDataset core = 1 << iota
	hasComponent
	hasMetric
	hasValue
	hasEventTime
	hasShared = hasDataset | hasComponent | hasEventTime
	hasAll    = hasShared | hasMetric | hasValue
)

// decodeLine reads a line into c, which has what the line before has said.
func decodeLine(line string, c *twin.Change, before *lineBefore) error {
	s := scanner{text: line}
	has := before.has
	if err := s.object(func(key string) error { return decodeField(&s, key, c, &has) }); err != nil {
		return fmt.Errorf("byte %d: %w", s.pos, err)
	}
	if has == hasAll {
		return nil
	}
	for i, name := range [...]string{"dataset", "component", "metric", "value", "event_time"} {
		switch bit := core(1) << i; {
		case has&bit != 0:
		case hasShared&bit != 0 && before.bad > 0:
			return fmt.Errorf("no %s, and line %d, which may have said it, is no change", name, before.bad)
		default:
			return errors.New("no " + name)
		}
	}
	return nil
}

func decodeField(s *scanner, key string, c *twin.Change, has *core) (err error) {
	switch key {
	case "dataset":
		c.Dataset, err = s.required(has, hasDataset)
	case "component":
		c.Component, err = s.required(has, hasComponent)
	case "metric":
		c.Metric, err = s.required(has, hasMetric)
	case "value":
		c.Value, err = s.required(has, hasValue)
	case "event_time":
		var text string
		if text, err = s.required(has, hasEventTime); *has&hasEventTime != 0 && err == nil {
			c.EventTime, err = twin.ParseMillis(text)
		}
	case "extractor":
		c.Extractor, err = s.optional()
	case "unit":
		c.Unit, err = s.optional()
	case "received_at":
		var text string
		c.ReceivedAt = 0
		if text, err = s.optional(); text != "" {
			c.ReceivedAt, err = twin.ParseMillis(text)
		}
	case "position":
		c.Position, err = s.position()
	case "revision":
		var n uint64
		n, err = s.unsigned(16)
		c.Revision = uint16(n)
	case "index":
		var n uint64
		n, err = s.unsigned(32)
		c.Index = uint32(n)
	default:
		return s.skip()
	}
	if err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	return nil
}
