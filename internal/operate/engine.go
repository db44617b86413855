package operate

import (
	"cmp"
	"slices"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/framing"
	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// engine runs records of a dataset through its extractor again, with their own arrival and position, and packs the
// changes. What the appliers would refuse by now it rejects itself, so that the reject knows its run.
type engine struct {
	Extractor
	dataset twin.Dataset // as in the catalogue
	run     string
	missing error // why records cannot be run; nil where they can

	hash    string
	program *extract.Program
	output  *extract.Output
	packer  *stream.Packer

	loose    map[string]*stream.Record // changes that are sent as they are, by partition key
	order    []string                  // the keys of loose
	full     []stream.Record
	rejected []twin.Reject
	effect   *effect // takes every change that would be sent; nil where that is not asked for
}

// outcome is what became of a record.
type outcome struct {
	changes int64
	reason  twin.Reason // why it is still a reject; "" where it is none
}

func newEngine(d twin.Dataset, run string) *engine {
	return &engine{dataset: d, run: run, loose: map[string]*stream.Record{}}
}

// compile compiles the SQL that records are run through.
func (e *engine) compile(sql []byte) error {
	p, err := extract.Compile(e.dataset.Name+".sql", sql)
	if err != nil {
		const most = 4 << 10
		text := err.Error()
		return fail("The SQL does not compile: %s", text[:min(len(text), most)])
	}
	e.program, e.hash = p, p.Dataset().Extractor
	e.output, e.packer = p.NewOutput(), stream.NewPacker(p.Dataset(), 0)
	return nil
}

// needs returns why records cannot be run.
func (e *engine) needs() error { return e.missing }

func (e *engine) reset() {
	if e.packer != nil {
		e.packer.Reset()
	}
	clear(e.loose)
	e.order, e.full, e.rejected = e.order[:0], e.full[:0], nil
}

// records are the records of the twin stream since the last reset.
func (e *engine) records() []stream.Record {
	all := slices.Clone(e.full)
	for _, key := range e.order {
		all = append(all, *e.loose[key])
	}
	if e.packer != nil {
		all = append(all, e.packer.Records()...)
	}
	return all
}

// record runs a reject that is a source record.
func (e *engine) record(r *twin.Reject, now twin.Millis) outcome {
	source := framing.Source{Framing: framing.Plain} // taken apart and decoded before it was rejected
	if r.Kind == twin.KindFramed {
		source = e.Framing
	}
	got, _ := e.source(&SourceRecord{Data: r.Payload, Framing: source, Position: r.Position, ReceivedAt: r.ReceivedAt,
		Tables: e.Tables[r.Position.Stream]}, r.Index, now)
	return got
}

// source runs a record of a source whose rows are numbered from rows on, and returns the next number.
func (e *engine) source(r *SourceRecord, rows uint32, now twin.Millis) (got outcome, next uint32) {
	next = rows
	tables := e.tables(r.Tables)
	for part, err := range r.Framing.Split(r.Data, 0) {
		reject := twin.Reject{Kind: twin.KindRecord, Dataset: e.dataset.Name, Position: r.Position, ReceivedAt: r.ReceivedAt,
			Index: next, Payload: part.Data, Run: e.run}
		if err != nil {
			reject.Kind = twin.KindFramed
			reject.Note(twin.Problem{Reason: twin.Unreadable, Detail: err.Error(), Offset: -1})
		} else {
			var n int64
			n, next = e.rows(&reject, tables, now, &got)
			got.changes += n
		}
		e.reject(&got, reject)
	}
	return got, next
}

// rows runs one record, whose problems it notes in reject.
func (e *engine) rows(reject *twin.Reject, tables []int, now twin.Millis, got *outcome) (changes int64, next uint32) {
	e.packer.From(0, reject.ReceivedAt, reject.Position)
	e.program.RunTables(reject.Payload, tables, e.output)
	next = e.output.NumberFrom(reject.Index)
	reject.Findings = e.output.Copy()
	for i := range e.output.Rows {
		row := &e.output.Rows[i]
		c := e.program.Change(row, reject.ReceivedAt, reject.Position)
		if reason, detail, ok := twin.Admit(&c, &e.dataset, now); !ok && (reason == twin.Future || reason == twin.Expired) {
			e.reject(got, e.again(stream.Rejected(&c, reason, detail)))
			continue
		}
		if p := e.packer.Add((*stream.Row)(row)); p != nil {
			reject.Note(*p)
			continue
		}
		e.effect.add(&c)
		changes++
	}
	return changes, next
}

// changes sends the changes in a reject as they are.
func (e *engine) changes(r *twin.Reject, now twin.Millis) (got outcome) {
	changes, bad := stream.Decode(r.Payload, nil)
	for _, line := range bad {
		e.reject(&got, e.again(line.Reject()))
	}
	for i := range changes {
		c := &changes[i]
		switch reason, detail, ok := twin.Admit(c, &e.dataset, now); {
		case c.Dataset != e.dataset.Name: // of a batch with several datasets
			e.rejected = append(e.rejected, e.again(stream.Rejected(c, twin.Batch,
				"it is of another dataset than the one that was replayed")))
		case !ok:
			e.reject(&got, e.again(stream.Rejected(c, reason, detail)))
		default:
			e.send(c)
			e.effect.add(c)
			got.changes++
		}
	}
	return got
}

// again says that a reject is one of this run.
func (e *engine) again(r twin.Reject) twin.Reject {
	r.Run = e.run
	return r
}

// reject keeps what has a problem.
func (e *engine) reject(got *outcome, r twin.Reject) {
	if r.Found() == 0 {
		return
	}
	got.reason = cmp.Or(got.reason, r.Reason())
	e.rejected = append(e.rejected, r)
}

// send packs a change as it is, with others of its partition key.
func (e *engine) send(c *twin.Change) {
	key := stream.PartitionKey(c.Component)
	r := e.loose[key]
	if r == nil {
		r = &stream.Record{Key: key}
		e.loose[key] = r
		e.order = append(e.order, key)
	}
	start := len(r.Data)
	if start > 0 {
		r.Data = append(r.Data, '\n')
	}
	r.Data = stream.AppendChange(r.Data, c)
	if start > 0 && len(r.Data) > stream.DefaultSize {
		last := slices.Clone(r.Data[start+1:])
		e.full = append(e.full, stream.Record{Key: key, Data: r.Data[:start:start]})
		r.Data = last
	}
}

// tables returns the numbers of the tables with these names, and of all where none is named.
func (e *engine) tables(names []string) (numbers []int) {
	all := e.program.Tables()
	for i, t := range all {
		if len(names) == 0 || slices.Contains(names, t.Name) {
			numbers = append(numbers, i)
		}
	}
	return numbers
}
