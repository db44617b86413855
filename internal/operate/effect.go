package operate

import (
	"context"
	"maps"
	"slices"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// The bounds of what a dry run of a replay looks at in the store.
const (
	effectComponents = 5_000  // whose readings are read
	effectPending    = 10_000 // changes that wait for that
)

// effect counts the readings of a dataset that changes would change: those of which a change would win. Each component
// is read once, and what is known of it is kept for the next changes. A change that a forget covers counts too,
// although the store will not take it.
type effect struct {
	dataset string
	stored  map[string]map[string]twin.Rank // of the components that were read, by metric
	changed map[cell]struct{}
	pending []winner // changes of components that were not read yet
	partial bool     // not all changes were looked at
	told    int      // of changed
}

type cell struct{ component, metric string }

type winner struct {
	cell
	rank twin.Rank
}

func newEffect(dataset string) *effect {
	return &effect{dataset: dataset, stored: map[string]map[string]twin.Rank{}, changed: map[cell]struct{}{}}
}

// add takes a change that would be sent. A nil effect takes none.
func (f *effect) add(c *twin.Change) {
	if f == nil {
		return
	}
	at := cell{c.Component, c.Metric}
	if _, ok := f.changed[at]; ok {
		return
	}
	f.judge(winner{at, c.Rank()})
}

func (f *effect) judge(w winner) {
	ranks, read := f.stored[w.component]
	switch {
	case !read && len(f.stored) >= effectComponents:
		f.partial = true
	case !read:
		f.pending = append(f.pending, w)
	default:
		if stored, ok := ranks[w.metric]; !ok || w.rank.Wins(stored) {
			f.changed[w.cell] = struct{}{}
		}
	}
}

// look reads the components whose changes wait, where there are many of them or it is to be done now.
func (f *effect) look(ctx context.Context, s Store, now bool) error {
	if f == nil || len(f.pending) == 0 || !now && len(f.pending) < effectPending {
		return nil
	}
	wanted := map[string]bool{}
	for _, w := range f.pending {
		wanted[w.component] = true
	}
	names := slices.Sorted(maps.Keys(wanted))
	names = names[:min(len(names), effectComponents-len(f.stored))]
	for part := range slices.Chunk(names, componentsAtOnce) {
		readings, err := s.Readings(ctx, store.ReadingQuery{Components: part, Datasets: []string{f.dataset}})
		if err != nil {
			return err
		}
		for _, name := range part {
			f.stored[name] = map[string]twin.Rank{}
		}
		for _, r := range readings {
			f.stored[r.Component][r.Metric] = r.Rank
		}
	}
	waiting := f.pending
	f.pending = nil
	for _, w := range waiting {
		f.judge(w)
	}
	return nil
}

// count counts what has been found since the last call.
func (f *effect) count(c *Counts) {
	if f == nil {
		return
	}
	c.Readings += int64(len(f.changed) - f.told)
	c.AtLeast = c.AtLeast || f.partial
	f.told = len(f.changed)
}
