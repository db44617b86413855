package api

import (
	"context"
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// A page of readings asks the store for some components at a time, until it is full.
const (
	usualMetrics  = 8   // of a component, where the caller does not choose
	maxComponents = 100 // at a time
	maxRounds     = 20  // then the page ends, full or not, so that a rare metric cannot hold a request for long
)

// readings serves a page of the readings of many components, or of the one that is named.
func (h *handler) readings(c *call) (answer, error) {
	v, err := h.viewOf(c)
	if err != nil {
		return answer{}, err
	}
	from, err := c.begin()
	if err != nil {
		return answer{}, err
	}
	p := page{call: c, view: v, at: from, body: append(c.body, `{"readings":[`...)}
	var next *link
	if c.component != "" {
		next, err = h.fillOne(&p)
	} else {
		next, err = h.fill(&p)
	}
	if err != nil {
		return answer{}, err
	}
	return answer{body: appendNext(append(p.body, ']'), next), next: next}, nil
}

// fillOne fills p with readings of the named component and returns the link to the next page. A component or a
// metric that does not exist is the same problem as with its name in the path; one that another filter leaves out is
// an empty page.
func (h *handler) fillOne(p *page) (*link, error) {
	c := p.call
	metrics := c.chosen()
	var readings []twin.Reading
	if strings.HasPrefix(c.component, c.prefix) {
		var err error
		if readings, err = h.read(c.Context(), p.view, c.component, metrics); err != nil {
			return nil, err
		}
	}
	switch {
	case !p.add(readings):
		return h.nextPage(c, p.at), nil
	case len(readings) == 0:
		return nil, h.whyNone(c, p.view, metrics)
	}
	return nil, nil
}

// whyNone returns the problem that there is no reading of the component of c, or nil where there is one that another
// filter leaves out.
func (h *handler) whyNone(c *call, v *view, metrics []string) error {
	ctx := c.Context()
	if c.dataset != "" || !strings.HasPrefix(c.component, c.prefix) {
		all, err := h.viewOfAll(c)
		if err != nil {
			return err
		}
		v = all
		readings, err := h.read(ctx, v, c.component, metrics)
		if err != nil || len(readings) > 0 {
			return err
		}
	}
	if len(metrics) == 1 && c.metric != "" {
		return h.noMetric(ctx, v, c.component, c.metric)
	}
	return h.mustKnow(ctx, v, c.component, metrics)
}

// fill fills p with readings of many components and returns the link to the next page. Each round moves p.at
// forward, so that a list of pages ends, whatever is on them.
func (h *handler) fill(p *page) (*link, error) {
	c := p.call
	ctx, metrics := c.Context(), c.chosen()
	each := len(metrics)
	if each == 0 {
		each = usualMetrics
	}
	l := list{handler: h, view: p.view, prefix: c.prefix}
	n, moved := 0, false
	for round := 1; ; round++ {
		n = min(max((c.limit-p.n)/each+1, 2*n), maxComponents)
		found, err := l.next(ctx, p.at.component, n)
		if err != nil {
			return nil, err
		}
		readings, err := h.readListed(ctx, p, found, metrics)
		if err != nil {
			return nil, err
		}
		moved = moved || p.at.metric != "" || len(found.names) > 0
		if !p.add(readings) {
			return h.nextPage(c, p.at), nil
		}
		if len(found.names) > 0 {
			p.at = position{component: found.names[len(found.names)-1]}
		} else {
			p.at.metric = "" // all of it was read
		}
		switch {
		case l.stopped && !moved:
			return nil, l.tooLong()
		case len(found.names) < n && !l.stopped:
			return nil, nil
		case p.n == c.limit || round == maxRounds || l.stopped:
			return h.nextPage(c, p.at), nil
		}
	}
}

// readListed returns what p needs next: the readings of the components found, and before them those of the component
// whose first metrics were on the page before.
func (h *handler) readListed(ctx context.Context, p *page, found listed, metrics []string) ([]twin.Reading, error) {
	names := found.names
	if found.read {
		names = nil
	}
	if p.at.metric != "" {
		names = slices.Insert(slices.Clone(names), 0, p.at.component)
	}
	readings, err := h.readMany(ctx, p.view, store.ReadingQuery{Components: names, Datasets: p.view.names, Metrics: metrics})
	if err != nil || !found.read {
		return readings, err
	}
	for _, r := range found.readings {
		if metrics == nil || slices.Contains(metrics, r.Metric) {
			readings = append(readings, r)
		}
	}
	return readings, nil
}
