package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"unicode/utf8"
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

// maxText is the longest answer in bytes whose body goes as a JSON string. AWS Lambda takes 6 MB; in base64 a
// body grows by a third, while a string can double by its quotes.
const maxText = 6_000_000

// encode returns the answer as API Gateway reads it.
func (r *response) encode() ([]byte, error) {
	answer := struct {
		Status int         `json:"statusCode"`
		Header http.Header `json:"multiValueHeaders"`
		Body   string      `json:"body"`
		Base64 bool        `json:"isBase64Encoded"`
	}{Status: r.status, Header: r.header, Body: r.body.String()}
	if answer.Status == 0 {
		answer.Status = http.StatusOK
	}
	if utf8.ValidString(answer.Body) {
		b, err := encode(answer)
		if err != nil || len(b) <= maxText {
			return b, err
		}
	}
	answer.Body, answer.Base64 = base64.StdEncoding.EncodeToString(r.body.Bytes()), true
	return encode(answer)
}

func encode(answer any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // it would make a < six times as long
	if err := e.Encode(answer); err != nil {
		return nil, fmt.Errorf("query: %w", err)
	}
	return b.Bytes(), nil
}
