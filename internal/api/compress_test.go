package api

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/andybalholm/brotli"
)

// Ensure that answers are compressed for who accepts it, where it is worth it and may be, and say what they depend on.
func TestCompress(t *testing.T) {
	long := strings.Repeat("a", 5000)
	for _, test := range []struct {
		accept, media, body string
		status              int
		want                string
	}{
		{"gzip", "application/json", long, 200, "gzip"},
		{"x-gzip", "application/json", long, 200, "gzip"},
		{"deflate, GZIP;q=0.5", "application/geo+json", long, 200, "gzip"},
		{"*", "text/csv; charset=utf-8", long, 200, "br"},
		{"br;q=1.0, gzip ; q=0.8, *;q=0.1", "application/x-ndjson", long, 200, "br"},
		{"gzip, deflate, br, zstd", "application/json", long, 200, "br"},
		{"br, gzip, deflate", "application/json", long, 200, "br"},
		{"br;q=0.5, gzip", "application/json", long, 200, "gzip"},
		{"br;q=0, *", "application/json", long, 200, "gzip"},
		{"gzip;q=0, *;q=0.5", "application/json", long, 200, "br"},
		{"gzip", "application/problem+json", long, 400, "gzip"},
		{"identity;q=0, br;q=0.001", "application/json", long, 200, "br"},
		{"identity, gzip;q=0.5", "application/json", long, 200, ""},
		{"identity;q=0.5, gzip;q=0.5", "application/json", long, 200, "gzip"},
		{"br", "application/json", "{}", 200, ""},
		{"gzip", "text/event-stream", long, 200, ""},
		{"br", "image/png", long, 200, ""},
		{"", "application/json", long, 200, ""},
		{"zstd", "application/json", long, 200, ""},
		{"gzip;q=0", "application/json", long, 200, ""},
		{"br;q=0, gzip;q=0, *", "application/json", long, 200, ""},
		{"*;q=0", "application/json", long, 200, ""},
		{"gzip;q=x", "application/json", long, 200, ""},
		{"br;q=2", "application/json", long, 200, ""},
		{"identity", "application/json", long, 200, ""},
	} {
		h := Compress(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", `"tag"`)
			w.Header().Set("Content-Length", strconv.Itoa(len(test.body)))
			write(w, r, test.status, test.media, []byte(test.body))
		}))
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		if test.accept != "" {
			r.Header.Set("Accept-Encoding", test.accept)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		body, tag := w.Body.String(), w.Header().Get("ETag")
		if got := w.Header().Get("Content-Encoding"); got != test.want || w.Code != test.status ||
			w.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("%+v: %d %v", test.accept, w.Code, w.Header())
			continue
		}
		if test.want != "" {
			body = inflated(t, w)
			if w.Body.Len() > 200 || tag != `W/"tag"` || w.Header().Get("Content-Length") != "" {
				t.Errorf("%d bytes, %v", w.Body.Len(), w.Header())
			}
		} else if tag != `"tag"` || w.Header().Get("Content-Length") != strconv.Itoa(len(body)) {
			t.Errorf("%s: %v", test.accept, w.Header())
		}
		if body != test.body {
			t.Errorf("%s: another body", test.accept)
		}
	}
}

