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
}

func (b *BadLine) Error() string { return fmt.Sprintf("stream: line %d, %v", b.Line, b.Err) }

// Unwrap returns the cause.
func (b *BadLine) Unwrap() error { return b.Err }

// Decode appends the changes of one record to changes and returns the lines that are none. Blank
// lines count but say nothing. Keys that it does not know are ignored; a change without dataset,
// component, metric, value or event_time is refused.
//
// The strings of all changes of a record share one copy of it.
func Decode(record []byte, changes []twin.Change) ([]twin.Change, []*BadLine) {
	var bad []*BadLine
	rest, line, more := string(record), "", true
	for n := 1; more; n++ {
		line, rest, more = strings.Cut(rest, "\n")
		if strings.Trim(line, " \t\r") == "" {
			continue
		}
		changes = append(changes, twin.Change{})
		if err := decodeLine(line, &changes[len(changes)-1]); err != nil {
			changes = changes[:len(changes)-1]
			bad = append(bad, &BadLine{Line: n, Text: line, Err: err})
		}
	}
	return changes, bad
}

// core are the bits of the fields that a change cannot be without.
type core uint8

const (
	hasDataset core = 1 << iota
	hasComponent
	hasMetric
	hasValue
	hasEventTime
	hasAll = hasDataset | hasComponent | hasMetric | hasValue | hasEventTime
)

func decodeLine(line string, c *twin.Change) error {
	s := scanner{text: line}
	var has core
	if err := s.object(func(key string) error { return decodeField(&s, key, c, &has) }); err != nil {
		return fmt.Errorf("byte %d: %w", s.pos, err)
	}
	if missing := hasAll &^ has; missing != 0 {
		names := [...]string{"dataset", "component", "metric", "value", "event_time"}
		for i, name := range names {
			if missing&(1<<i) != 0 {
				return errors.New("no " + name)
			}
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
		c.Revision, err = s.uint16()
	case "index":
		c.Index, err = s.uint16()
	default:
		return s.skip()
	}
	if err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	return nil
}
