package api

import (
	"net/http"
	"strconv"
	"strings"
)

// MinCompressed is the shortest body in bytes that is compressed: a shorter one fits into one packet as it is.
const MinCompressed = 1 << 10

// Compress returns next with its answers compressed, by Brotli or gzip, for who accepts that. It leaves alone what is
// compressed already, short answers whose length is known, and event streams, of which each event must be sent at once.
//
// The same tag stands for all representations: strong for the body as it is, and weak, W/"...", for a compressed one,
// of which the bytes may differ from one server to the next (RFC 9110, 8.8.1). If-None-Match compares weakly, so either
// is found again whichever representation the caller has.
func Compress(next http.Handler) http.Handler {
	return compressing(next, brotliCoding, gzipCoding)
}

// CompressBehind is [Compress] behind a gateway that compresses by gzip and deflate what is not compressed yet, such as
// API Gateway: it compresses by Brotli, and leaves those two to the gateway.
func CompressBehind(next http.Handler) http.Handler {
	return compressing(next, brotliCoding, &coding{name: "gzip"}, &coding{name: "deflate"})
}

func compressing(next http.Handler, codings ...*coding) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept-Encoding")
		coding := preferred(r.Header["Accept-Encoding"], codings)
		if coding == nil {
			next.ServeHTTP(w, r)
			return
		}
		if coding.encoders == nil {
			next.ServeHTTP(&weakened{w, r}, r)
			return
		}
		c := &compressed{ResponseWriter: w, request: r, coding: coding}
		next.ServeHTTP(c, r)
		c.end() // not where next breaks off: what it has sent must not look whole
	})
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
	coding  *coding
	begun   bool
	encoder encoder // nil where the body is sent as it is
}

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
		header.Set("Content-Encoding", c.coding.name)
		header.Del("Content-Length")
		if c.request.Method != http.MethodHead {
			c.encoder = c.coding.encode(c.ResponseWriter)
		}
	}
	c.ResponseWriter.WriteHeader(status)
}

// compressible reports whether an answer is worth being compressed, and may be.
func compressible(status int, header http.Header) bool {
	if status < 200 || status == http.StatusNoContent || header.Get("Content-Encoding") != "" ||
		header.Get("Content-Range") != "" {
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
	if c.encoder == nil {
		return c.ResponseWriter.Write(b)
	}
	return c.encoder.Write(b)
}

// FlushError is for [http.ResponseController].
func (c *compressed) FlushError() error {
	if c.encoder != nil {
		if err := c.encoder.Flush(); err != nil {
			return err
		}
	}
	return http.NewResponseController(c.ResponseWriter).Flush()
}

// Unwrap is for [http.ResponseController].
func (c *compressed) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// end ends the body.
func (c *compressed) end() {
	if c.encoder == nil {
		return
	}
	_ = c.encoder.Close() // a caller that went away needs no answer
	c.coding.release(c.encoder)
}
