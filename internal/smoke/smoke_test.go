package smoke_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/extractors/canary"
	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/local"
	"github.com/railtwin/digitaltwin/internal/login"
	"github.com/railtwin/digitaltwin/internal/smoke"
	"github.com/railtwin/digitaltwin/internal/store/bolt"
)

// rig is a twin that asks for tokens, with its issuer. A fault may answer a request in its place, and says so.
type rig struct {
	*httptest.Server
	fault atomic.Pointer[func(w http.ResponseWriter, r *http.Request) bool]
}

const goodToken, wrongToken = "good", "for-another-scope"

func newRig(t *testing.T) *rig {
	t.Helper()
	x := canary.Extractor()
	program, err := extract.Compile(x.Name+".sql", x.SQL)
	if err != nil {
		t.Fatal(err)
	}
	store, err := bolt.Open(filepath.Join(t.TempDir(), "twin.db"), &bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	twin, err := local.Open(t.Context(), []*extract.Program{program}, nil, store, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	r, handler := &rig{}, twin.Handler()
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if fault := r.fault.Load(); fault != nil && (*fault)(w, q) {
			return
		}
		token := strings.TrimPrefix(q.Header.Get("Authorization"), "Bearer ")
		switch {
		case q.URL.Path == "/token":
			give(w, q)
		case strings.HasPrefix(q.URL.Path, "/v1/") && q.URL.Path != "/v1/health" && token != goodToken:
			w.WriteHeader(map[bool]int{true: http.StatusForbidden, false: http.StatusUnauthorized}[token == wrongToken])
		default:
			handler.ServeHTTP(w, q)
		}
	}))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		done <- twin.Run(ctx, func(ctx context.Context) error { <-ctx.Done(); return nil })
	}()
	t.Cleanup(func() {
		r.Close()
		cancel()
		<-done
	})
	return r
}

