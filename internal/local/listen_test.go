package local_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/local"
)

// Ensure that a twin listens on loopback only, and says what to do where it cannot.
func TestListen(t *testing.T) {
	taken, err := local.Listen(t.Context(), "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for address, want := range map[string]string{
		"0.0.0.0:0":             "is not loopback",
		":0":                    "is not loopback",
		"192.0.2.1:80":          "is not loopback",
		"example.com:80":        "is not loopback",
		"127.0.0.1":             "is not an address such as 127.0.0.1:8080",
		"127.0.0.1:http-ish":    "listen on 127.0.0.1:http-ish",
		taken.Addr().String():   "is in use by another program",
		"[::ffff:192.0.2.1]:80": "is not loopback",
	} {
		if l, err := local.Listen(t.Context(), address); err == nil {
			l.Close()
			t.Errorf("%s was listened on", address)
		} else if !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", address, err, want)
		}
	}
}

// Ensure that a server lets a request under way end when it is told to end.
func TestServe(t *testing.T) {
	listener, err := local.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		cancel() // the end comes while the request is under way
		<-ctx.Done()
		io.WriteString(w, "done")
	})
	served := make(chan error, 1)
	go func() { served <- local.Serve(ctx, listener, handler, slog.New(slog.DiscardHandler)) }()
	response, err := http.Get("http://" + listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if body, err := io.ReadAll(response.Body); err != nil || string(body) != "done" {
		t.Errorf("got %q, %v", body, err)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
	if err := local.Serve(t.Context(), listener, handler, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("a closed listener was served on")
	}
}
