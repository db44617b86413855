package local

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// applyBatch is how many stream records are applied at once, or a few more: the store syncs its file once for each
// batch. It is what an intake sends at once, so that a live feed costs one sync a second.
const applyBatch = 64

// applying takes changes from the link to the store.
type applying struct {
	link    *link
	applier *store.Applier
	writes  *writes
	dataset func(name string) *dataset
	rejects *rejects
	log     *slog.Logger

	lost atomic.Int64 // changes that were given up
}

// batch is changes that are applied at once, and who waits for each.
type batch struct {
	changes []twin.Change
	posts   []*post
}

// run works until the link is closed and empty. What the store cannot take is offered again and
// again; when ctx ends it is given up.
func (a *applying) run(ctx context.Context) {
	var b batch
	for {
		parcels := a.link.receive(applyBatch)
		if parcels == nil {
			return
		}
		b.changes, b.posts = b.changes[:0], b.posts[:0]
		for _, p := range parcels {
			a.unpack(&b, p)
		}
		a.apply(ctx, &b)
		for _, p := range parcels {
			p.post.finished(len(b.changes) == 0)
		}
	}
}

// unpack adds the changes of a parcel to b.
func (a *applying) unpack(b *batch, p parcel) {
	for _, r := range p.records {
		var bad []*stream.BadLine
		b.changes, bad = stream.Decode(r.Data, b.changes)
		for len(b.posts) < len(b.changes) {
			b.posts = append(b.posts, p.post)
		}
		for _, line := range bad {
			a.log.Error("BUG: a line of the stream cannot be read", "error", line)
			a.rejects.add(line.Reject())
		}
	}
}

const (
	firstPause = 100 * time.Millisecond
	maxPause   = 5 * time.Second
)

// apply applies changes, as often as the store fails, until ctx ends.
func (a *applying) apply(ctx context.Context, b *batch) {
	for pause := firstPause; len(b.changes) > 0; pause = min(2*pause, maxPause) {
		a.writes.begin()
		results, err := a.applier.Apply(ctx, b.changes)
		finished := len(b.changes)
		a.count(b, results)
		finished -= len(b.changes)
		if err == nil && len(b.changes) > 0 {
			err = errors.New("the store did not finish")
		}
		if ctx.Err() != nil { // what the store says now is that it was interrupted
			a.lost.Add(int64(len(b.changes)))
			return
		}
		if err != nil {
			a.log.Error("the store failed", "finished", finished, "unfinished", len(b.changes), "error", err)
		}
		if len(b.changes) == 0 {
			err = nil // all is stored, and only the newest event time of a dataset is not
		}
		a.writes.end(err)
		if err != nil && sleep(ctx, pause) != nil {
			a.lost.Add(int64(len(b.changes)))
			return
		}
	}
}

// count counts the outcomes, and leaves in b what was not finished.
func (a *applying) count(b *batch, results []store.Result) {
	tallies := make(map[string]*Tally)
	n := 0
	for i, r := range results {
		c, p := b.changes[i], b.posts[i]
		if r.Outcome == store.Unfinished {
			b.changes[n], b.posts[n] = c, p
			n++
			continue
		}
		if tallies[c.Dataset] == nil {
			tallies[c.Dataset] = &Tally{}
		}
		tallies[c.Dataset].count(r.Outcome)
		p.applied(&c, r.Outcome)
		if r.Outcome == store.Refused {
			reject := stream.Rejected(&c, r.Reason, r.Detail)
			a.rejects.add(reject)
			p.reject(c.Position, reject.Findings)
		}
	}
	b.changes, b.posts = b.changes[:n], b.posts[:n]
	for dataset, t := range tallies {
		a.dataset(dataset).add(*t)
	}
}
