package api

import (
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/store"
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
	filters := c.filters(c.route.pattern)
	from, err := parseCursor(c.cursor, filters)
	if err != nil {
		return answer{}, err
	}
	p := page{call: c, view: &v, at: from, body: append(c.body, `{"readings":[`...)}
	var next string
	if c.component != "" {
		next, err = h.fillOne(&p, filters)
	} else {
		next, err = h.fill(&p, filters)
	}
	if err != nil {
		return answer{}, err
	}
	return answer{body: appendNext(append(p.body, ']'), next), next: next}, nil
}

// fillOne fills p with readings of the named component and returns the reference of the next page. What is not
// there is the same problem as with the component and the metric in the path.
func (h *handler) fillOne(p *page, filters []string) (string, error) {
	c := p.call
	ctx, metrics := c.Context(), c.chosen()
	if !strings.HasPrefix(c.component, c.prefix) {
		return "", noComponent(c.component)
	}
	readings, err := h.read(ctx, p.view, c.component, metrics)
	if err != nil {
		return "", err
	}
	switch {
	case !p.add(readings):
		return h.nextPage(c, filters, p.at), nil
	case len(readings) > 0:
		return "", nil
	case len(metrics) == 1 && c.metric != "":
		return "", h.noMetric(ctx, p.view, c.component, c.metric)
	}
	return "", h.mustKnow(ctx, p.view, c.component, metrics)
}

// fill fills p with readings of many components and returns the reference of the next page. Each round moves
// p.at forward, so that a list of pages ends, whatever is on them.
func (h *handler) fill(p *page, filters []string) (string, error) {
	c, v := p.call, p.view
	ctx, metrics := c.Context(), c.chosen()
	each := len(metrics)
	if each == 0 {
		each = usualMetrics
	}
	n := 0
	for round := 1; ; round++ {
		n = min(max((c.limit-p.n)/each+1, 2*n), maxComponents)
		names, err := h.list(ctx, v, c.prefix, p.at.component, n)
		if err != nil {
			return "", err
		}
		end := len(names) < n
		if p.at.metric != "" {
			names = slices.Insert(names, 0, p.at.component) // its other metrics
		}
		readings, err := h.readMany(ctx, v, store.ReadingQuery{Components: names, Datasets: v.names, Metrics: metrics})
		if err != nil {
			return "", err
		}
		if !p.add(readings) {
			return h.nextPage(c, filters, p.at), nil
		}
		if end {
			return "", nil
		}
		p.at = position{component: names[len(names)-1]}
		if p.n == c.limit || round == maxRounds {
			return h.nextPage(c, filters, p.at), nil
		}
	}
}
