package operate

import (
	"context"
	"errors"
	"fmt"

	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// chunkSize is how many rejects of a file are replayed between two checkpoints. It must not change within a run: what
// is rejected again has a name by its chunk.
const chunkSize = 500

// replay puts what comes of rejects onto the twin stream, and marks their files. A dry run only counts.
func (w *work) replay(ctx context.Context) error {
	e, err := w.engine(ctx)
	if err != nil {
		return err
	}
	if at := &w.Checkpoint; w.Dry() && at.After == "" && at.File == "" {
		e.effect = newEffect(w.Dataset)
	} else if w.Dry() { // it does not know any more which readings it has counted
		w.Counts.AtLeast = true
	}
	err = w.eachFile(ctx, func(ctx context.Context, name string) (bool, error) { return w.replayFile(ctx, e, name) })
	if err == nil && w.Dry() {
		w.Seconds = w.Counts.Records / int64(max(w.Rate, 1))
	}
	return err
}

func (w *work) replayFile(ctx context.Context, e *engine, name string) (remove bool, err error) {
	o, err := w.open(ctx, name)
	if err != nil || o == nil {
		return false, err
	}
	at := &w.Checkpoint
	if at.File != name {
		at.File, at.Line = name, 0
		w.Counts.Files++
	}
	for at.Line < int64(len(o.list)) {
		chunk := o.list[at.Line:min(int(at.Line)+chunkSize, len(o.list))]
		counts, err := w.replayChunk(ctx, e, chunk)
		if err != nil {
			return false, err
		}
		w.Counts.add(&counts)
		at.Line += int64(len(chunk))
		if !w.Dry() {
			err = w.pace(ctx, counts.Records)
		} else {
			err = w.rest(ctx)
		}
		if err != nil {
			return false, err
		}
	}
	if w.Dry() {
		return false, nil
	}
	return w.markReplayed(ctx, o)
}

// markReplayed marks a file of which all was replayed. One of which only a part was gives way to two.
func (w *work) markReplayed(ctx context.Context, o *opened) (remove bool, err error) {
	var replayed, others []twin.Reject
	for _, r := range o.list {
		if w.selects(&r) && replayable(&r) {
			replayed = append(replayed, r)
		} else {
			others = append(others, r)
		}
	}
	switch {
	case len(replayed) == 0 || o.damaged: // what cannot be read of a file stays where it is
		return false, nil
	case len(others) == 0:
		return false, w.Rejects.Mark(ctx, o.name, Mark{Replayed: w.ID})
	}
	if err := w.keepByKind(ctx, replayed, Mark{Replayed: w.ID, Split: w.ID}); err != nil {
		return false, err
	}
	return true, w.keepByKind(ctx, others, Mark{Split: w.ID})
}

// replayable reports whether there is something to replay: an object is only named.
func replayable(r *twin.Reject) bool { return r.Kind != twin.KindObject }

// replayChunk replays the rejects that are selected, sends what came of them, and keeps what is still rejected.
func (w *work) replayChunk(ctx context.Context, e *engine, chunk []twin.Reject) (c Counts, err error) {
	now := w.now()
	e.reset()
	for i := range chunk {
		r := &chunk[i]
		if !w.selects(r) {
			continue
		}
		c.Records++
		var got outcome
		switch {
		case !replayable(r):
			c.Skipped++
			continue
		case r.Kind == twin.KindChange:
			got = e.changes(r, now)
		default:
			if err := e.needs(); err != nil {
				return c, err
			}
			got = e.record(r, now)
		}
		c.count(got)
		if err := e.effect.look(ctx, w.Store, false); err != nil {
			return c, err
		}
	}
	if err := e.effect.look(ctx, w.Store, true); err != nil {
		return c, err
	}
	e.effect.count(&c)
	return c, w.send(ctx, e)
}

// count counts what became of a record.
func (c *Counts) count(o outcome) {
	c.Changes += o.changes
	switch {
	case o.reason != "":
		c.reject(o.reason, 1)
	case o.changes == 0:
		c.Nothing++
	default:
		c.Passed++
	}
}

// send puts what an engine has packed onto the twin stream, and keeps what it has rejected. A dry run does neither.
func (w *work) send(ctx context.Context, e *engine) error {
	if w.Dry() {
		return nil
	}
	if _, err := stream.Put(ctx, w.Sink, e.records()); err != nil {
		return err
	}
	return w.keepByKind(ctx, e.rejected, Mark{})
}

// engine runs records of a dataset again.
func (w *work) engine(ctx context.Context) (*engine, error) {
	datasets, err := w.Store.Datasets(ctx)
	if err != nil {
		return nil, err
	}
	d, ok := find(datasets, w.Dataset)
	if !ok {
		return nil, fail("There is no dataset %s any more.", w.Dataset)
	}
	if w.SQL != "" {
		e := newEngine(d, w.ID)
		err = e.compile([]byte(w.SQL))
		w.Extractor = e.hash
		return e, err
	}
	e, err := w.deployed(ctx, d, w.ID)
	if err == nil && e.missing == nil {
		w.Extractor = e.hash
	}
	return e, err
}

// deployed returns the engine of a dataset as it is deployed, for a run. It says so where records cannot be run.
func (s *Service) deployed(ctx context.Context, d twin.Dataset, run string) (*engine, error) {
	e := newEngine(d, run)
	x, err := s.Extractors.Deployed(ctx, d.Name, d.Extractor)
	switch {
	case errors.Is(err, ErrNotFound):
		e.missing = fail("The SQL %s of %s is not there: deploy the dataset again.", d.Extractor, d.Name)
		return e, nil
	case err != nil:
		return nil, err
	case x.Flink:
		e.missing = fail("The extractor of %s runs on Apache Flink: its records cannot be run here, only its changes.",
			d.Name)
		return e, nil
	}
	e.Extractor = x
	if err := e.compile(x.SQL); err != nil {
		return nil, err
	}
	if e.hash != d.Extractor {
		return nil, fmt.Errorf("operate: the SQL of %s has the hash %s, and the catalogue says %s", d.Name, e.hash,
			d.Extractor)
	}
	return e, nil
}
