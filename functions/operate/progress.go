package main

import (
	"context"
	"io"
	"log/slog"
	"time"

	"github.com/railtwin/digitaltwin/functions/internal/emf"
	"github.com/railtwin/digitaltwin/internal/operate"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// meter writes the metrics of operations into the log of the function.
type meter struct {
	environment string
	out         io.Writer
	now         func() time.Time
}

// write writes a metric of a dataset, "" for the environment. Work goes on without it.
func (m *meter) write(ctx context.Context, dataset, name string, value int64) {
	c := emf.NewCounts()
	c.Values[name] = int(value)
	if err := c.Write(m.out, m.now(), m.environment, dataset); err != nil {
		slog.ErrorContext(ctx, "a metric was not written", "metric", name, "error", err)
	}
}

// tellEvery is the time between two lines about the progress of a run.
const tellEvery = time.Minute

// progress is [operate.Runs] that also tells how far the one run has come that the function works on. An instance of a
// function works on one event at a time.
type progress struct {
	operate.Runs
	meter *meter

	run     string      // the one that is worked on; "" for none
	seen    operate.Run // as it was read or written last
	told    int64       // how much of its work has been told
	toldAt  time.Time
	started bool // it has been read
}

// begin says that the function works on a run from now on.
func (p *progress) begin(id string) {
	p.run, p.seen, p.told, p.toldAt, p.started = id, operate.Run{}, 0, p.meter.now(), false
}

// end tells of what has not been told of the run.
func (p *progress) end(ctx context.Context) {
	if p.started {
		p.tell(ctx)
	}
	p.run = ""
}

// Read implements [operate.Runs].
func (p *progress) Read(ctx context.Context, id string) (*operate.Run, error) {
	run, err := p.Runs.Read(ctx, id)
	if err == nil && id == p.run && !p.started {
		p.started, p.seen, p.told = true, *run, done(run)
	}
	return run, err
}

// Write implements [operate.Runs].
func (p *progress) Write(ctx context.Context, run *operate.Run) error {
	err := p.Runs.Write(ctx, run)
	if err == nil && run.ID == p.run {
		p.seen = *run
		if p.meter.now().Sub(p.toldAt) >= tellEvery {
			p.tell(ctx)
		}
	}
	return err
}

func (p *progress) tell(ctx context.Context) {
	dataset := p.seen.Dataset
	if dataset == "" {
		dataset = wiring.EveryDataset
	}
	is := done(&p.seen)
	p.meter.write(ctx, dataset, wiring.MetricRunRecords, max(is-p.told, 0))
	p.told, p.toldAt = is, p.meter.now()
}

// done is how much of its work a run has done: records, rejects or components.
func done(run *operate.Run) int64 { return run.Counts.Records + run.Counts.Components }