// inflated is the body of an answer as it was before it was compressed.
func inflated(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	body := io.Reader(w.Body)
	switch coding := w.Header().Get("Content-Encoding"); coding {
	case "br":
		body = brotli.NewReader(w.Body)
	case "gzip":
		g, err := gzip.NewReader(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		body = g
	case "":
	default:
		t.Fatalf("the answer is %s", coding)
	}
	b, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Ensure that the tag of either representation is found again, with either, and that 304 has the one that the caller
// sent.
func TestTagsOfCompressedAnswers(t *testing.T) {
	h := newHandler(Config{Reader: fleet(20)})
	const target = "/v1/readings"
	ask := func(h http.Handler, headers ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, target, nil)
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	for name, h := range map[string]http.Handler{"here": Compress(h), "on the way": CompressBehind(h)} {
		strong := ask(h).Header().Get("ETag")
		weak := ask(h, "Accept-Encoding", "gzip").Header().Get("ETag")
		if by := ask(h, "Accept-Encoding", "gzip, br"); by.Header().Get("ETag") != weak ||
			by.Header().Get("Content-Encoding") != "br" {
			t.Errorf("%s: by Brotli %v", name, by.Header())
		}
		if weak != "W/"+strong || !strings.HasPrefix(strong, `"`) {
			t.Errorf("%s: %s and %s", name, strong, weak)
		}
		for _, accept := range []string{"gzip", "br", "identity"} {
			for _, tag := range []string{strong, weak} {
				w := ask(h, "Accept-Encoding", accept, "If-None-Match", tag)
				if w.Code != 304 || w.Body.Len() > 0 || w.Header().Get("Content-Encoding") != "" {
					t.Errorf("%s: %d %v", name, w.Code, w.Header())
				}
				if got := w.Header().Get("ETag"); accept != "identity" && got != tag {
					t.Errorf("%s is answered with %s", tag, got)
				}
			}
		}
		if vary := strings.Join(ask(h).Header()["Vary"], ", "); vary != "Accept-Encoding, Accept" {
			t.Errorf("%s: Vary: %s", name, vary)
		}
	}
	for _, accept := range []string{"gzip", "br"} {
		if w := ask(Compress(h), "Accept-Encoding", accept); inflated(t, w) != ask(h).Body.String() {
			t.Errorf("%s: another body", accept)
		}
	}
	if w := ask(CompressBehind(h), "Accept-Encoding", "gzip"); w.Header().Get("Content-Encoding") != "" ||
		w.Body.String() != ask(h).Body.String() {
		t.Error("what the gateway compresses is compressed")
	}
	head := httptest.NewRequest(http.MethodHead, target, nil)
	head.Header.Set("Accept-Encoding", "br")
	w := httptest.NewRecorder()
	Compress(h).ServeHTTP(w, head)
	if w.Code != 200 || w.Body.Len() > 0 || w.Header().Get("Content-Encoding") != "br" ||
		w.Header().Get("Content-Length") != "" {
		t.Errorf("HEAD: %d, %d bytes, %v", w.Code, w.Body.Len(), w.Header())
	}
}

// Ensure that answers at the same time do not share an encoder, and that one that broke off spoils no other.
func TestCompressedAtOnce(t *testing.T) {
	h := Compress(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/x-ndjson")
		for range 1000 {
			_, _ = io.WriteString(w, r.URL.Path+"\n")
		}
		if r.URL.Path == "/panic" {
			panic(http.ErrAbortHandler)
		}
	}))
	var all sync.WaitGroup
	for i := range 32 {
		all.Go(func() {
			path := "/" + strconv.Itoa(i)
			if i%4 == 0 {
				path = "/panic"
			}
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.Header.Set("Accept-Encoding", []string{"br", "gzip"}[i%2])
			w := httptest.NewRecorder()
			func() {
				defer func() { _ = recover() }()
				h.ServeHTTP(w, r)
			}()
			if path != "/panic" && inflated(t, w) != strings.Repeat(path+"\n", 1000) {
				t.Errorf("%s has another body", path)
			}
		})
	}
	all.Wait()
}

// Ensure that a handler can flush what it has written, also through a wrapper, and that what breaks off does not look
// whole.
func TestCompressedStream(t *testing.T) {
	for _, coding := range []string{"gzip", "br"} {
		received := make(chan string)
		server := httptest.NewServer(Compress(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/x-ndjson")
			_, _ = io.WriteString(w, "1\n")
			if err := http.NewResponseController(w).Flush(); err != nil {
				t.Error(err)
			}
			<-received
			panic(http.ErrAbortHandler)
		})))
		defer server.Close()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		if coding != "gzip" { // which this client accepts, and decodes, by itself
			request.Header.Set("Accept-Encoding", coding)
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body := io.Reader(answer.Body)
		if coding == "br" {
			body = brotli.NewReader(body)
		} else if !answer.Uncompressed {
			t.Errorf("not compressed: %v", answer.Header)
		}
		line := make([]byte, 2)
		if _, err := io.ReadFull(body, line); err != nil || string(line) != "1\n" {
			t.Errorf("%s: %q, %v", coding, line, err)
		}
		received <- ""
		if rest, err := io.ReadAll(body); err == nil {
			t.Errorf("%s: it ends as if it were whole, after %q", coding, rest)
		}
	}
}
