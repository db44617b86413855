package api

import "github.com/railtwin/digitaltwin/internal/twin"

// maxEntry is room for one more entry of a page and its end, so that a page stays below maxBody: a value of at
// most 8 KB, names of which each byte may have to be escaped, and a link with all filters.
const maxEntry = 128 << 10

// page is a page of readings while it is filled.
type page struct {
	call *call
	view *view
	at   position // up to here everything is on this page or on an earlier one
	n    int      // readings on it
	body []byte
}

// add appends those of readings, which are in order, that come after p.at, as long as there is room. It
// reports whether there was room for all of them.
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

// appendNext ends the object of a page; next is nil on the last one.
func appendNext(b []byte, next *link) []byte {
	if next == nil {
		return append(b, `,"next":null,"cursor":null}`...)
	}
	b = appendString(append(b, `,"next":`...), next.url)
	b = appendString(append(b, `,"cursor":`...), next.cursor)
	return append(b, '}')
}
