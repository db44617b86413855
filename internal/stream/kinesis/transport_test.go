package kinesis_test

import (
	"io"
	"net/http"
	"strings"
)

// roundTripper answers requests without a network.
type roundTripper func(*http.Request) (status int, body string)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) {
	status, body := f(r)
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status), Request: r, Body: io.NopCloser(strings.NewReader(body)),
		Header: http.Header{"Content-Type": {"application/x-amz-json-1.1"}}, ContentLength: int64(len(body)),
	}, nil
}