// give is a token endpoint that knows the scope twin/read.
func give(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if id, secret, _ := r.BasicAuth(); id != "id" || secret != "s3cret" || r.FormValue("scope") != "twin/read" {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"error":"invalid_scope"}`)
		return
	}
	_, _ = io.WriteString(w, `{"access_token":"`+goodToken+`","token_type":"Bearer"}`)
}

// config is what to check of the rig.
func (r *rig) config() smoke.Config {
	return smoke.Config{
		URL: r.URL, Wait: 200 * time.Millisecond,
		Credentials: &login.Credentials{ID: "id", Secret: "s3cret", TokenURL: r.URL + "/token", Scope: "twin/read"},
		Put: func(ctx context.Context, record []byte) error {
			return post(ctx, r.URL+"/dev/records/"+canary.Dataset, record)
		},
	}
}

func post(ctx context.Context, url string, record []byte) error {
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(record))
	if err != nil {
		return err
	}
	a, err := http.DefaultClient.Do(q)
	if err != nil {
		return err
	}
	defer a.Body.Close()
	if a.StatusCode != http.StatusOK {
		return fmt.Errorf("it answers %d", a.StatusCode)
	}
	return nil
}

// on answers requests of a path in place of the twin.
func on(path string, answer func(w http.ResponseWriter, r *http.Request)) func(http.ResponseWriter,
	*http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasPrefix(r.URL.Path, path) {
			return false
		}
		answer(w, r)
		return true
	}
}

func status(code int) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

func says(text string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, text)
	}
}

// Ensure that a good twin passes, more than once, and that its newest event times are told.
func TestGoodTwin(t *testing.T) {
	r := newRig(t)
	for range 2 {
		c := r.config()
		c.Wait = 10 * time.Second
		got := smoke.Run(t.Context(), c)
		if !got.OK || got.Failed() != nil || len(got.Checks) != 7 {
			t.Fatalf("a good twin fails: %s", got)
		}
		if newest, err := time.Parse(time.RFC3339, got.Datasets[canary.Dataset]); err != nil ||
			time.Since(newest) > time.Minute {
			t.Errorf("the newest event time is %q, %v", got.Datasets[canary.Dataset], err)
		}
		var line map[string]any
		if err := json.Unmarshal([]byte(got.String()), &line); err != nil || strings.Contains(got.String(), "\n") ||
			line["ok"] != true {
			t.Errorf("the result is %s, %v", got, err)
		}
	}
}

// Ensure that each of these faults, alone, fails the check that is for it.
func TestFaults(t *testing.T) {
	reading := "/v1/components/canary:smoke/metrics/nonce"
	old := `{"component":"canary:smoke","metric":"nonce","value":"old","eventTime":"2026-11-29T00:00:00.000Z","dataset":"twin_canary"}`
	for _, f := range []struct {
		what, check string
		fault       func(w http.ResponseWriter, r *http.Request) bool
		put         error
	}{
		{"the twin is not healthy", "health", on("/v1/health", status(503)), nil},
		{"the issuer is down", "token", on("/token", status(503)), nil},
		{"the client is unknown to the issuer", "token", on("/token", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"error":"invalid_client"}`)
		}), nil},
		{"everybody may read", "without a token", func(w http.ResponseWriter, r *http.Request) bool {
			if r.Header.Get("Authorization") == "" {
				r.Header.Set("Authorization", "Bearer "+goodToken)
			}
			return false
		}, nil},
		{"any token is taken", "without a token", func(w http.ResponseWriter, r *http.Request) bool {
			if r.Header.Get("Authorization") == "Bearer no-token" {
				r.Header.Set("Authorization", "Bearer "+goodToken)
			}
			return false
		}, nil},
		{"any scope is given and may read", "wrong scope", func(w http.ResponseWriter, r *http.Request) bool {
			return r.URL.Path == "/token" && r.FormValue("scope") != "twin/read" &&
				on("/token", says(`{"access_token":"`+goodToken+`","token_type":"Bearer"}`))(w, r)
		}, nil},
		{"the token is refused", "openapi", func(w http.ResponseWriter, r *http.Request) bool {
			return r.Header.Get("Authorization") == "Bearer "+goodToken && on("/v1", status(401))(w, r)
		}, nil},
		{"the API does not describe itself", "openapi", on("/v1/openapi.json", says(`{"openapi":"3.1.0","paths":{}}`)), nil},
		{"another page is there", "openapi", on("/v1/openapi.json", says(`<html>`)), nil},
		{"the record cannot be put", "canary", nil, errors.New("AccessDenied")},
		{"the record is lost", "canary", on("/dev/records", status(200)), nil},
		{"an old reading stays", "canary", on(reading, says(old)), nil},
		{"the reading cannot be served", "canary", on(reading, status(500)), nil},
		{"the catalogue is empty", "datasets", on("/v1/datasets", func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "Bearer "+goodToken {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			_, _ = io.WriteString(w, `{"datasets":[]}`)
		}), nil},
	} {
		t.Run(f.what, func(t *testing.T) {
			r := newRig(t)
			if f.fault != nil {
				r.fault.Store(&f.fault)
			}
			c := r.config()
			if f.put != nil {
				c.Put = func(context.Context, []byte) error { return f.put }
			}
			got := smoke.Run(t.Context(), c)
			failed := ""
			for _, check := range got.Checks {
				if !check.OK && failed == "" {
					failed = check.Name
				}
			}
			if got.OK || failed != f.check {
				t.Errorf("%q fails first, want %q: %s", failed, f.check, got)
			}
			if strings.Contains(got.String(), "s3cret") {
				t.Errorf("it tells the secret: %s", got)
			}
		})
	}
}

// Ensure that a token for another scope that the twin refuses is fine, and that a twin that does not answer fails in
// time.
func TestRefusedByTheTwin(t *testing.T) {
	r := newRig(t)
	fault := func(w http.ResponseWriter, q *http.Request) bool {
		return q.URL.Path == "/token" && q.FormValue("scope") != "twin/read" &&
			on("/token", says(`{"access_token":"`+wrongToken+`","token_type":"Bearer"}`))(w, q)
	}
	r.fault.Store(&fault)
	c := r.config()
	c.Wait = 10 * time.Second
	if got := smoke.Run(t.Context(), c); !got.OK {
		t.Errorf("%s", got)
	}
	r.Close()
	if got := smoke.Run(t.Context(), r.config()); got.OK || !strings.Contains(got.String(), "nothing listens there") {
		t.Errorf("%s", got)
	}
}
