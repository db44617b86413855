package plan

import (
	"bytes"
	"encoding/json"

	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Output takes what a run delivers.
type Output struct {
	Rows      []twin.Row
	Dropped   Dropped
	Drops     []Drop // the rows that Dropped counts, with KeepDrops
	KeepDrops bool
	MaxRows   int  // a record may deliver so many
	MaxSteps  int  // and look at so many elements of its arrays, each time counted
	TooMany   bool // it wanted more of either
	steps     int
	NotFinite Refused // values that are NaN or Infinity, which JSON cannot hold
	NotJSON   Refused // values that are not JSON text
	BadTime   BadTime
}

// Refused counts rows that cannot be delivered.
type Refused struct {
	N     int
	First []byte // metric of the first
}

// BadTime counts rows whose event time is none that a change may have, see [twin.Millis.InRange].
type BadTime struct {
	Refused
	First twin.Millis // event time of the first
}

func (r *Refused) add(metric []byte) {
	if r.N++; r.N == 1 {
		r.First = metric
	}
}

func (b *BadTime) add(metric []byte, at twin.Millis) {
	if b.Refused.add(metric); b.N == 1 {
		b.First = at
	}
}

// Reset empties the output for the next record.
func (o *Output) Reset() {
	o.Rows, o.Drops = o.Rows[:0], o.Drops[:0]
	o.Dropped, o.steps = Dropped{}, 0
	o.TooMany, o.NotFinite, o.NotJSON, o.BadTime = false, Refused{}, Refused{}, BadTime{}
}

// Run delivers what the current row of the loop's scope gives, and its inner loops. It stops early
// once there are too many rows.
func (l *Loop) Run(f *code.Frame, out *Output) {
	if !pass(l.Where, f) {
		return
	}
	for i := range l.Groups {
		if out.TooMany {
			return
		}
		l.Groups[i].run(f, out)
	}
	for _, in := range l.Inner {
		in.each(f, out)
	}
}

// each runs the loop for every element of its array.
func (l *Loop) each(f *code.Frame, out *Output) {
	if !pass(l.Before, f) {
		return
	}
	elems, _ := l.Elems(f)
	found := false
	for i := 0; i < len(elems) && !out.TooMany; i += l.Width {
		e := elems[i : i+l.Width : i+l.Width]
		if l.SkipNull && !e[0].Valid {
			continue
		}
		found = true
		if out.steps++; out.steps > out.MaxSteps {
			out.TooMany = true
			return
		}
		f.Advance(l.Scope, e, int64(i/l.Width)+1)
		l.Run(f, out)
	}
	if l.Left && !found {
		f.Advance(l.Scope, l.Nulls, 0)
		l.Run(f, out)
	}
}

func (g *Group) run(f *code.Frame, out *Output) {
	if !pass(g.Where, f) {
		return
	}
	component, ok := g.Component(f)
	if !ok {
		g.dropAll(f, out)
		return
	}
	at, known := g.EventTime(f)
	inRange := twin.Millis(at.Ms).InRange()
	for i := range g.Emits {
		e := &g.Emits[i]
		metric := e.ConstMetric
		if e.Metric != nil {
			if metric, ok = e.Metric(f); !ok {
				out.Dropped.Metric++
				out.keep(Metric, component, nil)
				continue
			}
		}
		if !known {
			out.Dropped.EventTime++
			out.keep(EventTime, component, metric)
			continue
		}
		value, ok := e.Value(f)
		if !ok {
			out.Dropped.Value++
			out.keep(Value, component, metric)
			continue
		}
		if e.JSON != ir.IsJSON && !(e.JSON == ir.MayNotBeFinite && number(value)) && !out.fit(e.JSON, &value, metric) {
			continue
		}
		if !inRange {
			out.BadTime.add(metric, twin.Millis(at.Ms))
			continue
		}
		unit := e.ConstUnit
		if e.Unit != nil {
			if unit, ok = e.Unit(f); !ok {
				unit = nil
			}
		}
		if len(out.Rows) >= out.MaxRows {
			out.TooMany = true
			return
		}
		r := out.row()
		r.Component, r.Metric, r.Value, r.Unit, r.EventTime, r.Kind = component, metric, value, unit, twin.Millis(at.Ms),
			e.Kind
	}
}

// number tells whether JSON text of a number is one: no text in quotes, such as "NaN".
func number(text []byte) bool { return len(text) > 0 && text[0] != '"' }

// row adds a row, in place of one of a former record where there is one.
func (o *Output) row() *twin.Row {
	n := len(o.Rows)
	if n < cap(o.Rows) {
		o.Rows = o.Rows[:n+1]
	} else {
		o.Rows = append(o.Rows, twin.Row{})
	}
	o.Rows[n].Index = uint32(n)
	return &o.Rows[n]
}

// fit reports whether a value that is not known to be JSON text is, and counts it otherwise.
func (o *Output) fit(kind ir.JSONKind, value *[]byte, metric []byte) bool {
	switch {
	case kind == ir.MayNotBeFinite:
		switch string(*value) {
		case `"NaN"`, `"Infinity"`, `"-Infinity"`:
			o.NotFinite.add(metric)
		default:
			return true
		}
	case json.Valid(*value):
		*value = bytes.TrimSpace(*value)
		return true
	default:
		o.NotJSON.add(metric)
	}
	return false
}
