package issuer

import (
	"bytes"
	"io"
	"net/http"
)

// recorder is a response that is kept in memory.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) WriteHeader(status int)      { r.status = status }
func (r *recorder) Write(b []byte) (int, error) { return r.body.Write(b) }

func (r *recorder) response(to *http.Request) *http.Response {
	return &http.Response{
		StatusCode: r.status, Header: r.header, Request: to, Body: io.NopCloser(&r.body), ContentLength: int64(r.body.Len()),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
}
