package api

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
)

// Ensure that answers are compressed for who accepts it, where it is worth it and may be, and say what they depend on.
func TestCompress(t *testing.T) {
	long := strings.Repeat("a", 5000)
	for _, test := range []struct {
		accept, media, body string
		status              int
		want                bool
	}{
		{"gzip", "application/json", long, 200, true},
		{"deflate, GZIP;q=0.5", "application/geo+json", long, 200, true},
		{"*", "text/csv; charset=utf-8", long, 200, true},
		{"br;q=1.0, gzip ; q=0.8, *;q=0.1", "application/x-ndjson", long, 200, true},
		{"gzip", "application/problem+json", long, 400, true},
		{"gzip", "application/json", "{}", 200, false},
		{"gzip", "text/event-stream", long, 200, false},
		{"gzip", "image/png", long, 200, false},
		{"", "application/json", long, 200, false},
		{"br", "application/json", long, 200, false},
		{"gzip;q=0", "application/json", long, 200, false},
		{"gzip;q=0, *", "application/json", long, 200, false},
		{"*;q=0", "application/json", long, 200, false},
		{"gzip;q=x", "application/json", long, 200, false},
		{"identity", "application/json", long, 200, false},
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
		if got := w.Header().Get("Content-Encoding") == "gzip"; got != test.want || w.Code != test.status || w.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("%+v: %d %v", test.accept, w.Code, w.Header())
			continue
		}
		if test.want {
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

func inflated(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	g, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(g)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Ensure that the tag of either representation is found again, with either, and that 304 has the one that the caller sent.
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
	for name, h := range map[string]http.Handler{"here": Compress(h), "on the way": WeakenTags(h)} {
		strong := ask(h).Header().Get("ETag")
		weak := ask(h, "Accept-Encoding", "gzip").Header().Get("ETag")
		if weak != "W/"+strong || !strings.HasPrefix(strong, `"`) {
			t.Errorf("%s: %s and %s", name, strong, weak)
		}
		for _, accept := range []string{"gzip", "identity"} {
			for _, tag := range []string{strong, weak} {
				w := ask(h, "Accept-Encoding", accept, "If-None-Match", tag)
				if w.Code != 304 || w.Body.Len() > 0 || w.Header().Get("Content-Encoding") != "" {
					t.Errorf("%s: %d %v", name, w.Code, w.Header())
				}
				if got := w.Header().Get("ETag"); accept == "gzip" && got != tag {
					t.Errorf("%s is answered with %s", tag, got)
				}
			}
		}
		if vary := strings.Join(ask(h).Header()["Vary"], ", "); vary != "Accept-Encoding, Accept" {
			t.Errorf("%s: Vary: %s", name, vary)
		}
	}
	if w := ask(Compress(h), "Accept-Encoding", "gzip"); inflated(t, w) != ask(h).Body.String() {
		t.Error("another body")
	}
}

// Ensure that a handler can flush what it has written, also through a wrapper, and that what breaks off does not look whole.
func TestCompressedStream(t *testing.T) {
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
	answer, err := http.Get(server.URL) // accepts gzip by itself
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	line := make([]byte, 2)
	if _, err := io.ReadFull(answer.Body, line); err != nil || string(line) != "1\n" || !answer.Uncompressed {
		t.Errorf("%q, %v", line, err)
	}
	received <- ""
	if rest, err := io.ReadAll(answer.Body); err == nil {
		t.Errorf("it ends as if it were whole, after %q", rest)
	}
}
