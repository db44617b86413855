package api

import (
	"compress/gzip"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// MinCompressed is the shortest body in bytes that is compressed: a shorter one fits into one packet as it is.
const MinCompressed = 1 << 10

// Compress returns next with its answers compressed by gzip for who accepts that. It leaves alone what is compressed
// already, short answers whose length is known, and event streams, of which each event must be sent at once.
//
// The same tag stands for both representations: strong for the body as it is, and weak, W/"...", for the compressed one, of
// which the bytes may differ from one server to the next (RFC 9110, 8.8.1). If-None-Match compares weakly, so either is
// found again whichever representation the caller has.
func Compress(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept-Encoding")
		if !accepts(r.Header["Accept-Encoding"], "gzip") {
			next.ServeHTTP(w, r)
			return
		}
		c := &compressed{ResponseWriter: w, request: r}
		next.ServeHTTP(c, r)
		c.end() // not where next breaks off: what it has sent must not look whole
	})
}

// WeakenTags returns next for answers that are compressed on their way to the caller, such as by API Gateway: with the
// weak form of tags for who accepts that, as [Compress] has it.
func WeakenTags(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept-Encoding")
		fields := r.Header["Accept-Encoding"]
		if accepts(fields, "gzip") || accepts(fields, "deflate") {
			w = &weakened{w, r}
		}
		next.ServeHTTP(w, r)
	})
}

// accepts reports whether the fields of Accept-Encoding name a coding, or all of them, and do not refuse it. Who sends no such
// header gets what is sure to be understood.
func accepts(fields []string, coding string) bool {
	any := false
	for _, field := range fields {
		for one := range strings.SplitSeq(field, ",") {
			name, parameter, _ := strings.Cut(one, ";")
			name = strings.TrimSpace(name)
			q, given := strings.CutPrefix(strings.ReplaceAll(parameter, " ", ""), "q=")
			quality, err := strconv.ParseFloat(q, 64)
			good := !given || err == nil && quality > 0
			switch {
			case strings.EqualFold(name, coding):
				return good
			case name == "*":
				any = good
			}
		}
	}
	return any
}

// weakened makes tags weak.
type weakened struct {
	http.ResponseWriter
	request *http.Request
}

func (w *weakened) WriteHeader(status int) {
	if status == http.StatusNotModified {
		weakenKnown(w.Header(), w.request)
	} else {
		weaken(w.Header())
	}
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap is for [http.ResponseController].
func (w *weakened) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func weaken(header http.Header) {
	if tag := header.Get("ETag"); strings.HasPrefix(tag, `"`) {
		header.Set("ETag", "W/"+tag)
	}
}

// weakenKnown makes the tag of a 304 that of the representation that the caller has.
func weakenKnown(header http.Header, r *http.Request) {
	if tag := header.Get("ETag"); strings.Contains(strings.Join(r.Header["If-None-Match"], ","), "W/"+tag) {
		weaken(header)
	}
}

// compressed compresses a body while it is written.
type compressed struct {
	http.ResponseWriter
	request *http.Request
	begun   bool
	gzip    *gzip.Writer // nil where the body is sent as it is
}

// compressionLevel makes readings 3 to 7 % smaller than the usual 6, in about 1.5 times its time; 9 takes longer for nothing.
const compressionLevel = 8

var compressors = sync.Pool{New: func() any {
	w, err := gzip.NewWriterLevel(io.Discard, compressionLevel)
	if err != nil {
		panic("BUG: no such level: " + err.Error())
	}
	return w
}}

// WriteHeader implements [http.ResponseWriter].
func (c *compressed) WriteHeader(status int) {
	if c.begun {
		return
	}
	c.begun = status >= 200
	header := c.Header()
	switch {
	case status == http.StatusNotModified:
		weakenKnown(header, c.request)
	case compressible(status, header):
		weaken(header)
		header.Set("Content-Encoding", "gzip")
		header.Del("Content-Length")
		if c.request.Method != http.MethodHead {
			c.gzip = compressors.Get().(*gzip.Writer)
			c.gzip.Reset(c.ResponseWriter)
		}
	}
	c.ResponseWriter.WriteHeader(status)
}

// compressible reports whether an answer is worth being compressed, and may be.
func compressible(status int, header http.Header) bool {
	if status < 200 || status == http.StatusNoContent || header.Get("Content-Encoding") != "" || header.Get("Content-Range") != "" {
		return false
	}
	if n, err := strconv.Atoi(header.Get("Content-Length")); err == nil && n < MinCompressed {
		return false
	}
	media, _, _ := strings.Cut(header.Get("Content-Type"), ";")
	switch media = strings.ToLower(strings.TrimSpace(media)); {
	case media == "text/event-stream":
		return false
	case strings.HasPrefix(media, "text/"), strings.HasSuffix(media, "+json"), strings.HasSuffix(media, "+xml"):
		return true
	}
	switch media {
	case "application/json", "application/x-ndjson":
		return true
	}
	return false
}

// Write implements [http.ResponseWriter].
func (c *compressed) Write(b []byte) (int, error) {
	if !c.begun {
		c.WriteHeader(http.StatusOK)
	}
	if c.gzip == nil {
		return c.ResponseWriter.Write(b)
	}
	return c.gzip.Write(b)
}

// FlushError is for [http.ResponseController].
func (c *compressed) FlushError() error {
	if c.gzip != nil {
		if err := c.gzip.Flush(); err != nil {
			return err
		}
	}
	return http.NewResponseController(c.ResponseWriter).Flush()
}

// Unwrap is for [http.ResponseController].
func (c *compressed) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// end ends the body.
func (c *compressed) end() {
	if c.gzip == nil {
		return
	}
	_ = c.gzip.Close() // a caller that went away needs no answer
	c.gzip.Reset(io.Discard)
	compressors.Put(c.gzip)
}
