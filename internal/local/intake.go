package local

import (
	"context"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// dataset is one dataset that is served.
type dataset struct {
	twin.Dataset
	tables   []extract.Table
	program  *extract.Program // nil where it is hosted
	hosted   *hosted          // nil where there is a program
	feeds    []Feed
	sequence atomic.Int64 // of its source records
	readings atomic.Int64 // in the store
	counters
}

// Intake takes source records of one dataset: it runs them through the extractor and sends the
// changes on. It belongs to one goroutine; the others have intakes of their own.
type Intake struct {
	dataset *dataset
	link    *link
	rejects *rejects
	shard   string // which feed the records come from, for their lineage
	tables  []int  // of the dataset, that read them

	out     *extract.Output
	packer  *stream.Packer
	waiting int // records since the last flush
}

func newIntake(d *dataset, l *link, r *rejects, shard string) *Intake {
	in := &Intake{dataset: d, link: l, rejects: r, shard: shard, packer: stream.NewPacker(d.Dataset, 0)}
	in.From("")
	if d.program != nil {
		in.out = d.program.NewOutput()
	}
	return in
}

// From says which file the next records are of, see [extract.TablesOf].
func (in *Intake) From(file string) { in.tables = extract.TablesOf(in.dataset.tables, file) }

// flushEvery is how many records an intake takes before it sends what came of them.
const flushEvery = 200

// Take runs one record. It waits where the store is slower. The error is that of ctx, or says that
// the twin ends, or the job that takes them.
func (in *Intake) Take(ctx context.Context, record []byte) error {
	if in.dataset.hosted != nil {
		err := in.dataset.hosted.take(ctx, in.tables, record)
		if err == nil {
			in.dataset.records.Add(1)
		}
		return err
	}
	in.run(record, twin.MillisOf(time.Now()))
	if in.waiting < flushEvery {
		return nil
	}
	_, err := in.Flush(ctx)
	return err
}

// Flush sends what is waiting and returns the mark of the link behind it.
func (in *Intake) Flush(ctx context.Context) (mark int64, err error) {
	mark, err = in.link.put(ctx, in.packer.Records())
	in.packer.Reset()
	in.waiting = 0
	return mark, err
}

func (in *Intake) run(record []byte, receivedAt twin.Millis) {
	d := in.dataset
	in.waiting++
	d.records.Add(1)
	position := twin.Position{Stream: "local", Shard: in.shard, Sequence: strconv.FormatInt(d.sequence.Add(1), 10)}
	in.packer.From(0, receivedAt, position)
	d.program.RunTables(record, in.tables, in.out)
	reject := twin.Reject{Kind: twin.KindRecord, Dataset: d.Name, Position: position, ReceivedAt: receivedAt, Payload: record}
	reject.Findings = in.out.Copy()
	for i := range in.out.Rows {
		if p := in.packer.Add((*stream.Row)(&in.out.Rows[i])); p != nil {
			reject.Note(*p)
			continue
		}
		d.changes.Add(1)
	}
	if reject.Found() > 0 {
		d.counters.rejects.Add(1)
		in.rejects.add(reject)
	}
	d.drop(in.out.Dropped)
}
