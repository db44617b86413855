package gateway

import (
	"context"
	"encoding/base64"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Ensure that the path is the one that the caller encoded, whatever was done to it on the way.
func TestPath(t *testing.T) {
	const twinOf, readingOf = "/v1/components/{component}", "/v1/components/{component}/metrics/{metric}"
	for _, c := range []struct {
		name, resource, path string
		parameters           map[string]string
		want                 string
	}{
		{"as it was sent", twinOf, "/v1/components/a%2Fb%25", nil, "/v1/components/a%2Fb%25"},
		{"with a base path", twinOf, "/api/twins/v1/components/a%2Fb", nil, "/v1/components/a%2Fb"},
		{"with a decoded slash", readingOf, "/v1/components/a/b/metrics/c",
			map[string]string{"component": "a/b", "metric": "c"}, "/v1/components/a%2Fb/metrics/c"},
		{"with a decoded slash that fits", twinOf, "/v1/components/v1/components/x",
			map[string]string{"component": "v1/components/x"}, "/v1/components/x"},
		{"without a resource", "", "/v1/health", nil, "/v1/health"},
	} {
		e := event{Resource: c.resource, Path: c.path, PathParameters: c.parameters}
		if got := e.path(); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// Ensure that the request has everything of the call: repeated parameters, headers in any case, the body.
func TestRequest(t *testing.T) {
	r := mustRequest(t, `{"httpMethod":"POST","path":"/v1/readings:query","body":"`+
		base64.StdEncoding.EncodeToString([]byte("{ü}"))+`","isBase64Encoded":true,
		"queryStringParameters":{"a":"2"},"multiValueQueryStringParameters":{"a":["1 &","2"],"b":["ü"]},
		"headers":{"x-one":"2"},"multiValueHeaders":{"x-one":["1","2"]},
		"requestContext":{"domainName":"api.example.com","path":"/base/v1/readings:query","identity":{"sourceIp":"192.0.2.1"}}}`)
	if got := r.URL.Query()["a"]; len(got) != 2 || got[0] != "1 &" || r.URL.Query().Get("b") != "ü" {
		t.Errorf("query %s", r.URL.RawQuery)
	}
	if got := r.Header["X-One"]; len(got) != 2 {
		t.Errorf("header %v", r.Header)
	}
	if body := make([]byte, 9); r.ContentLength != 4 || !strings.HasPrefix(string(body[:must(r.Body.Read(body))]), "{ü}") {
		t.Errorf("%d bytes of body", r.ContentLength)
	}
	if got := Base(r); got != "https://api.example.com/base" {
		t.Errorf("base %s", got)
	}
	if r.Host != "api.example.com" || r.RemoteAddr != "192.0.2.1" {
		t.Errorf("%s from %s", r.Host, r.RemoteAddr)
	}
	plain := mustRequest(t,
		`{"httpMethod":"GET","path":"/v1/x%2","queryStringParameters":{"a":"2"},"headers":{"x-one":"2"}}`)
	if plain.URL.Query().Get("a") != "2" || plain.Header.Get("X-One") != "2" || plain.URL.EscapedPath() != "/v1/x%252" {
		t.Errorf("%s %v", plain.URL, plain.Header)
	}
}

// Ensure that what is not a call of a REST API is an error that says so.
func TestNotACall(t *testing.T) {
	for _, payload := range []string{``, `[]`, `{}`, `{"Records":[]}`,
		`{"httpMethod":"GET","path":"/","body":"%","isBase64Encoded":true}`, `{"httpMethod":"G T","path":"/"}`} {
		if _, err := Request(context.Background(), []byte(payload)); err == nil ||
			!strings.HasPrefix(err.Error(), "gateway: ") {
			t.Errorf("%s: %v", payload, err)
		}
	}
}

// Fuzz that no event breaks the adapter, and that what it makes is a request that can be sent.
func FuzzRequest(f *testing.F) {
	files, err := filepath.Glob("../../query/testdata/*.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		r, err := Request(context.Background(), payload)
		if err != nil {
			return
		}
		if _, err := url.ParseRequestURI("/" + strings.TrimPrefix(r.URL.EscapedPath(), "/")); err != nil {
			t.Errorf("%q: %v", r.URL.EscapedPath(), err)
		}
		Base(r)
	})
}

func mustRequest(t *testing.T, payload string) *http.Request {
	t.Helper()
	r, err := Request(context.Background(), []byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func must(n int, _ error) int { return n }
