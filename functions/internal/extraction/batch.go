package extraction

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"

	"github.com/railtwin/digitaltwin/functions/internal/emf"
	"github.com/railtwin/digitaltwin/functions/internal/trigger"
	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/framing"
	"github.com/railtwin/digitaltwin/internal/rejects"
	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// Batch is records whose changes are sent together. An extraction has one at a time.
type Batch struct {
	*Extraction
	counts   *emf.Counts
	rejected []rejected
	dropped  extract.Dropped
}

// rejected is a reject and the number of the record that it came from.
type rejected struct {
	rejects.Entry
	record int
}

// Begin begins a batch.
func (x *Extraction) Begin() *Batch {
	x.packer.Reset()
	return &Batch{Extraction: x, counts: emf.NewCounts(wiring.MetricRecords, wiring.MetricDropped, wiring.MetricChanges)}
}

// Add runs a record through the given tables and packs its changes. The records of a batch are numbered
// upwards. The source records in a record count their rows on, so that the later one of two equal readings
// wins. The record's data must stay as it is until the batch is finished.
func (b *Batch) Add(n int, r *trigger.Record, tables []int) { b.AddFrom(n, r, tables, 0) }

// AddFrom is Add for a record that is itself one of several within something greater, such as a file: its
// rows are numbered from rows on, and the next number is returned.
func (b *Batch) AddFrom(n int, r *trigger.Record, tables []int, rows int) (next int) {
	next = rows
	defer func() { // the program recovers by itself; this is for what is around it
		if v := recover(); v != nil {
			b.Reject(n, r, r.Data, twin.Panicked, fmt.Sprintf("the function failed on this record: %v", v))
		}
	}()
	b.packer.From(n, r.ArrivedAt, r.Position)
	for source, err := range framing.Split(framing.Kind(b.Framing), r.Data, 0) {
		b.counts.Values[wiring.MetricRecords]++
		if err != nil {
			b.Reject(n, r, source.Data, twin.Unreadable, err.Error())
			continue
		}
		next = b.run(n, r, source.Data, tables, next)
	}
	return next
}

// run runs one source record whose rows are numbered from rows on, and returns the next number.
func (b *Batch) run(n int, r *trigger.Record, source []byte, tables []int, rows int) (next int) {
	b.Program.RunTables(source, tables, b.output)
	for _, p := range b.output.Problems {
		b.reject(n, r, twin.Reject{Reason: p.Reason, Detail: p.Detail, Column: p.Column, Offset: p.Offset, Payload: source})
	}
	b.dropped.Add(b.output.Dropped)
	next = rows
	for i := range b.output.Rows {
		row := (*stream.Row)(&b.output.Rows[i])
		row.Index = uint32(min(rows+int(row.Index), math.MaxUint32))
		next = max(next, int(row.Index)+1)
		err := b.packer.Add(row)
		if err == nil {
			b.counts.Values[wiring.MetricChanges]++
			continue
		}
		reason := twin.BadValue
		if tooLarge := (*stream.TooLargeError)(nil); errors.As(err, &tooLarge) {
			reason = twin.TooLarge
		}
		b.Reject(n, r, source, reason, err.Error())
	}
	return next
}

// Reject keeps payload, which came with record n, once that is finished.
func (b *Batch) Reject(n int, r *trigger.Record, payload []byte, reason twin.Reason, detail string) {
	b.reject(n, r, twin.Reject{Reason: reason, Detail: detail, Offset: -1, Payload: payload})
}

func (b *Batch) reject(n int, r *trigger.Record, reject twin.Reject) {
	b.counts.Rejects[reject.Reason]++
	b.rejected = append(b.rejected, rejected{b.entry(r, reject), n})
}

func (x *Extraction) entry(r *trigger.Record, reject twin.Reject) rejects.Entry {
	reject.Dataset, reject.Position = x.dataset.Name, r.Position
	return rejects.Entry{ReceivedAt: r.ArrivedAt, Reject: reject}
}

// Finish sends the changes of the records, keeps their rejects, and returns how many of the first added records
// are finished for good, and why not all of them. Sending may take as long as work lasts, keeping as keep.
func (b *Batch) Finish(work, keep context.Context, added int) (finished int, fault error) {
	finished = added
	if rest, err := stream.Put(work, b.Sink, b.packer.Records()); err != nil {
		finished, fault = min(finished, stream.Earliest(rest)), err
	}
	b.packer.Reset()
	var entries []rejects.Entry
	for _, e := range b.rejected {
		if e.record < finished { // the others come again with their records
			entries = append(entries, e.Entry)
		}
	}
	if err := b.Rejects.Keep(keep, entries); err != nil {
		finished, fault = min(finished, b.rejected[0].record), err
	}
	b.counts.Values[wiring.MetricDropped] = b.dropped.Total()
	for column, rows := range b.dropped.By {
		b.counts.Dropped[string(column)] = rows
	}
	if err := b.counts.Write(b.Metrics, b.Now(), b.Environment, b.dataset.Name); err != nil {
		slog.Warn("the metrics were not written", "error", err)
	}
	return finished, fault
}
