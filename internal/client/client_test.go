package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// serve returns a client of a handler that does not wait, and what it would have waited.
func serve(t *testing.T, o Options, h http.HandlerFunc) (*Client, *[]time.Duration) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	c, err := New(server.URL+"/v1/", o)
	if err != nil {
		t.Fatal(err)
	}
	var waited []time.Duration
	c.wait = func(_ context.Context, d time.Duration) error { waited = append(waited, d); return nil }
	return c, &waited
}

// Ensure that a base URL is read in each of its spellings, and that what cannot be one is refused.
func TestParseBase(t *testing.T) {
	for text, want := range map[string]string{
		"http://127.0.0.1:8080":               "http://127.0.0.1:8080",
		"http://127.0.0.1:8080/v1/":           "http://127.0.0.1:8080",
		"HTTPS://Twin.Example.com:443/v1":     "https://twin.example.com",
		"https://abc.example.com/twin//":      "https://abc.example.com/twin",
		"https://abc.example.com/a%2Fb/v1":    "https://abc.example.com/a%2Fb",
		"https://[::1]:8443":                  "https://[::1]:8443",
		"":                                    "",
		"twin.example.com":                    "",
		"ftp://twin.example.com":              "",
		"https://user:word@twin.example.com":  "",
		"https://twin.example.com?stage=prod": "",
		"https://twin.example.com/#top":       "",
		"https://twin.example.com:x":          "",
	} {
		u, err := ParseBase(text)
		if want == "" && err == nil || want != "" && (err != nil || u.String() != want) {
			t.Errorf("%q: %v %v, want %s", text, u, err, want)
		}
	}
}

// Ensure that a call carries what it should, and that paths reach the twin as they were escaped.
func TestDo(t *testing.T) {
	tokens := func(context.Context, string) (string, error) { return "t1", nil }
	c, _ := serve(t, Options{Tokens: tokens, APIKey: "k"}, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s %s %s %s %s %s", r.Method, r.RequestURI, r.Header.Get("Authorization"),
			r.Header.Get("X-Api-Key"),
			r.Header.Get("Content-Type"), r.Header.Get("If-None-Match"), body)
	})
	a, err := c.Do(t.Context(), Request{
		Method: "POST", Path: TwinPath("a/b %", "..") + "?x=1", Body: []byte("{}"),
		Header: http.Header{"If-None-Match": {`"e"`}},
	})
	if want := `POST /v1/components/a%2Fb%20%25/metrics/..?x=1 Bearer t1 k application/json "e" {}`; err != nil ||
		string(a.Body) != want {
		t.Errorf("%s %v, want %s", a.Body, err, want)
	}
}

// Ensure that what was throttled is tried again after the time that the twin says, or longer each time, and that what
// may have been done already is not.
func TestRetry(t *testing.T) {
	for _, tc := range []struct {
		method, after string
		status, calls int // calls are refused, then one succeeds
		waits         []time.Duration
		ok            bool
	}{
		{"GET", "2", 503, 2, []time.Duration{2 * time.Second, 2 * time.Second}, true},
		{"GET", "", 429, 3, []time.Duration{firstWait, 2 * firstWait, 4 * firstWait}, true},
		{"GET", "0", 429, attempts - 1, make([]time.Duration, attempts-1), true},
		{"GET", "0", 429, attempts, make([]time.Duration, attempts-1), false},
		{"GET", "3600", 503, 1, nil, false},
		{"GET", "1", 500, 1, nil, false},
		{"POST", "1", 429, 1, []time.Duration{time.Second}, true},
		{"POST", "1", 503, 1, nil, false},
		{"DELETE", "1", 503, 1, []time.Duration{time.Second}, true},
	} {
		n := 0
		c, waited := serve(t, Options{}, func(w http.ResponseWriter, _ *http.Request) {
			if n++; n <= tc.calls {
				if tc.after != "" {
					w.Header().Set("Retry-After", tc.after)
				}
				w.WriteHeader(tc.status)
				io.WriteString(w, `{"title":"Not now"}`)
			}
		})
		_, err := c.Do(t.Context(), Request{Method: tc.method, Path: "/v1/x"})
		if (err == nil) != tc.ok || len(*waited) != len(tc.waits) {
			t.Errorf("%+v: %v after %v", tc, err, *waited)
			continue
		}
		for i, d := range *waited {
			if d < tc.waits[i] || d > tc.waits[i]*5/4+1 {
				t.Errorf("%+v: waited %v", tc, *waited)
			}
		}
		if problem, _ := errors.AsType[*Problem](err); err != nil && (problem == nil || problem.Status != tc.status) {
			t.Errorf("%+v: %v", tc, err)
		}
	}
	date := http.Header{"Retry-After": {"Sun, 29 Nov 2026 12:00:09 GMT"}}
	if d, ok := retryAfter(date, time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)); d != 9*time.Second || !ok {
		t.Errorf("a date: %v %v", d, ok)
	}
}

