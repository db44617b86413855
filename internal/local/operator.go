package local

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/railtwin/digitaltwin/internal/operate"
	"github.com/railtwin/digitaltwin/internal/operate/disk"
	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// operator carries out what is asked for below /v1/operations.
type operator struct {
	service *operate.Service
	dir     *disk.Dir
	keeper  *keeper
	log     *slog.Logger
	asked   chan string // runs to be worked on
}

// Operate lets operators work on the twin: it serves /v1/operations, and keeps rejects, runs and the audit log in a
// folder. Runs that were under way when the twin ended go on. It is called before [Twin.Run] and [Twin.Handler], and
// after [Twin.Host].
func (t *Twin) Operate(ctx context.Context, dir string) error {
	d, err := disk.Open(dir, time.Now)
	if err != nil {
		return err
	}
	known, err := t.store.Datasets(ctx)
	if err != nil {
		return errors.Join(err, d.Close())
	}
	for i := range known {
		if own := t.datasets[known[i].Name]; own != nil {
			own.pause.set(known[i].Paused)
		}
	}
	op := &operator{dir: d, log: t.log, asked: make(chan string, 1000),
		keeper: &keeper{files: d.Rejects, log: t.log, waiting: map[string]*batchOfRejects{}}}
	op.service = operate.New(operate.Config{
		Runs: d.Runs, Rejects: flushed{d.Rejects, op.keeper}, Audit: d.Audit, Store: t.store, Extractors: deployed{t},
		Sink: storedSink{t}, Pauser: pauser{t}, Start: op.start, Log: t.log,
	})
	t.operator, t.rejects.keeper = op, op.keeper
	t.config.Operations = true
	return nil
}

// operations serves /v1/operations. Without tokens and rules everybody on this machine may do everything.
func (t *Twin) operations() http.Handler {
	if t.operator == nil {
		return http.NotFoundHandler()
	}
	c := t.operator.service.Config
	c.Anonymous = !t.config.Authenticated
	if t.config.Rules != nil {
		c.Grants = t.config.Rules
	}
	return operate.Handler(operate.New(c))
}

// start asks for a step of a run.
func (op *operator) start(_ context.Context, id string) error {
	select {
	case op.asked <- id:
		return nil
	default:
		return errors.New("too many runs are waiting")
	}
}

// run works on runs until ctx ends, on each by itself, and keeps rejects.
func (op *operator) run(ctx context.Context) {
	var working sync.WaitGroup
	working.Go(func() { op.keeper.run(ctx) })
	op.startActive(ctx)
	var mu sync.Mutex
	busy := map[string]bool{}
	for {
		var id string
		select {
		case <-ctx.Done():
			working.Wait()
			return
		case id = <-op.asked:
		}
		mu.Lock()
		if !busy[id] {
			busy[id] = true
			working.Go(func() {
				op.work(ctx, id)
				mu.Lock()
				delete(busy, id)
				mu.Unlock()
			})
		}
		mu.Unlock()
	}
}

// close keeps what is still in memory. A nil operator has nothing.
func (op *operator) close() error {
	if op == nil {
		return nil
	}
	return errors.Join(op.keeper.flush(), op.dir.Close())
}

// startActive starts the runs that had not ended when the process did.
func (op *operator) startActive(ctx context.Context) {
	before := ""
	for {
		runs, err := op.dir.Runs.List(ctx, before, cap(op.asked))
		if err != nil {
			op.log.Error("runs that were under way are not continued", "error", err)
			return
		}
		for _, r := range runs {
			if before = r.ID; r.State.Active() {
				_ = op.start(ctx, r.ID) // where it is one too many, who asks for it starts it
			}
		}
		if len(runs) < cap(op.asked) {
			return
		}
	}
}

// stepTime is how long a step is, retryPause when it is tried again after a fault.
const (
	stepTime   = time.Minute
	retryPause = 5 * time.Second
)

// work works on a run until it has ended.
func (op *operator) work(ctx context.Context, id string) {
	for ctx.Err() == nil {
		more, err := op.service.Step(ctx, id, time.Now().Add(stepTime))
		if err == nil && !more {
			return
		}
		if err != nil && ctx.Err() == nil {
			op.log.Error("a run did not get on", "run", id, "error", err)
			_ = sleep(ctx, retryPause)
		}
	}
}

// flushed are the files of rejects, with those that are still in memory.
type flushed struct {
	*disk.Rejects
	keeper *keeper
}

// Files implements [operate.Rejects].
func (f flushed) Files(ctx context.Context, q operate.FileQuery) ([]string, error) {
	if err := f.keeper.flush(); err != nil {
		return nil, err
	}
	return f.Rejects.Files(ctx, q)
}

// deployed are the extractors that a twin serves.
type deployed struct{ *Twin }

// Deployed implements [operate.Extractors].
func (t deployed) Deployed(_ context.Context, dataset, hash string) (operate.Extractor, error) {
	d := t.dataset(dataset)
	if d == nil || d.Extractor != hash {
		return operate.Extractor{}, fmt.Errorf("%w: the extractor of %s", operate.ErrNotFound, dataset)
	}
	if d.hosted != nil {
		return operate.Extractor{SQL: d.hosted.sql, Flink: true}, nil
	}
	x := operate.Extractor{SQL: []byte(d.program.SQL()), Tables: map[string][]string{}}
	for i, table := range d.tables {
		x.Tables[streamOf(d.tables, []int{i})] = []string{table.Name}
	}
	return x, nil
}

// storedSink is the stream within the process, for changes that must be in the store before a checkpoint says that they
// were sent.
type storedSink struct{ *Twin }

// PutRecords implements [stream.Sink].
func (t storedSink) PutRecords(ctx context.Context, records []stream.Record) ([]error, error) {
	p := newPost()
	if err := t.link.put(ctx, records, p); err != nil {
		return nil, err
	}
	p.finished(true)
	select {
	case <-p.done:
		_, err := p.answer("")
		return nil, err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// pauser pauses datasets of a twin.
type pauser struct{ *Twin }

// SetPaused implements [operate.Pauser]. The store comes first, so that a dataset that is paused stays so.
func (t pauser) SetPaused(ctx context.Context, dataset string, paused bool) error {
	d := t.dataset(dataset)
	if d == nil {
		return fmt.Errorf("there is no dataset %s", dataset)
	}
	since := d.pause.get()
	switch {
	case !paused:
		since = 0
	case since == 0:
		since = twin.MillisOf(time.Now())
	}
	if err := t.store.SetPaused(ctx, dataset, since); err != nil {
		return err
	}
	d.pause.set(since)
	return nil
}
