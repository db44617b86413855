package api

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// A page asks the store for some components at a time, until it is full.
const (
	usualMetrics  = 8   // of a component, where the caller does not choose
	maxComponents = 100 // at a time
	maxRounds     = 20  // then the page ends, full or not, so that a rare metric cannot hold a request for long

	maxSearched  = 5000   // components whose readings a call looks at, to find those that it lets through or to count
	maxCounted   = 20_000 // components that a call counts by their names
	namesAtATime = 1000

	// A call that has less time left ends with what it has.
	timeToEnd = 2 * time.Second
)

// fill fills p and reports whether the list may go on after it. Each round moves p.at forward, so that a list of pages
// ends, whatever is on them.
func (h *handler) fill(p *page) (more bool, err error) {
	c := p.call
	ctx, metrics := c.Context(), c.reads()
	l := list{handler: h, view: p.view, prefix: c.prefix}
	n, moved := 0, false
	for round := 1; ; round++ {
		n = p.atATime(n, len(metrics))
		found, err := p.next(ctx, &l, n)
		if err != nil {
			return false, err
		}
		moved = moved || p.at.metric != "" || len(found.names) > 0
		names, readings := found.names, []twin.Reading(nil)
		if !p.namesOnly() {
			if names, readings, err = h.readListed(ctx, p, found, metrics); err != nil {
				return false, err
			}
		}
		if !p.add(names, readings) {
			return true, nil
		}
		p.at.metric = "" // all of it was read
		p.looked += len(found.names)
		switch {
		case l.stopped && !moved:
			return false, l.tooLong()
		case len(found.names) < n && !l.stopped:
			return false, nil
		case p.n >= p.limit:
			return true, nil
		case l.stopped || p.enough(round) || late(ctx):
			p.stopped = true
			return true, nil
		}
	}
}

// next returns the next n components: of what has changed, or of the list.
func (p *page) next(ctx context.Context, l *list, n int) (listed, error) {
	if p.changed != nil {
		return p.changed.next(p.at.component, n), nil
	}
	return l.next(ctx, p.at.component, n)
}

// namesOnly reports whether nothing but the names of components is needed.
func (p *page) namesOnly() bool { return p.call.route.call == listComponents && !p.call.searches() }

// atATime returns how many components the next round asks for, after one that has asked for n.
func (p *page) atATime(n, metrics int) int {
	switch {
	case p.namesOnly() && p.limit <= maxLimit:
		return p.limit + 1 // to know whether the list goes on
	case p.namesOnly():
		return namesAtATime
	case p.limit > maxLimit || p.call.searches():
		return maxComponents
	case p.call.form.wide:
		metrics = 1 // all of them are one entry
	case metrics == 0:
		metrics = usualMetrics
	}
	return min(max((p.limit-p.n)/metrics+1, 2*n), maxComponents)
}

// enough reports whether the call has looked at as much as one may, after so many rounds.
func (p *page) enough(round int) bool {
	switch c := p.call; {
	case c.isWhole():
		return false // it is bounded by its length
	case p.namesOnly():
		return p.looked >= maxCounted
	case c.searches() || c.count:
		return p.looked >= maxSearched
	}
	return round >= maxRounds
}

// late reports whether a call has hardly any time left.
func late(ctx context.Context) bool {
	end, ok := ctx.Deadline()
	return ok && time.Until(end) < timeToEnd
}

// readListed returns what p needs next: the components found and their readings, and before them those of the component
// whose first metrics were on the page before.
func (h *handler) readListed(ctx context.Context, p *page, found listed, metrics []string) (names []string,
	readings []twin.Reading, err error) {
	names = found.names
	ask := names
	if found.read {
		ask = nil
	}
	if p.at.metric != "" {
		names = slices.Insert(slices.Clone(names), 0, p.at.component)
		ask = slices.Insert(slices.Clone(ask), 0, p.at.component)
	}
	readings, err = h.readMany(ctx, p.view, store.ReadingQuery{Components: ask, Datasets: p.view.names, Metrics: metrics})
	if err != nil || !found.read {
		return names, readings, err
	}
	for _, r := range found.readings {
		if metrics == nil || slices.Contains(metrics, r.Metric) {
			readings = append(readings, r)
		}
	}
	return names, readings, nil
}

// fillOne fills p with the named component and reports whether the list goes on. A component or a metric that does not
// exist is the same problem as with its name in the path; one that another filter leaves out is an empty page.
func (h *handler) fillOne(p *page) (more bool, err error) {
	c := p.call
	var readings []twin.Reading
	if strings.HasPrefix(c.component, c.prefix) {
		if readings, err = h.read(c.Context(), p.view, c.component, c.reads()); err != nil {
			return false, err
		}
	}
	if !slices.ContainsFunc(readings, func(r twin.Reading) bool { return p.wants(r.Metric) }) {
		return false, h.whyNone(c, p.view, c.chosen())
	}
	if p.at.component != "" && p.at.component != c.component {
		return false, nil
	}
	return !p.add([]string{c.component}, readings), nil
}
