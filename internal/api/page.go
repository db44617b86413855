package api

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// maxEntry is room for one more entry of a page and its end, so that a page stays below maxBody: a value of at
// most 8 KB, names of which each byte may have to be escaped, and a reference with all filters.
const maxEntry = 128 << 10

// page is a page of readings while it is filled.
type page struct {
	call *call
	view *view
	at   position // up to here everything is on this page or on an earlier one
	n    int      // readings on it
	body []byte
}

// add appends those of readings, which are in order, that lie behind p.at, as long as there is room. It
// reports whether they all found room.
func (p *page) add(readings []twin.Reading) bool {
	for i := range readings {
		r := &readings[i]
		if !p.at.before(r) {
			continue
		}
		if p.n == p.call.limit || p.n > 0 && len(p.body)+maxEntry > maxBody {
			return false
		}
		if p.n > 0 {
			p.body = append(p.body, ',')
		}
		p.body = p.view.appendReading(p.body, r, p.call.source)
		p.at = position{r.Component, r.Metric}
		p.n++
	}
	return true
}

// before reports whether r lies behind p in the order of readings.
func (p position) before(r *twin.Reading) bool {
	if r.Component != p.component {
		return r.Component > p.component
	}
	return p.metric != "" && r.Metric > p.metric
}

// nextPage returns the reference of the page after p of the list that c asks for.
func (h *handler) nextPage(c *call, filters []string, p position) string {
	b := make([]byte, 0, 256)
	if h.Base != nil {
		b = append(b, h.Base(c.Request)...)
		b = append(b, c.route.pattern...)
	}
	b = append(b, '?')
	for _, f := range []struct{ name, value string }{
		{"dataset", c.dataset}, {"prefix", c.prefix}, {"component", c.component}, {"metric", c.metric},
		{"metrics", strings.Join(c.metrics, ",")},
	} {
		if f.value != "" {
			b = append(b, f.name...)
			b = append(b, '=')
			b = append(b, url.QueryEscape(f.value)...)
			b = append(b, '&')
		}
	}
	if c.source {
		b = append(b, "fields=source&"...)
	}
	b = append(b, "limit="...)
	b = strconv.AppendInt(b, int64(c.limit), 10)
	b = append(b, "&cursor="...)
	return string(appendCursor(b, filters, p))
}

// appendNext ends the object of a page.
func appendNext(b []byte, next string) []byte {
	b = append(b, `,"next":`...)
	b = appendOptional(b, next)
	return append(b, '}')
}
