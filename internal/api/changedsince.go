package api

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/railtwin/digitaltwin/internal/feed"
	"github.com/railtwin/digitaltwin/internal/problem"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// A call that asks for what has changed since a time reads the log of the change feed from there on. It is bounded by
// what it has to read of it, and by the readings that it finds.
const (
	maxChangedBytes = 32 << 20
	maxChanged      = 50_000
)

// changed are the readings that have changed since a time, and that the caller may read.
type changed struct {
	names   []string                   // components, in order
	metrics map[string]map[string]bool // by component
	n       int                        // readings
}

// has reports whether a reading has changed.
func (c *changed) has(r *twin.Reading) bool { return c.metrics[r.Component][r.Metric] }

// next returns the first n components after a name.
func (c *changed) next(after string, n int) listed {
	begin, found := slices.BinarySearch(c.names, after)
	if found {
		begin++
	}
	return listed{names: c.names[begin:min(begin+n, len(c.names))]}
}

func setChangedSince(p *parameters, value string) (string, error) {
	at, err := twin.ParseMillis(value)
	if err != nil || !at.InRange() {
		return "", errors.New("must be a time as RFC 3339 has it, such as 2026-11-23T10:15:30Z")
	}
	p.changedSince = &at
	return at.String(), nil
}

// changedSince returns what has changed since the time that c asks for.
func (h *handler) changedSince(ctx context.Context, c *call, v *view) (*changed, error) {
	log := h.Changes.Log
	f := &follower{handler: h, call: c, ctx: ctx, metrics: c.wanted(), view: v}
	now, err := log.Now(ctx)
	if err != nil {
		return nil, storeFailed("Changes", err)
	}
	// A batch may appear later than its position says, by so much.
	after := feed.PositionAt(c.parameters.changedSince.Time()).Add(-log.Overlap())
	tail := feed.NewTail(log, min(after, now))
	found := &changed{metrics: map[string]map[string]bool{}}
	for bytes := 0; ; {
		page, err := tail.Next(ctx)
		switch {
		case errors.Is(err, feed.ErrGone):
			return nil, h.notSoFarBack(ctx)
		case err != nil:
			return nil, storeFailed("Changes", err)
		}
		for _, b := range page.Batches {
			bytes += b.Size()
			for i := range b.Changes {
				if change := &b.Changes[i]; f.takes(change) {
					found.add(&change.Reading)
				}
			}
		}
		switch {
		case bytes > maxChangedBytes || found.n > maxChanged || page.More && late(ctx):
			return nil, searchTooLong.New("More has changed since than a call can look at. Ask for a later time, " +
				"or read the whole list.").About("changedSince")
		case !page.More:
			found.names = slices.Sorted(maps.Keys(found.metrics))
			return found, nil
		}
	}
}

func (c *changed) add(r *twin.Reading) {
	metrics := c.metrics[r.Component]
	if metrics == nil {
		metrics = map[string]bool{}
		c.metrics[r.Component] = metrics
	}
	if !metrics[r.Metric] {
		metrics[r.Metric] = true
		c.n++
	}
}

// notSoFarBack returns the problem that the log does not reach back to the time asked for.
func (h *handler) notSoFarBack(ctx context.Context) error {
	oldest, err := h.Changes.Log.Oldest(ctx)
	if err != nil {
		return storeFailed("Changes", err)
	}
	return problem.InvalidParameter.New("changedSince is before %s, from when on it is known what has changed. "+
		"Read the whole list once, and then what has changed since.", twin.MillisOf(oldest.Time())).About("changedSince")
}