// Ensure that a wait ends with its context.
func TestRetry_Interrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c, _ := serve(t, Options{}, func(w http.ResponseWriter, _ *http.Request) { cancel(); w.WriteHeader(429) })
	c.wait = wait
	if _, err := c.Get(ctx, "/v1/x"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// Ensure that a token that the twin refuses is replaced once.
func TestRefusedToken(t *testing.T) {
	for valid, calls := range map[string]int{"t1": 1, "t2": 2, "t3": 2} {
		asked, seen := []string{}, 0
		tokens := func(_ context.Context, refused string) (string, error) {
			asked = append(asked, refused)
			return fmt.Sprint("t", len(asked)), nil
		}
		c, _ := serve(t, Options{Tokens: tokens, Login: "twin login --profile p"},
			func(w http.ResponseWriter, r *http.Request) {
				if seen++; r.Header.Get("Authorization") != "Bearer "+valid {
					w.WriteHeader(401)
					io.WriteString(w, `{"title":"A valid access token is needed","status":401}`)
				}
			})
		_, err := c.Get(t.Context(), "/v1/x")
		if seen != calls || (err == nil) != (valid != "t3") || calls == 2 && !slices.Equal(asked, []string{"", "t1"}) {
			t.Errorf("%s: %v after %d calls with %q", valid, err, seen, asked)
		}
		if err != nil && !strings.Contains(err.Error(), "twin login --profile p") {
			t.Error(err)
		}
	}
}

// Ensure that neither a token nor a key goes anywhere else: not where the twin redirects to, and not without TLS.
func TestTokenStays(t *testing.T) {
	reached := false
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer other.Close()
	tokens := func(context.Context, string) (string, error) { return "secret-token", nil }
	c, _ := serve(t, Options{Tokens: tokens, APIKey: "secret-key"}, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL+r.URL.Path, http.StatusTemporaryRedirect)
	})
	_, err := c.Do(t.Context(), Request{Method: "POST", Path: "/v1/x", Body: []byte("{}")})
	if err == nil || !strings.Contains(err.Error(), "redirects to "+other.URL) ||
		strings.Contains(err.Error(), "secret") || reached {
		t.Errorf("%v, reached %v", err, reached)
	}
	if _, err := New("http://twin.example.com", Options{Tokens: tokens}); err == nil ||
		!strings.Contains(err.Error(), "https") {
		t.Errorf("without TLS: %v", err)
	}
	for _, base := range []string{"https://twin.example.com", "http://localhost:1", "http://[::1]:1", "http://127.3.2.1"} {
		if _, err := New(base, Options{Tokens: tokens}); err != nil {
			t.Errorf("%s: %v", base, err)
		}
	}
}

