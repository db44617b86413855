package extract

import (
	"fmt"
	"math"

	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/decode"
	"github.com/railtwin/digitaltwin/internal/extract/plan"
	"github.com/railtwin/digitaltwin/internal/extract/row"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Row is one delivered row. Its bytes are valid until the next Run with the same Output, and as long
// as the record itself is left alone.
type Row = twin.Row

// Dropped counts the rows that were not delivered because a core field was NULL.
type Dropped = plan.Dropped

// Drop is one of the rows that Dropped counts. Its bytes are valid as long as those of a [Row].
type Drop = plan.Drop

// Column is the column of the sink whose NULL drops a row.
type Column = plan.Column

// The columns.
const (
	NullComponent = plan.Component
	NullMetric    = plan.Metric
	NullEventTime = plan.EventTime
	NullValue     = plan.Value
)

// Problem is what could not be used of a record; the rows beside it stand.
type Problem = twin.Problem

// stepsPerRow bounds how many elements of arrays a record may make the engine look at, whether they
// deliver rows or not: arrays within arrays multiply.
const stepsPerRow = 100

// Output is what one record gave, and the memory that the engine works in. It belongs to one
// goroutine and one Program, and is reused from record to record.
type Output struct {
	Rows          []Row
	twin.Findings // the problems; valid until the next Run
	Dropped       Dropped
	Drops         []Drop // what Dropped counts, with KeepDrops

	MaxRows   int  // a record that would deliver more is a problem, and delivers nothing
	KeepDrops bool // say which rows were dropped

	out     plan.Output
	frame   *code.Frame
	records []*row.Record
	sinks   []tableSink

	attempts []attempt // of the tables that read the record
}

// NewOutput returns memory for p.
func (p *Program) NewOutput() *Output {
	o := &Output{MaxRows: DefaultMaxRows, sinks: make([]tableSink, len(p.decoders))}
	for i, d := range p.decoders {
		o.records = append(o.records, row.NewRecord(d.Layout()))
		o.sinks[i] = tableSink{out: o, loop: p.plan.Roots[i], table: i}
	}
	o.frame = code.NewFrame(o.records, p.plan.Scopes, p.plan.Memos)
	return o
}

// Run runs one source record through every table of p and leaves what it gave in out, whose former
// content is overwritten. It never fails: what cannot be used is a Problem, also where the engine
// itself breaks down.
func (p *Program) Run(record []byte, out *Output) { p.RunTables(record, p.all, out) }

// RunTables is [Program.Run] for a record of some tables' source only: those with the given numbers in
// [Program.Tables], in the order of the file. A record of which one of several tables delivers without a problem is no
// problem for those that deliver nothing from it.
func (p *Program) RunTables(record []byte, tables []int, out *Output) {
	out.reset()
	defer out.finish(record)
	out.attempts = out.attempts[:0]
	for _, i := range tables {
		out.attempts = append(out.attempts, p.try(i, record, out))
	}
	if len(tables) > 1 && out.Found() > 0 {
		out.settle(out.attempts)
	}
}

func (o *Output) reset() {
	o.Problems, o.More = o.Problems[:0], 0
	o.out.MaxRows, o.out.MaxSteps, o.out.KeepDrops = o.MaxRows, stepsPerRow*o.MaxRows, o.KeepDrops
	o.out.Reset()
	o.frame.Buf = o.frame.Buf[:0]
	o.frame.Cells = o.frame.Cells[:0]
	o.frame.Depth = 0
}

// finish turns what the run noticed into problems.
func (o *Output) finish(record []byte) {
	if r := recover(); r != nil {
		o.out.Reset()
		o.Problems, o.More = o.Problems[:0], 0
		o.problem(twin.Panicked, fmt.Sprintf("the engine failed on this record: %v", r))
	}
	if o.out.TooMany {
		o.out.Reset()
		o.problem(twin.TooLarge, fmt.Sprintf("the record delivers more than %d rows, or unnests more than %d elements",
			o.MaxRows, stepsPerRow*o.MaxRows))
	}
	o.refuse(o.out.NotFinite, "NaN or Infinity, which JSON cannot hold", "")
	o.refuse(o.out.NotJSON, "not JSON text", "; use JSON_STRING")
	o.refuseTimes(o.out.BadTime)
	o.Rows, o.Dropped, o.Drops = o.out.Rows, o.out.Dropped, o.out.Drops
}

// refuse makes the problem of values that are something which no value may be.
func (o *Output) refuse(r plan.Refused, something, hint string) {
	switch {
	case r.N == 1:
		o.problem(twin.BadValue, fmt.Sprintf("the value of metric %s is %s%s", r.First, something, hint))
	case r.N > 1:
		o.problem(twin.BadValue, fmt.Sprintf("%d values are %s, the first of metric %s%s", r.N, something, r.First, hint))
	}
}

// refuseTimes makes the problem of event times that no change may have.
func (o *Output) refuseTimes(b plan.BadTime) {
	if b.N == 0 {
		return
	}
	which := fmt.Sprintf("the event time of metric %s cannot be delivered", b.Refused.First)
	if b.N > 1 {
		which = fmt.Sprintf("%d event times cannot be delivered, the first of metric %s", b.N, b.Refused.First)
	}
	o.Note(Problem{Reason: twin.BadTime, Detail: which + ": " + b.First.OutOfRange(), Column: string(NullEventTime),
		Offset: -1})
}

// problem notes a problem of the whole record.
func (o *Output) problem(reason twin.Reason, detail string) {
	o.Note(Problem{Reason: reason, Detail: detail, Offset: -1})
}

// NumberFrom numbers the rows from first on, for a record that is one of several within something greater, such as
// a body or a file: of two readings of the same time the later one then wins. It returns the first number of the next
// record. A record without rows takes a number too: it may have some when it is replayed, after its SQL was mended.
func (o *Output) NumberFrom(first uint32) (next uint32) {
	after := func(n int) uint32 { return uint32(min(uint64(first)+uint64(n), math.MaxUint32)) }
	for i := range o.Rows {
		o.Rows[i].Index = after(i)
	}
	return after(max(1, len(o.Rows)))
}

// tableSink runs the plan for every row that a decoder finds.
type tableSink struct {
	out   *Output
	loop  *plan.Loop
	table int
}

var _ decode.Sink = (*tableSink)(nil)

// Row implements [decode.Sink].
func (s *tableSink) Row() {
	o := s.out
	o.frame.Advance(s.loop.Scope, o.records[s.table].Cells, 0)
	s.loop.Run(o.frame, &o.out)
}

// Problem implements [decode.Sink].
func (s *tableSink) Problem(p decode.Problem) {
	s.out.Note(Problem{Reason: twin.Unreadable, Detail: p.Detail, Column: p.Column, Offset: p.Offset})
}
