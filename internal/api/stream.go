package api

import (
	"math"
	"net/http"
)

// maxStream is the longest answer in bytes that is sent while it is made.
const maxStream = 1 << 30

// stream sends a list that is too long to be made before it is sent: without ETag and Link, of which nothing is known yet.
// Where it has to stop before the list ends, it says so in its last line, or breaks off if its form has no such line. It returns
// the memory of the body.
func (h *handler) stream(w http.ResponseWriter, r *http.Request, a answer) []byte {
	header := w.Header()
	header.Set("Content-Type", a.form.media)
	header.Set("Cache-Control", cacheControl)
	header.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return a.body
	}
	p := a.rest
	for sent := 0; ; {
		if _, err := w.Write(p.body); err != nil {
			return p.body // the caller went away
		}
		sent += len(p.body)
		p.body, p.n, p.full, p.limit = p.body[:0], 0, false, math.MaxInt
		more, err := h.fill(p)
		if err != nil {
			h.Log.ErrorContext(r.Context(), "api: store failed within an answer", "error", err, "path", r.URL.EscapedPath())
			more, p.full = true, false
		}
		if more && p.full && sent < maxStream {
			continue
		}
		if more && !a.form.resumes {
			panic(http.ErrAbortHandler) // so that the caller does not take it for the whole list
		}
		p.stopped = more
		_, _ = w.Write(a.form.end(p.body, h.ending(p, more)))
		return p.body
	}
}
