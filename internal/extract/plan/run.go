package plan

import (
	"bytes"
	"encoding/json"

	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Row is one delivered row. Its bytes are valid until the next record.
type Row struct {
	Component, Metric, Value, Unit []byte // Unit is nil for NULL
	EventTime                      twin.Millis
	Index                          uint16 // its number within the source record, see twin.Rank
}

// Dropped counts the rows that were not delivered because a core field was NULL, each under the first
// of its NULLs in the order of these fields.
type Dropped struct {
	Component, Metric, EventTime, Value int
}

// Total is the number of all dropped rows.
func (d Dropped) Total() int { return d.Component + d.Metric + d.EventTime + d.Value }

// Output takes what a run delivers.
type Output struct {
	Rows      []Row
	Dropped   Dropped
	MaxRows   int    // a record may deliver so many
	TooMany   bool   // it wanted to deliver more
	NotFinite int    // rows whose value is NaN or Infinity, which JSON cannot hold
	NotJSON   int    // rows whose value is not JSON text
	BadMetric []byte // the metric of the first of those
}

// Reset empties the output for the next record.
func (o *Output) Reset() {
	o.Rows = o.Rows[:0]
	o.Dropped = Dropped{}
	o.TooMany, o.NotFinite, o.NotJSON, o.BadMetric = false, 0, 0, nil
}

// Run delivers what the current row of the loop's scope gives, and its inner loops. It stops early
// once there are too many rows.
func (l *Loop) Run(f *code.Frame, out *Output) {
	for i := range l.Emits {
		if out.TooMany {
			return
		}
		l.Emits[i].run(f, out)
	}
	for _, in := range l.Inner {
		in.each(f, out)
	}
}

// each runs the loop for every element of its array.
func (l *Loop) each(f *code.Frame, out *Output) {
	elems, _ := l.Elems(f)
	found := false
	for i := 0; i < len(elems) && !out.TooMany; i += l.Width {
		e := elems[i : i+l.Width : i+l.Width]
		if l.SkipNull && !e[0].Valid {
			continue
		}
		found = true
		f.Advance(l.Scope, e, int64(i/l.Width)+1)
		l.Run(f, out)
	}
	if l.Left && !found {
		f.Advance(l.Scope, l.Nulls, 0)
		l.Run(f, out)
	}
}

func (e *Emit) run(f *code.Frame, out *Output) {
	for _, w := range e.Where {
		if w(f) != code.True {
			return
		}
	}
	component, ok := e.Component(f)
	if !ok {
		out.Dropped.Component++
		return
	}
	metric, ok := e.Metric(f)
	if !ok {
		out.Dropped.Metric++
		return
	}
	at, ok := e.EventTime(f)
	if !ok {
		out.Dropped.EventTime++
		return
	}
	value, ok := e.Value(f)
	if !ok {
		out.Dropped.Value++
		return
	}
	switch {
	case e.JSON == ir.IsJSON:
	case e.JSON == ir.MayNotBeFinite:
		if value[0] == '"' {
			out.NotFinite++
			out.BadMetric = metric
			return
		}
	case !json.Valid(value):
		out.NotJSON++
		out.BadMetric = metric
		return
	case value[0] <= ' ' || value[len(value)-1] <= ' ':
		value = bytes.TrimSpace(value)
	}
	if len(out.Rows) >= out.MaxRows {
		out.TooMany = true
		return
	}
	unit, _ := e.Unit(f)
	out.Rows = append(out.Rows, Row{
		Component: component, Metric: metric, Value: value, Unit: unit,
		EventTime: twin.Millis(at.Ms), Index: uint16(len(out.Rows)),
	})
}
