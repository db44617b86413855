package api

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/feed"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// follower is who follows the changes of one selection.
type follower struct {
	*handler
	call    *call
	ctx     context.Context
	filters []string
	query   string        // what decides how a batch is encoded, beside what the caller may read
	metrics []string      // nil for all
	after   feed.Position // where it began
	tail    *feed.Tail
	start   *gap // what was missed before that

	base *view // what the caller may read
	view *view // and of that what he asks for
}

// gap is what a follower has missed.
type gap struct{ from, to feed.Position }

// newFollower returns a follower as a call asks for it.
func (h *handler) newFollower(c *call) (*follower, error) {
	f := &follower{handler: h, call: c, ctx: c.Context(), filters: c.filters(), metrics: c.chosen()}
	f.query = fmt.Sprintf("%q %t", f.filters, c.source)
	if err := f.look(); err != nil {
		return nil, err
	}
	cursor, in := c.Header.Get(feed.LastEventID), feed.LastEventID
	if cursor == "" {
		cursor, in = c.after, "after"
	}
	log := h.Changes.Log
	if cursor == "" {
		now, err := log.Now(f.ctx)
		if err != nil {
			return nil, storeFailed("Changes", err)
		}
		f.after, f.tail = now, feed.NewTail(log, now)
		return f, nil
	}
	id, after, err := parseChangesCursor(cursor, f.filters, in)
	if err != nil {
		return nil, err
	}
	f.after, f.tail = after, feed.NewTail(log, after)
	if id != log.ID() { // the state was begun anew, or the cursor is of another environment
		if f.start, err = f.skip(); err != nil {
			return nil, err
		}
		f.start.from, f.after = min(after, f.start.to), f.start.to
	}
	return f, nil
}

// resumes reports whether the follower goes on from a cursor.
func (f *follower) resumes() bool {
	return f.call.Header.Get(feed.LastEventID) != "" || f.call.after != ""
}

// skip leaves out what the log does not have any more.
func (f *follower) skip() (*gap, error) {
	from, to, err := f.tail.Skip(f.ctx)
	if err != nil {
		return nil, storeFailed("Changes", err)
	}
	f.catalogue.cache.Expire() // a log begins anew where the catalogue changes what is served
	return &gap{from, to}, nil
}

// look looks up what the caller may read now. A dataset that goes while it is followed is one without changes.
func (f *follower) look() error {
	s, err := f.catalogue.getShared(f.ctx)
	if err != nil {
		return err
	}
	v := s.view(f.call.readable)
	if v == f.base {
		return nil
	}
	first := f.base == nil
	f.base, f.view = v, v
	if len(f.call.datasets) == 0 {
		return nil
	}
	some, missing := v.only(f.call.datasets)
	if first && missing != "" {
		return noDataset(missing)
	}
	f.view = some
	return nil
}

// selects reports whether the caller asks for a metric of a component.
func (c *call) selects(component, metric string, metrics []string) bool {
	return strings.HasPrefix(component, c.prefix) && (c.component == "" || c.component == component) &&
		(metrics == nil || slices.Contains(metrics, metric))
}

// sees reports whether the caller may read a reading.
func (v *view) sees(dataset, component, metric string) bool {
	i, ok := v.find(dataset)
	return ok && (v.scopes == nil || v.scopes[i].Has(component, metric))
}

// takes reports whether a change is one for the follower: of a reading that he asks for and is served.
func (f *follower) takes(c *feed.Change) bool {
	sees := func(dataset string) bool { return f.view.sees(dataset, c.Component, c.Metric) }
	return f.call.selects(c.Component, c.Metric, f.metrics) && sees(c.Dataset) &&
		!slices.ContainsFunc(c.Hidden, sees) && (len(c.Shown) == 0 || slices.ContainsFunc(c.Shown, sees))
}

// misses returns what was forgotten as the follower may know it: ok is false where he was served nothing of it.
func (f *follower) misses(all *feed.Forgotten) (own feed.Forgotten, ok bool) {
	own = feed.Forgotten{Component: all.Component, Dataset: all.Dataset, Before: all.Before}
	before := twin.MinMillis
	for i := range all.Lost {
		if l := &all.Lost[i]; f.call.selects(all.Component, l.Metric, f.metrics) &&
			f.view.sees(l.Dataset, all.Component, l.Metric) {
			before, ok = max(before, l.EventTime), true
		}
	}
	if all.Dataset != "" { // not when the newest of what others may read expired
		own.Before = before
	}
	return own, ok
}

// cursor returns the cursor for what comes after a position.
func (f *follower) cursor(p feed.Position) string {
	return string(appendChangesCursor(nil, f.filters, f.Changes.Log.ID(), p))
}

// appendForgotten appends what was forgotten as a JSON object.
func appendForgotten(b []byte, f *feed.Forgotten) []byte {
	b = appendString(append(b, `{"component":`...), f.Component)
	b = appendOptional(append(b, `,"dataset":`...), f.Dataset)
	b = appendTime(append(b, `,"before":`...), min(f.Before, twin.MaxMillis))
	return append(b, '}')
}

// appendGap appends a gap as a JSON object.
func appendGap(b []byte, g *gap) []byte {
	b = appendTime(append(b, `{"from":`...), twin.MillisOf(g.from.Time()))
	b = appendTime(append(b, `,"to":`...), twin.MillisOf(g.to.Time()))
	return append(b, '}')
}
