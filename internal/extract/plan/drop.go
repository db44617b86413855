package plan

import "github.com/railtwin/digitaltwin/internal/extract/code"

// Dropped counts the rows that were not delivered because a core field was NULL, each under the first
// of its NULLs in the order of these fields.
type Dropped struct {
	Component, Metric, EventTime, Value int
}

// Total is the number of all dropped rows.
func (d Dropped) Total() int { return d.Component + d.Metric + d.EventTime + d.Value }

// Add adds what another run dropped.
func (d *Dropped) Add(more Dropped) {
	d.Component += more.Component
	d.Metric += more.Metric
	d.EventTime += more.EventTime
	d.Value += more.Value
}

// By yields the columns that were NULL, with the number of rows.
func (d Dropped) By(yield func(Column, int) bool) {
	for _, c := range [...]struct {
		column Column
		rows   int
	}{{Component, d.Component}, {Metric, d.Metric}, {EventTime, d.EventTime}, {Value, d.Value}} {
		if c.rows > 0 && !yield(c.column, c.rows) {
			return
		}
	}
}

// Column is a column of the sink whose NULL drops a row.
type Column string

// The columns, as the sink names them.
const (
	Component Column = "component"
	Metric    Column = "metric"
	EventTime Column = "event_time"
	Value     Column = "value"
)

// Drop is a row that was not delivered.
type Drop struct {
	NULL      Column // the first of its NULLs
	Component []byte // empty where that is NULL, and so is Metric
	Metric    []byte
}

// keep notes a row that was dropped, where that is wanted.
func (o *Output) keep(column Column, component, metric []byte) {
	if o.KeepDrops {
		o.Drops = append(o.Drops, Drop{column, component, metric})
	}
}

// dropAll drops every row of a group whose component is NULL.
func (g *Group) dropAll(f *code.Frame, out *Output) {
	out.Dropped.Component += len(g.Emits)
	if !out.KeepDrops {
		return // their metrics need not be computed
	}
	for i := range g.Emits {
		out.keep(Component, nil, g.Emits[i].metric(f))
	}
}

// metric is the metric of the row, empty for NULL.
func (e *Emit) metric(f *code.Frame) []byte {
	if e.Metric == nil {
		return e.ConstMetric
	}
	metric, _ := e.Metric(f)
	return metric
}
