package api

import "strings"

// readings serves a page of the readings of many components, or of the one that is named.
func (h *handler) readings(c *call) (answer, error) {
	return h.list(c, func(p *page) (bool, error) {
		if c.component != "" {
			return h.fillOne(p)
		}
		return h.fill(p)
	})
}

// list serves a page, or a whole list.
func (h *handler) list(c *call, fill func(*page) (more bool, err error)) (answer, error) {
	v, err := h.viewOf(c)
	if err != nil {
		return answer{}, err
	}
	p, err := newPage(c, v)
	if err != nil {
		return answer{}, err
	}
	if c.parameters.changedSince != nil {
		if p.changed, err = h.changedSince(c.Context(), c, v); err != nil {
			return answer{}, err
		}
	}
	more, err := fill(p)
	if err != nil {
		return answer{}, err
	}
	return h.finish(p, more)
}

// whyNone returns the problem that there is no reading of the component of c, or nil where there is one that another
// filter leaves out.
func (h *handler) whyNone(c *call, v *view, metrics []string) error {
	ctx := c.Context()
	if len(c.datasets) > 0 || !strings.HasPrefix(c.component, c.prefix) {
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