// Ensure that each way in which an answer can be no good says where, what and what to do, whatever the texts hold.
func TestProblems(t *testing.T) {
	tokens := func(context.Context, string) (string, error) { return "t", nil }
	for _, tc := range []struct {
		status int
		body   string
		tokens TokenSource
		want   []string
	}{
		{404, `{"title":"No such component","status":404,"detail":"There is no component \"x\"."}`, nil,
			[]string{"/v1/x answers 404: There is no component \"x\"."}},
		{404, `<html>nginx`, nil, []string{"/v1/x answers 404: Not Found", "Is that a twin?"}},
		{401, `{"title":"A valid access token is needed","status":401}`, nil,
			[]string{"needs a token", "twin login --url http://127"}},
		{401, `{}`, tokens, []string{"Log in again", "clock"}},
		{403, `{"title":"The access token does not allow this","status":403}`, tokens,
			[]string{"does not allow", "Ask whoever runs"}},
		{500, `{"title":"bad \u001b[2J\u202e","status":500}`, nil, []string{`bad \x1b[2J\u202e`}},
		{503, `{"title":"Full","status":503}`, nil, []string{"Full", "Try again after 3600 s."}},
	} {
		c, _ := serve(t, Options{Tokens: tc.tokens}, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(tc.status)
			io.WriteString(w, tc.body)
		})
		_, err := c.Get(t.Context(), "/v1/x?cursor=long")
		for _, want := range tc.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%d %s: %v, want %s", tc.status, tc.body, err, want)
			}
		}
	}
}

// Ensure that a server that cannot be reached is explained.
func TestUnreachable(t *testing.T) {
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // of the handshake that fails
	secure.StartTLS()
	defer secure.Close()
	gone := httptest.NewServer(nil)
	gone.Close()
	for base, want := range map[string]string{
		gone.URL:   "nothing listens there; start a twin with 'twin up'",
		secure.URL: "certificate is not trusted",
		strings.Replace(plain.URL, "http", "https", 1): "does not speak TLS",
		"http://no-such-host.invalid":                  "there is no host no-such-host.invalid",
	} {
		c, err := New(base, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Get(t.Context(), "/v1"); err == nil || !strings.Contains(err.Error(), want) ||
			!strings.Contains(err.Error(), base) {
			t.Errorf("%s: %v, want %s", base, err, want)
		}
	}
	slow, _ := serve(t, Options{}, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := slow.Get(ctx, "/v1"); err == nil || !strings.Contains(err.Error(), "did not answer in time") {
		t.Error(err)
	}
}

// Ensure that all pages are read from the same twin, whatever it says of a next one, and that a list without an end
// ends.
func TestPages(t *testing.T) {
	list := func(cursors ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			n := slices.Index(cursors, r.URL.Query().Get("cursor")) + 1
			if n == 0 && r.URL.Query().Get("limit") != "2" {
				w.WriteHeader(400)
				return
			}
			page := map[string]any{"items": []int{n}, "next": "https://elsewhere.example.com/v1/x", "cursor": nil}
			if n < len(cursors) {
				page["cursor"] = cursors[n]
			}
			json.NewEncoder(w).Encode(page)
		}
	}
	read := func(h http.HandlerFunc) (string, error) {
		c, _ := serve(t, Options{}, h)
		var all []string
		for entries, err := range c.Pages(t.Context(), "/v1/x", url.Values{"limit": {"2"}}, "items") {
			if err != nil {
				return strings.Join(all, " "), err
			}
			for _, e := range entries {
				all = append(all, string(e))
			}
		}
		return strings.Join(all, " "), nil
	}
	if all, err := read(list("a", "b+&")); all != "0 1 2" || err != nil {
		t.Errorf("%s %v", all, err)
	}
	if all, err := read(list("a", "a")); all != "0" || err == nil || !strings.Contains(err.Error(), "same page") {
		t.Errorf("%s %v", all, err)
	}
	if _, err := read(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "{}") }); err == nil {
		t.Error("a page without its list is one")
	}
}
