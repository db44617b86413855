package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/railtwin/digitaltwin/functions/internal/emf"
	"github.com/railtwin/digitaltwin/functions/internal/trigger"
	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/framing"
	"github.com/railtwin/digitaltwin/internal/rejects"
	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// keeper keeps rejects.
type keeper interface {
	Keep(ctx context.Context, entries []rejects.Entry) error
}

// extractor is the function's handler. Its memory is used from invocation to invocation, which AWS Lambda
// does one after the other.
type extractor struct {
	environment string
	framing     wiring.Framing
	program     *extract.Program
	sink        stream.Sink // the twin stream
	rejects     keeper
	metrics     io.Writer
	now         func() time.Time

	dataset twin.Dataset
	head    []byte // what all changes begin with
	output  *extract.Output
	packer  *stream.Packer
	records []trigger.Record
	tail    []byte
}

// The time before the deadline of an invocation that work leaves for keeping rejects, and that leaves for the
// answer.
const (
	workReserve = 5 * time.Second
	keepReserve = 1 * time.Second
)

// prepare makes the memory of a handler.
func (x *extractor) prepare() *extractor {
	x.dataset = x.program.Dataset()
	x.head = stream.AppendHead(nil, x.dataset.Name, x.dataset.Extractor, x.dataset.Revision)
	x.output = x.program.NewOutput()
	x.packer = stream.NewPacker(0)
	return x
}

// Invoke runs the records of an event through the program, puts the changes into the twin stream and keeps
// what could not be used. It fails on faults of the infrastructure only, and then by naming the first record
// that was not finished; records that were may be repeated with it, which does no harm.
func (x *extractor) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	var err error
	if x.records, err = trigger.Parse(event, x.records[:0]); err != nil {
		return nil, err
	}
	work, cancel := trigger.Before(ctx, workReserve)
	defer cancel()
	keep, cancel := trigger.Before(ctx, keepReserve)
	defer cancel()
	r := run{extractor: x, counts: emf.NewCounts(wiring.MetricRecords, wiring.MetricDropped, wiring.MetricChanges)}
	unfinished, fault := r.finish(work, keep, r.extract(work))
	x.packer.Reset()
	if err := r.counts.Write(x.metrics, x.now(), x.environment, x.dataset.Name); err != nil {
		slog.Warn("the metrics were not written", "error", err)
	}
	if unfinished == len(x.records) {
		return trigger.Done(), nil
	}
	slog.Error("the batch was not finished", "error", fault, "finished", unfinished, "of", len(x.records))
	return trigger.Unfinished(x.records[unfinished].Position.Sequence), nil
}

// run is one invocation.
type run struct {
	*extractor
	counts   *emf.Counts
	rejected []rejected
}

// rejected is a reject and the index of the record that it came from.
type rejected struct {
	rejects.Entry
	record int
}

// extract packs the changes of the records and returns how many of them it had the time for.
func (r *run) extract(ctx context.Context) int {
	for i := range r.records {
		if ctx.Err() != nil {
			return i
		}
		r.record(i)
	}
	return len(r.records)
}

// record packs the changes of one record of the stream. The source records in it count their rows on, so
// that the later one of two equal readings wins.
func (r *run) record(i int) {
	record := &r.records[i]
	defer func() { // the program recovers by itself; this is for what is around it
		if v := recover(); v != nil {
			r.reject(i, record.Data, twin.Panicked, "", -1, fmt.Sprintf("the function failed on this record: %v", v))
		}
	}()
	r.tail = stream.AppendTail(r.tail[:0], record.ArrivedAt, record.Position)
	rows := 0
	for source, err := range framing.Split(framing.Kind(r.framing), record.Data, 0) {
		frame := source.Data
		r.counts.Values[wiring.MetricRecords]++
		if err != nil {
			r.reject(i, record.Data, twin.Unreadable, "", -1, err.Error())
			continue
		}
		r.program.Run(frame, r.output)
		for _, p := range r.output.Problems {
			r.reject(i, frame, p.Reason, p.Column, p.Offset, p.Detail)
		}
		d := r.output.Dropped
		r.counts.Values[wiring.MetricDropped] += d.Component + d.Metric + d.Value + d.EventTime
		next := rows
		for j := range r.output.Rows {
			row := stream.Row(r.output.Rows[j])
			row.Index = uint16(min(rows+int(row.Index), 1<<16-1))
			next = max(next, int(row.Index)+1)
			r.pack(i, frame, &row)
		}
		rows = next
	}
}

func (r *run) pack(i int, frame []byte, row *stream.Row) {
	err := r.packer.AddRow(r.head, r.tail, row, i)
	if err == nil {
		r.counts.Values[wiring.MetricChanges]++
		return
	}
	reason := twin.BadValue
	if tooLarge := (*stream.TooLargeError)(nil); errors.As(err, &tooLarge) {
		reason = twin.TooLarge
	}
	r.reject(i, frame, reason, "", -1, err.Error())
}

func (r *run) reject(i int, payload []byte, reason twin.Reason, column string, offset int, detail string) {
	record := &r.records[i]
	r.counts.Rejects[reason]++
	r.rejected = append(r.rejected, rejected{record: i, Entry: rejects.Entry{
		ReceivedAt: record.ArrivedAt,
		Reject: twin.Reject{
			Reason: reason, Detail: detail, Dataset: r.dataset.Name, Column: column, Offset: offset,
			Position: record.Position, Payload: payload,
		},
	}})
}

// finish sends the changes of the first extracted records, keeps their rejects, and returns how many
// records are finished for good and why not all.
func (r *run) finish(work, keep context.Context, extracted int) (finished int, fault error) {
	finished = extracted
	if extracted < len(r.records) {
		fault = fmt.Errorf("the time was up: %w", work.Err())
	}
	if rest, err := stream.Put(work, r.sink, r.packer.Records()); err != nil {
		finished, fault = min(finished, stream.Earliest(rest)), err
	}
	var entries []rejects.Entry
	for _, e := range r.rejected {
		if e.record < finished { // the others come again with their records
			entries = append(entries, e.Entry)
		}
	}
	if err := r.rejects.Keep(keep, entries); err != nil {
		finished, fault = min(finished, r.rejected[0].record), err
	}
	return finished, fault
}
