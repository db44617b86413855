package api

import (
	"math"
	"net/http"
	"slices"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// maxEntry is room for one more entry of a page and its end, so that a page stays below maxBody: a value of at
// most 8 KB, names of which each byte may have to be escaped, and a link with all filters.
const maxEntry = 128 << 10

// page is a page of a list while it is filled.
type page struct {
	call  *call
	view  *view
	limit int      // entries
	at    position // up to here everything is on this page or on an earlier one
	n     int      // entries on it, or counted
	body  []byte

	wanted  []string // the metrics that entries have, in order; nil for all
	changed *changed // the readings of which entries are; nil for all
	looked  int      // components
	full    bool     // there was no room for the next entry
	stopped bool     // before it was full and before the list ended
}

// newPage begins the page of the list that c asks for.
func newPage(c *call, v *view) (*page, error) {
	from, err := c.begin()
	if err != nil {
		return nil, err
	}
	p := &page{call: c, view: v, limit: c.limit, at: from, body: append(c.body, c.form.begin(c)...), wanted: c.wanted()}
	if c.count || c.isWhole() {
		p.limit = math.MaxInt
	}
	return p, nil
}

// add appends what comes after p.at of components and their readings, both in order, as far as the call lets them
// through and as long as there is room. It reports whether there was room for all of it.
func (p *page) add(names []string, readings []twin.Reading) bool {
	for _, name := range names {
		n := 0
		for n < len(readings) && readings[n].Component == name {
			n++
		}
		group := readings[:n]
		readings = readings[n:]
		if p.holds(group) && !p.addComponent(name, group) {
			p.full = true
			return false
		}
		p.at = position{component: name}
	}
	return true
}

func (p *page) addComponent(name string, readings []twin.Reading) bool {
	switch {
	case p.call.route.call == listComponents:
		return p.put(name, nil)
	case p.call.form.wide:
		return p.put(name, p.chosen(readings))
	}
	for i := range readings {
		r := &readings[i]
		if !p.at.before(r) || !p.wants(r.Metric) || p.changed != nil && !p.changed.has(r) {
			continue
		}
		if !p.put(name, readings[i:i+1]) {
			return false
		}
		p.at = position{name, r.Metric}
	}
	return true
}

// wants reports whether entries have a metric.
func (p *page) wants(metric string) bool {
	if p.wanted == nil {
		return true
	}
	_, ok := slices.BinarySearch(p.wanted, metric)
	return ok
}

// chosen returns those of readings that entries have.
func (p *page) chosen(readings []twin.Reading) []twin.Reading {
	if p.wanted == nil {
		return readings
	}
	return slices.DeleteFunc(slices.Clone(readings), func(r twin.Reading) bool { return !p.wants(r.Metric) })
}

// put appends an entry if there is room for it.
func (p *page) put(component string, readings []twin.Reading) bool {
	if p.n >= p.limit || p.n > 0 && len(p.body)+maxEntry > maxBody {
		return false
	}
	if p.call.count {
		p.n++
		return true
	}
	before := len(p.body)
	if p.n > 0 {
		p.body = append(p.body, p.call.form.separator...)
	}
	body, ok := p.call.form.entry(p.body, p, component, readings)
	if !ok || p.n > 0 && len(body)+maxEntry > maxBody {
		p.body = body[:before]
		return !ok
	}
	p.body = body
	p.n++
	return true
}

// before reports whether r comes after p in the order of readings.
func (p position) before(r *twin.Reading) bool {
	if r.Component != p.component {
		return r.Component > p.component
	}
	return p.metric != "" && r.Metric > p.metric
}

// link leads to the next page of a list.
type link struct{ url, cursor string }

// nextPage returns the link to the page after p of the list that c asks for.
func (h *handler) nextPage(c *call, p position) *link {
	b := c.appendPageURL(make([]byte, 0, 256), h.Base(c.Request))
	n := len(b)
	url := string(appendCursor(b, c.filters(), p))
	return &link{url, url[n:]}
}

// ending returns what p says at its end; more says that the list goes on.
func (h *handler) ending(p *page, more bool) *ending {
	e := &ending{counted: p.call.count}
	if e.counted {
		e.count = p.n
	}
	if more {
		e.next = h.nextPage(p.call, p.at)
		if p.stopped {
			e.stopped = p.at.component
		}
	}
	return e
}

// finish ends p.
func (h *handler) finish(p *page, more bool) (answer, error) {
	c := p.call
	if more && c.isWhole() {
		switch {
		case h.Stream && p.full && c.component == "":
			return answer{stream: func(w http.ResponseWriter) { h.sendWhole(w, p) }}, nil
		case !c.form.resumes:
			return answer{}, answerTooLarge.New("The whole list does not fit into one answer. Set limit and follow the " +
				"Link headers, or choose format=ndjson, which says where it stops.").About("limit")
		}
	}
	e := h.ending(p, more)
	return answer{body: c.form.end(p.body, e), next: e.next}, nil
}
