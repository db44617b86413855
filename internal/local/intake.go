package local

import (
	"context"
	"strconv"
	"time"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Intake takes source records of one dataset: it runs them through the extractor and sends the
// changes on. It belongs to one goroutine; the others have intakes of their own.
type Intake struct {
	dataset *dataset
	link    *link
	rejects *rejects
	shard   string // which feed or posted body the records come from, for their lineage
	tables  []int  // of the dataset, that read them
	post    *post  // that waits for the outcome; nil for a feed

	records int // taken so far
	waiting int // records since the last flush
	*memory
}

// memory is what an extractor works in. It becomes faster with the records that it has seen.
type memory struct {
	out    *extract.Output // nil where the dataset is hosted
	packer *stream.Packer
}

func (t *Twin) newIntake(d *dataset, shard string, p *post) *Intake {
	in := &Intake{dataset: d, link: t.link, rejects: &t.rejects, shard: shard, post: p}
	in.From("")
	if in.memory, _ = d.memories.Get().(*memory); in.memory != nil {
		return in
	}
	in.memory = &memory{packer: stream.NewPacker(d.Dataset, 0)}
	if d.program != nil {
		in.out = d.program.NewOutput()
	}
	return in
}

// close gives the memory to the next intake.
func (in *Intake) close() {
	in.packer.Reset()
	in.dataset.memories.Put(in.memory)
	in.memory = nil
}

// From says which file the next records are of, see [extract.TablesOf].
func (in *Intake) From(file string) { in.tables = extract.TablesOf(in.dataset.tables, file) }

// flushEvery is how many records an intake takes before it sends what came of them.
const flushEvery = 200

// Take runs one record. It waits where the store is slower, and while the dataset is paused. The error is that of ctx,
// or says that the twin ends, or the job that takes them.
func (in *Intake) Take(ctx context.Context, record []byte) error {
	if err := in.dataset.pause.wait(ctx); err != nil {
		return err
	}
	if in.dataset.hosted != nil {
		err := in.dataset.hosted.take(ctx, in.tables, record)
		if err == nil {
			in.count(Tally{Records: 1})
		}
		return err
	}
	in.run(record)
	if in.waiting < flushEvery {
		return nil
	}
	return in.Flush(ctx)
}

// Flush sends what is waiting.
func (in *Intake) Flush(ctx context.Context) error {
	err := in.link.put(ctx, in.packer.Records(), in.post)
	in.packer.Reset()
	in.waiting = 0
	return err
}

func (in *Intake) run(record []byte) {
	in.waiting++
	in.records++
	d := in.dataset
	d.program.RunTables(record, in.tables, in.out)
	receivedAt, first := d.arrivals.take(twin.MillisOf(time.Now()), len(in.out.Rows))
	in.out.NumberFrom(first)
	position := twin.Position{Stream: streamOf(d.tables, in.tables), Shard: in.shard, Sequence: strconv.Itoa(in.records)}
	in.packer.From(0, receivedAt, position)

	reject := twin.Reject{
		Findings: in.out.Copy(), Kind: twin.KindRecord, Dataset: d.Name,
		Position: position, ReceivedAt: receivedAt, Index: first, Payload: record,
	}
	t := Tally{Records: 1, Dropped: int64(in.out.Dropped.Total())}
	for i := range in.out.Rows {
		if p := in.packer.Add((*stream.Row)(&in.out.Rows[i])); p != nil {
			reject.Note(*p)
			continue
		}
		t.Changes++
	}
	switch {
	case reject.Found() > 0:
		t.Rejected++
		in.rejects.add(reject)
		in.post.reject(position, reject.Findings)
	case t.Changes == 0:
		t.Nothing++
	}
	in.count(t)
}

// streamOf names the stream of records that some of the tables read: one for all of them, and one for each alone.
func streamOf(tables []extract.Table, some []int) string {
	if len(some) == len(tables) {
		return "local"
	}
	return "local." + tables[some[0]].Name
}

// count counts for the dataset, and for the post of the record.
func (in *Intake) count(t Tally) {
	in.dataset.add(t)
	in.post.count(in.records, t)
}
