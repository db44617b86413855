package gateway

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
)

// response gathers what a handler answers, to be handed to API Gateway.
type response struct {
	status int
	header http.Header
	body   bytes.Buffer
}

var _ http.ResponseWriter = (*response)(nil)

// Header implements [http.ResponseWriter].
func (r *response) Header() http.Header { return r.header }

// WriteHeader implements [http.ResponseWriter].
func (r *response) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}

// Write implements [http.ResponseWriter].
func (r *response) Write(b []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(b)
}

// maxAnswer is the longest answer in bytes that AWS Lambda takes from a function: 6 MB. A body of the API has at
// most 4 MiB, but grows by a byte for each of its quotes.
const maxAnswer = 6_000_000

// encode returns the answer as API Gateway reads it. A body is text, or in base64 where the handler has compressed it:
// the API must have binary media types for that, all of them, since API Gateway looks at the Accept of the caller.
func (r *response) encode() ([]byte, error) {
	answer := struct {
		Status int         `json:"statusCode"`
		Header http.Header `json:"multiValueHeaders"`
		Body   string      `json:"body"`
		Base64 bool        `json:"isBase64Encoded"`
	}{Status: r.status, Header: r.header}
	if r.header.Get("Content-Encoding") != "" {
		answer.Body, answer.Base64 = base64.StdEncoding.EncodeToString(r.body.Bytes()), true
	} else {
		answer.Body = r.body.String()
	}
	if answer.Status == 0 {
		answer.Status = http.StatusOK
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // it would make a < six times as long
	if err := e.Encode(answer); err != nil {
		return nil, fmt.Errorf("gateway: %w", err)
	}
	return b.Bytes(), nil
}
