package api

import (
	"errors"
	"slices"

	"github.com/railtwin/digitaltwin/internal/filter"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// searches reports whether the call lets some components of a list through only, by what their readings say.
func (c *call) searches() bool { return c.filter != nil || c.box != nil || c.changedSince != nil }

// holds reports whether the call lets a component through that has these readings. They are what the caller may read,
// and merged: so what he may not read is absent to a filter too.
func (p *page) holds(readings []twin.Reading) bool {
	c := p.call
	if p.changed != nil && !slices.ContainsFunc(readings, func(r twin.Reading) bool { return p.changed.has(&r) }) {
		return false
	}
	if c.box != nil {
		if _, place, ok := c.positionIn(readings); !ok || !c.box.has(&place) {
			return false
		}
	}
	return c.filter == nil || c.filter.Holds(readings, func(r *twin.Reading) bool {
		at, ok := p.view.staleAt(r)
		return ok && at <= c.now
	})
}

// reads returns the metrics that the call has to read, in order; nil for all: those that it answers with, and those by
// which it lets components through.
func (c *call) reads() []string {
	metrics := c.wanted()
	if metrics == nil && (c.route.call != listComponents || c.changedSince != nil) {
		return nil
	}
	if c.box != nil {
		metrics = union(metrics, []string{c.positionMetric()})
	}
	if c.filter != nil {
		names, all := c.filter.Metrics()
		if all {
			return nil
		}
		metrics = union(metrics, names)
	}
	return metrics
}

// wanted returns the metrics that the entries of the call have, in order; nil for all. A feature has its position too.
func (c *call) wanted() []string {
	chosen := c.chosen()
	if chosen == nil || c.form != geoJSON {
		return chosen
	}
	return union(chosen, []string{c.positionMetric()})
}

// union returns what is in a or b, in order.
func union(a, b []string) []string {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

func setFilter(p *parameters, value string) (string, error) {
	f, err := filter.Parse(value)
	if wrong, ok := errors.AsType[*filter.Error](err); ok {
		return "", errors.New("is wrong at " + wrong.Error())
	}
	p.filter = f
	return value, nil
}
