package extraction

import (
	"context"
	"fmt"

	"github.com/railtwin/digitaltwin/functions/internal/batch"
	"github.com/railtwin/digitaltwin/functions/internal/trigger"
	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// Batch is records whose changes are sent together. An extraction has one at a time.
type Batch struct {
	*Extraction
	tail    *batch.Batch
	tallies []tally
}

// tally is what one record gave. It is counted once the record is finished.
type tally struct {
	record                    int
	sources, nothing, changes int
	dropped                   extract.Dropped
}

// Begin begins a batch.
func (x *Extraction) Begin() *Batch {
	x.packer.Reset()
	return &Batch{Extraction: x, tail: batch.New(x.Config.Config,
		wiring.MetricRecords, wiring.MetricGaveNothing, wiring.MetricDropped, wiring.MetricChanges)}
}

// Add runs a record through the given tables and packs its changes. The records of a batch are numbered
// upwards. The source records in a record count their rows on, so that the later one of two equal readings
// wins. The record's data must stay as it is until the batch is finished.
func (b *Batch) Add(n int, r *trigger.Record, tables []int) { b.AddFrom(n, r, tables, 0) }

// AddFrom is Add for a record that is itself one of several within something greater, such as a file: its
// rows are numbered from rows on, and the next number is returned.
func (b *Batch) AddFrom(n int, r *trigger.Record, tables []int, rows uint32) (next uint32) {
	next = rows
	t := b.tally(n)
	defer func() {
		if v := recover(); v != nil {
			b.RejectWhole(n, r, twin.KindFramed, r.Data, twin.Panicked,
				fmt.Sprintf("the function failed to take this record apart: %v", v))
		}
	}()
	b.packer.From(n, r.ArrivedAt, r.Position)
	for source, err := range b.Source.Split(r.Data, 0) {
		if err != nil {
			b.RejectWhole(n, r, twin.KindFramed, source.Data, twin.Unreadable, err.Error())
			continue
		}
		t.sources++
		next = b.run(t, r, source.Data, tables, next)
	}
	return next
}

// tally returns the tally of a record, which is the same as before where the record is.
func (b *Batch) tally(n int) *tally {
	if last := len(b.tallies) - 1; last < 0 || b.tallies[last].record != n {
		b.tallies = append(b.tallies, tally{record: n})
	}
	return &b.tallies[len(b.tallies)-1]
}

// run runs one source record whose rows are numbered from rows on, and returns the next number.
func (b *Batch) run(t *tally, r *trigger.Record, source []byte, tables []int, rows uint32) (next uint32) {
	out := b.output
	defer func() {
		if v := recover(); v != nil { // the program recovers by itself; this is for what is around it
			out.Findings = twin.Findings{}
			out.Note(twin.Problem{Reason: twin.Panicked, Detail: fmt.Sprintf("the function failed on this record: %v", v),
				Offset: -1})
		}
		if out.Found() > 0 {
			b.tail.Reject(t.record, twin.Reject{
				Findings: out.Copy(), Kind: twin.KindRecord, Dataset: b.dataset.Name,
				Position: r.Position, ReceivedAt: r.ArrivedAt, Index: rows, Payload: source,
			})
		}
	}()
	next = rows
	b.Program.RunTables(source, tables, out)
	next = out.NumberFrom(rows)
	for i := range out.Rows {
		if p := b.packer.Add((*stream.Row)(&out.Rows[i])); p != nil {
			out.Note(*p)
			continue
		}
		t.changes++
	}
	t.dropped.Add(out.Dropped)
	if len(out.Rows) == 0 && out.Found() == 0 {
		t.nothing++
	}
	return next
}

// RejectWhole rejects a record, or the part of it that the payload is, without running it.
func (b *Batch) RejectWhole(n int, r *trigger.Record, kind twin.Kind, payload []byte, reason twin.Reason,
	detail string) {
	b.tally(n).sources++
	reject := twin.Reject{Kind: kind, Dataset: b.dataset.Name, Position: r.Position, ReceivedAt: r.ArrivedAt,
		Payload: payload}
	reject.Note(twin.Problem{Reason: reason, Detail: detail, Offset: -1})
	b.tail.Reject(n, reject)
}

// Finish sends the changes of the records that were added, keeps their rejects, and returns how many of the first ones
// are finished for good, and why not all of them. Sending may take as long as work lasts, keeping as keep.
func (b *Batch) Finish(work, keep context.Context, records []trigger.Record) (finished int, fault error) {
	if rest, err := stream.Put(work, b.Sink, b.packer.Records()); err != nil {
		b.tail.Stop(stream.Earliest(rest), err)
	}
	b.packer.Reset()
	finished, fault = b.tail.Keep(keep, records)
	b.count(finished)
	b.tail.Write()
	return finished, fault
}

// count counts what the first records gave. The others are counted when they come again.
func (b *Batch) count(finished int) {
	c := b.tail.Counts(b.dataset.Name)
	var dropped extract.Dropped
	for _, t := range b.tallies {
		if t.record < finished {
			c.Values[wiring.MetricRecords] += t.sources
			c.Values[wiring.MetricGaveNothing] += t.nothing
			c.Values[wiring.MetricChanges] += t.changes
			dropped.Add(t.dropped)
		}
	}
	c.Values[wiring.MetricDropped] = dropped.Total()
	for column, rows := range dropped.By {
		c.Dropped[string(column)] = rows
	}
}
