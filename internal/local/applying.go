package local

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// applyBatch is how many stream records are applied at once: the store syncs its file once for each batch.
const applyBatch = 64

// applying takes changes from the link to the store.
type applying struct {
	link     *link
	applier  *store.Applier
	datasets map[string]*dataset
	rejects  *rejects
	log      *slog.Logger
}

// run works until the link is closed and empty. What the store cannot take is offered again and
// again; when ctx ends it is given up.
func (a *applying) run(ctx context.Context) {
	var changes []twin.Change
	for {
		// The link is emptied also after ctx has ended, so that no writer waits for ever.
		records, err := a.link.channel.Receive(context.Background(), applyBatch)
		if err != nil {
			return
		}
		changes = changes[:0]
		for _, r := range records {
			var bad []*stream.BadLine
			changes, bad = stream.Decode(r.Data, changes)
			for _, line := range bad {
				a.log.Error("a line of the stream is no change; this is a bug", "error", line)
			}
		}
		a.apply(ctx, changes)
		a.link.finish(len(records))
	}
}

const (
	firstPause = 100 * time.Millisecond
	mostPause  = 5 * time.Second
)

// apply applies changes, as often as the store fails.
func (a *applying) apply(ctx context.Context, changes []twin.Change) {
	for pause := firstPause; ; pause = min(2*pause, mostPause) {
		results, err := a.applier.Apply(ctx, changes)
		changes = a.count(changes, results)
		if err == nil && len(changes) == 0 {
			return
		}
		if err == nil {
			err = errors.New("the store did not finish")
		}
		a.log.Error("the store failed", "unfinished", len(changes), "error", err)
		if len(changes) == 0 {
			return
		}
		if sleep(ctx, pause) != nil {
			a.log.Error("changes were given up", "unfinished", len(changes))
			return
		}
	}
}

// count counts the outcomes and returns the changes that were not finished.
func (a *applying) count(changes []twin.Change, results []store.Result) []twin.Change {
	unfinished := changes[:0]
	for i, r := range results {
		c := changes[i]
		d := a.datasets[c.Dataset]
		switch r.Outcome {
		case store.Applied:
			d.applied.Add(1)
		case store.Late:
			d.late.Add(1)
		case store.Same, store.Superseded: // a duplicate, or overtaken within its batch: nothing is amiss
		case store.Refused:
			d.counters.rejects.Add(1)
			a.rejects.add(stream.Rejected(&c, r.Reason, r.Detail))
		default:
			unfinished = append(unfinished, c)
		}
	}
	return unfinished
}
