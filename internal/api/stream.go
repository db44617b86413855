package api

import (
	"math"
	"net/http"
	"time"
)

// maxStream is the longest answer in bytes that is sent while it is made.
const maxStream = 1 << 30

// sendWhole sends the list that p is the beginning of, which is too long to be made before it is sent: without ETag and
// Link, of which nothing is known yet. Where it has to stop before the list ends, it says so in its last line, or
// breaks off if its form has no such line.
func (h *handler) sendWhole(w http.ResponseWriter, p *page) {
	c := p.call
	header := w.Header()
	header.Add("Vary", "Accept")
	header.Set("Content-Type", c.form.media)
	header.Set("Cache-Control", cacheControl)
	header.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(http.StatusOK)
	if c.Method == http.MethodHead {
		return
	}
	rc := http.NewResponseController(w)
	for sent := 0; ; {
		// of each part; where there is none, who carries the answer has one
		_ = rc.SetWriteDeadline(time.Now().Add(writeTimeout))
		if _, err := w.Write(p.body); err != nil {
			return // the caller went away
		}
		sent += len(p.body)
		p.body, p.n, p.full, p.limit = p.body[:0], 0, false, math.MaxInt
		more, err := h.fill(p)
		if err != nil {
			h.Log.ErrorContext(c.Context(), "api: store failed within an answer", "error", err, "path", c.URL.EscapedPath())
			more, p.full = true, false
		}
		if more && p.full && sent < maxStream {
			continue
		}
		if more && !c.form.resumes {
			panic(http.ErrAbortHandler) // so that the caller does not take it for the whole list
		}
		p.stopped = more
		_, _ = w.Write(c.form.end(p.body, h.ending(p, more)))
		return
	}
}
