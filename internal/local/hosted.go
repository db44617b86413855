package local

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/railtwin/digitaltwin/internal/flink"
	"github.com/railtwin/digitaltwin/internal/stream"
)

// hosted is a dataset whose extractor runs on Apache Flink, beside this process: its records go there,
// and what comes back goes on to the stream.
type hosted struct {
	runner  flink.Runner
	sql     []byte
	streams []*flink.Stream // of each source table

	mu      sync.Mutex
	run     *flink.Run // nil before it was started
	failure string     // see [Status]
}

// Host adds a dataset whose extractor needs Flink, to be run by runner once the twin runs.
func (t *Twin) Host(ctx context.Context, f Foreign, runner flink.Runner) error {
	h := &hosted{runner: runner, sql: f.SQL}
	for range f.Tables {
		h.streams = append(h.streams, &flink.Stream{})
	}
	t.datasets[f.Dataset.Name] = &dataset{Dataset: f.Dataset, tables: f.Tables, hosted: h, standing: &standing{}}
	if err := t.store.PutDataset(ctx, f.Dataset); err != nil {
		return fmt.Errorf("write dataset %s into the catalogue: %w", f.Dataset.Name, err)
	}
	return nil
}

// host runs the job of a dataset until ctx or its records end.
func (t *Twin) host(ctx context.Context, d *dataset) {
	h := d.hosted
	sources := make(map[string]*flink.Stream)
	for i, table := range d.tables {
		sources[table.Name] = h.streams[i]
	}
	run, err := h.runner.Start(ctx, flink.Job{Dataset: d.Name, SQL: h.sql, Sources: sources,
		Sink: func(ctx context.Context, key string, record []byte) error {
			d.add(Tally{Changes: 1})
			return t.link.put(ctx, []stream.Record{{Key: key, Data: record}}, nil)
		}})
	if err == nil {
		h.mu.Lock()
		h.run = run
		h.mu.Unlock()
		err = run.Wait()
	}
	if err != nil && ctx.Err() == nil {
		h.fail(err)
		t.log.Error("a job on Flink failed", "dataset", d.Name, "error", err)
	}
	h.end() // nobody reads any more
}

// take sends a record to some of the source tables. It waits where Flink is slower.
func (h *hosted) take(ctx context.Context, tables []int, record []byte) error {
	for _, i := range tables {
		if err := h.streams[i].Put(ctx, bytes.Clone(record)); err != nil {
			return err
		}
	}
	return nil
}

// end says that no records follow, so that Flink ends its windows.
func (h *hosted) end() {
	for _, s := range h.streams {
		s.End()
	}
}

func (h *hosted) fail(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.failure, _, _ = strings.Cut(strings.TrimSpace(err.Error()), "\n")
}

// failed returns the first line of why the job failed, or "" if it did not.
func (h *hosted) failed() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.failure
}

// counts returns what the job has lost, once it was started.
func (h *hosted) counts() flink.Counts {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.run == nil {
		return flink.Counts{}
	}
	return h.run.Counts()
}
