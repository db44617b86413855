package local_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/local"
	"github.com/railtwin/digitaltwin/internal/store/bolt"
)

// Ensure that pages of the origins that are allowed may read the API, matrices too, and those of others may not, and
// that no page of another site may write.
func TestHandler_Origins(t *testing.T) {
	s, err := bolt.Open(filepath.Join(t.TempDir(), "twin.db"), &bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	twin, err := local.Open(t.Context(), []*extract.Program{compile(t, "boxes.sql", boxSQL)}, nil, s,
		slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	const app, other = "http://localhost:3000", "https://other.example"
	for _, tc := range []struct {
		allowed              []string
		method, path, origin string
		status               int
		want                 string // Access-Control-Allow-Origin
	}{
		{nil, "GET", "/v1/components", app, 200, ""},
		{[]string{app}, "GET", "/v1/components", "", 200, ""},
		{[]string{app}, "GET", "/v1/components", app, 200, app},
		{[]string{app}, "GET", "/v1/components/no", app, 404, app},
		{[]string{app}, "GET", "/v1/components", other, 200, ""},
		{[]string{"https://x.example", app}, "GET", "/v1/components", app, 200, app},
		{[]string{"*"}, "GET", "/v1/components", other, 200, other},
		{[]string{"*"}, "GET", "/v1/components", "", 200, ""},
		{[]string{app}, "POST", "/v1/readings:query", app, 200, app},
		{[]string{app}, "OPTIONS", "/v1/readings:query", app, 204, app},
		{[]string{app}, "OPTIONS", "/v1/readings:query", other, 405, ""},
		{nil, "OPTIONS", "/v1/readings:query", app, 405, ""},
		{[]string{"*"}, "POST", "/dev/records/boxes", other, 403, ""},
		{[]string{app}, "POST", "/dev/records/boxes", app, 403, ""},
		{[]string{"*"}, "OPTIONS", "/dev/records/boxes", other, 405, ""},
	} {
		r := httptest.NewRequest(tc.method, tc.path, strings.NewReader(`{"components":["a"],"metrics":["b"]}`))
		r.Host = "localhost:8080"
		if tc.origin != "" {
			r.Header.Set("Origin", tc.origin)
		}
		if tc.method == "OPTIONS" {
			r.Header.Set("Access-Control-Request-Method", "POST")
		}
		w := httptest.NewRecorder()
		twin.Handler(tc.allowed...).ServeHTTP(w, r)
		if got := w.Header().Get("Access-Control-Allow-Origin"); w.Code != tc.status || got != tc.want {
			t.Errorf("%v allowed: %s %s from %q: %d for %q, want %d for %q", tc.allowed, tc.method, tc.path, tc.origin, w.Code,
				got, tc.status, tc.want)
		}
		if exposed := w.Header().Get("Access-Control-Expose-Headers"); (exposed != "") != (tc.want != "") {
			t.Errorf("%s %s from %q exposes %q", tc.method, tc.path, tc.origin, exposed)
		}
	}
}

// Ensure that a request which the server of the standard library refuses by itself is answered with a problem, and
// that the answers of the handler are left alone.
func TestServe_Malformed(t *testing.T) {
	listener, err := local.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	const own = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 " +
		"Bad Request"
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, own) })
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- local.Serve(ctx, listener, handler, slog.New(slog.DiscardHandler)) }()
	for request, want := range map[string]int{
		"GET /v1/components/%zz HTTP/1.1\r\nHost: localhost\r\n\r\n":   400,
		"GET /v1/components/100% HTTP/1.1\r\nHost: localhost\r\n\r\n":  400,
		"GET /v1/components?x=%zz HTTP/1.1\r\nHost: localhost\r\n\r\n": 200, // left to the handler
		"GET / HTTP/1.1\r\n\r\n":                                                             400,
		"GET / HTTP/1.1\r\nHost: localhost\r\nno header\r\n\r\n":                             400,
		"GET / HTTP/3.1\r\nHost: localhost\r\n\r\n":                                          505,
		"\x16\x03\x01\r\n\r\n":                                                               400,
		"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n":              501,
		"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + strings.Repeat("x", 2<<20) + "\r\n\r\n": 431,
		"GET /v1/components/a%2Fb HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n":  200,
	} {
		conn, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		go io.WriteString(conn, request)
		response, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatalf("%.40q: %v", request, err)
		}
		body, _ := io.ReadAll(io.LimitReader(response.Body, int64(max(response.ContentLength, 0))))
		conn.Close()
		var problem struct {
			Title, Detail string
			Status        int
		}
		switch err := json.Unmarshal(body, &problem); {
		case response.StatusCode != want:
			t.Errorf("%.40q: %d, want %d: %s", request, response.StatusCode, want, body)
		case want == 200 && string(body) != own:
			t.Errorf("%.40q: the answer of the handler became %s", request, body)
		case want != 200 && (err != nil || problem.Status != want || problem.Title == "" ||
			!strings.HasPrefix(problem.Detail, "The request could not be read: ") ||
			response.Header.Get("Content-Type") != "application/problem+json"):
			t.Errorf("%.40q: %v %s", request, response.Header, body)
		}
	}
	cancel()
	if err := <-served; err != nil {
		t.Error(err)
	}
}
