// Package batch is how functions bring a batch of records to its end, whatever they do with them: what was rejected is
// kept, what happened is counted, and the first record that is not finished is named.
//
// A [Batch] counts records from the first one on. [Batch.Reject] notes a reject that came with one of them, and
// [Batch.Stop] a fault of the infrastructure that leaves one, and with it all after it, to be handed over again.
// [Batch.Keep] keeps the rejects of the finished ones; the others come again with their records, and are neither kept
// nor counted before. A reject that cannot be kept leaves its record unfinished too, so that none is lost.
package batch

import (
	"context"
	"io"
	"log/slog"
	"sort"
	"time"

	"github.com/railtwin/digitaltwin/functions/internal/emf"
	"github.com/railtwin/digitaltwin/functions/internal/trigger"
	"github.com/railtwin/digitaltwin/internal/rejects"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// Keeper keeps rejects.
type Keeper interface {
	// Keep keeps rejects of which the first came with the record at origin. There is at least one.
	Keep(ctx context.Context, origin rejects.Origin, list []twin.Reject) error
}

// Config is what batches need of their function. Every field is needed.
type Config struct {
	Environment string
	Rejects     Keeper
	Metrics     io.Writer
	Now         func() time.Time
}

// Batch is the records of an invocation, or a part of them.
type Batch struct {
	Config
	zero     []string
	counts   map[string]*emf.Counts // by dataset, "" for the environment
	rejected rejected
	stopped  bool
	finished int // records, where stopped
	fault    error
}

// rejected are rejects and the numbers of the records that they came with. A compressed record may give hundreds of
// thousands, so they are kept in one piece, and where they are.
type rejected struct {
	list    []twin.Reject
	records []int32
}

func (r *rejected) Len() int           { return len(r.list) }
func (r *rejected) Less(i, j int) bool { return r.records[i] < r.records[j] }
func (r *rejected) Swap(i, j int) {
	r.list[i], r.list[j] = r.list[j], r.list[i]
	r.records[i], r.records[j] = r.records[j], r.records[i]
}

// New returns an empty batch. The metrics are those that are written for each dataset also where they are 0.
func New(c Config, metrics ...string) *Batch {
	return &Batch{Config: c, zero: metrics, counts: map[string]*emf.Counts{}}
}

// unknown is the dataset of what does not say its own, in metrics.
const unknown = "unknown"

// Counts are the counts of a dataset, "" where it is not known.
func (b *Batch) Counts(dataset string) *emf.Counts {
	if dataset == "" || len(dataset) > twin.MaxDataset {
		dataset = unknown
	}
	c, ok := b.counts[dataset]
	if !ok {
		c = emf.NewCounts(b.zero...)
		b.counts[dataset] = c
	}
	return c
}

// Reject notes a reject that came with a record.
func (b *Batch) Reject(record int, r twin.Reject) {
	b.rejected.list = append(b.rejected.list, r)
	b.rejected.records = append(b.rejected.records, int32(record))
}

// Stop says that a record is not finished for an infrastructure fault.
func (b *Batch) Stop(record int, err error) {
	if !b.stopped || record < b.finished {
		b.stopped, b.finished, b.fault = true, record, err
	}
}

// Keep keeps and counts the rejects of the records that are finished, and returns how many these are, and why not all.
func (b *Batch) Keep(ctx context.Context, records []trigger.Record) (finished int, fault error) {
	if !b.stopped {
		b.finished = len(records)
	}
	sort.Stable(&b.rejected)
	n := sort.Search(b.rejected.Len(), func(i int) bool { return int(b.rejected.records[i]) >= b.finished })
	list := b.rejected.list[:n]
	if n > 0 {
		first := int(b.rejected.records[0])
		if err := b.Rejects.Keep(ctx, records[first].Origin(), list); err != nil {
			b.stopped, b.finished, b.fault = true, first, err
			list = nil
		}
	}
	for i := range list {
		metric := wiring.MetricRejects
		if list[i].Kind == twin.KindChange {
			metric = wiring.MetricRejectedChanges
		}
		b.Counts(list[i].Dataset).Reject(metric, list[i].Reason())
	}
	return b.finished, b.fault
}

// CountEnvironment counts what belongs to no dataset but to the environment.
func (b *Batch) CountEnvironment(metric string, n int) {
	if n == 0 {
		return
	}
	if b.counts[""] == nil {
		b.counts[""] = emf.NewCounts()
	}
	b.counts[""].Values[metric] += n
}

// Write writes all counts.
func (b *Batch) Write() {
	for dataset, c := range b.counts {
		if err := c.Write(b.Metrics, b.Now(), b.Environment, dataset); err != nil {
			slog.Warn("the metrics were not written", "error", err)
		}
	}
}
