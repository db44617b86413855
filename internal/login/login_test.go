package login

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/login/logintest"
)

// newStore returns an empty store.
func newStore(t *testing.T) *Store {
	dir := t.TempDir()
	return &Store{filepath.Join(dir, "config"), filepath.Join(dir, "cache")}
}

// of returns the profile of a person, as the twin of an issuer says.
func of(t *testing.T, issuer *logintest.Issuer) Profile {
	t.Helper()
	p, err := Discover(t.Context(), issuer.Twin(t, http.NotFoundHandler()).URL)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.People("", nil); err != nil {
		t.Fatal(err)
	}
	return p
}

// opened signs in by opening an address as a browser does.
func opened(t *testing.T) Browser {
	return Browser{Open: func(address string) {
		go func() {
			if r, err := http.Get(address); err != nil || r.StatusCode != 200 {
				t.Error(r, err)
			}
		}()
	}}
}

// Ensure that a token is renewed before it ends, with a margin that a short one does not use up, and that it is judged
// by the clock that it was got by.
func TestToken_Valid(t *testing.T) {
	got := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		lifetime, age time.Duration
		want          bool
	}{
		{time.Hour, 0, true},
		{time.Hour, 58 * time.Minute, true},
		{time.Hour, 59*time.Minute + time.Second, false},
		{time.Hour, 2 * time.Hour, false},
		{time.Hour, -3 * time.Hour, true}, // the clock was set back: if the twin refuses the token, there will be another
		{10 * time.Second, 8 * time.Second, true},
		{10 * time.Second, 9500 * time.Millisecond, false},
		{0, 100 * time.Hour, true}, // the issuer did not say
	} {
		token := &Token{Access: "t", Obtained: got}
		if tc.lifetime > 0 {
			token.Expiry = got.Add(tc.lifetime)
		}
		if token.valid(got.Add(tc.age)) != tc.want {
			t.Errorf("%v: not %v", tc, tc.want)
		}
	}
	if (*Token)(nil).valid(got) || (&Token{}).valid(got) {
		t.Error("no token is valid")
	}
}

// Ensure that only the answer to the sign-in that was begun ends it, that its errors are shown harmlessly, and that the
// pages give nothing away.
func TestCallback(t *testing.T) {
	for query, want := range map[string]string{
		"state=s&code=c":                         "c",
		"state=s&code=c&iss=https://a.example":   "c",
		"state=s&code=c&iss=https://b.example":   "another issuer",
		"state=s&error=access_denied":            "signing in failed: access_denied",
		"state=s&error=x&error_description=%1bY": `signing in failed: x: \x1bY`,
		"state=s":                                "neither a code nor an error",
		"state=t&code=c":                         "",
		"code=c":                                 "",
		"":                                       "",
	} {
		c := &callback{path: "/callback", state: "s", issuer: "https://a.example", result: make(chan result, 1)}
		w := httptest.NewRecorder()
		c.ServeHTTP(w, httptest.NewRequest("GET", "http://127.0.0.1:1/callback?"+query, nil))
		var r result
		select {
		case r = <-c.result:
		default:
		}
		if got := r.code; want == "" && (r != result{} || w.Code != 400) || r.err == nil && got != want ||
			r.err != nil && !strings.Contains(r.err.Error(), want) {
			t.Errorf("%s: %+v %d, want %q", query, r, w.Code, want)
		}
		if strings.Contains(w.Body.String(), "=") && strings.Contains(w.Body.String(), "state") ||
			w.Header().Get("Content-Security-Policy") == "" {
			t.Errorf("%s: %v %s", query, w.Header(), w.Body)
		}
	}
	c := &callback{path: "/callback", state: "s", result: make(chan result, 1)}
	for _, r := range []*http.Request{
		httptest.NewRequest("GET", "http://127.0.0.1:1/other?state=s&code=c", nil),
		httptest.NewRequest("POST", "http://127.0.0.1:1/callback?state=s&code=c", nil),
		httptest.NewRequest("GET", "http://evil.example:1/callback?state=s&code=c", nil),
	} {
		if w := httptest.NewRecorder(); true {
			c.ServeHTTP(w, r)
			if w.Code != 404 || len(c.result) > 0 {
				t.Errorf("%s %s: %d", r.Method, r.URL, w.Code)
			}
		}
	}
}

// Ensure that a person may bring the code from the browser of another machine by hand, and that nothing else that is
// pasted ends the sign-in.
func TestSignIn_Pasted(t *testing.T) {
	p := of(t, logintest.NewIssuer(t))
	pasted, refused := make(chan string, 9), 0
	elsewhere := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	token, err := p.SignIn(t.Context(), Browser{
		Pasted: pasted, Refuse: func(error) { refused++ },
		Open: func(address string) {
			r, err := elsewhere.Get(address)
			if err != nil {
				t.Error(err)
			}
			for _, text := range []string{"", "%", address, strings.Replace(r.Header.Get("Location"), "state=", "state=x", 1),
				" " + r.Header.Get("Location") + "\n"} {
				pasted <- text
			}
			close(pasted)
		},
	})
	if err != nil || token.Access == "" || refused != 4 {
		t.Errorf("%v, %d refused", err, refused)
	}
}

// Ensure that a sign-in ends with its context.
func TestSignIn_Interrupted(t *testing.T) {
	p := of(t, logintest.NewIssuer(t))
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := p.SignIn(ctx, Browser{Open: func(string) { cancel() }}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// Ensure that the endpoints of an issuer that the twin only names are found, and that a twin or an issuer that names
// endpoints without TLS, or of another issuer, gets no login.
func TestDiscover(t *testing.T) {
	issuer := logintest.NewIssuer(t)
	twin := func(body string) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, strings.ReplaceAll(body, "ISSUER", issuer.URL))
		}))
		t.Cleanup(s.Close)
		return s.URL
	}
	p, err := Discover(t.Context(), twin(`{"oauth":{"issuer":"ISSUER/pool"}}`))
	if err == nil {
		err = p.People(logintest.PeopleID, []string{"twin/read"})
	}
	if err != nil || p.TokenURL != issuer.URL+"/oauth2/token" || p.SignInURL != issuer.URL+"/oauth2/authorize" ||
		p.Redirects[0] != "http://127.0.0.1/callback" {
		t.Errorf("%+v %v", p, err)
	}
	if _, err := p.SignIn(t.Context(), opened(t)); err != nil {
		t.Error(err)
	}
	for body, want := range map[string]string{
		`{"oauth":{"issuer":"ISSUER/pool"}}`:              "names no client for them. Name one with --client-id",
		`{"oauth":{"issuer":"ISSUER/pool/"}}`:             "another issuer",
		`{"oauth":{"issuer":"ISSUER/nowhere"}}`:           "404",
		`{"oauth":{"issuer":"http://login.example.com"}}`: "must have https",
		`{"oauth":{"tokenUrl":"http://login.example.com/token","signIn":{"url":"ISSUER/a","clientId":"c"}}}`:      "token endpoint",
		`{"oauth":{"tokenUrl":"https://login.example.com/token","signIn":{"url":"javascript:x","clientId":"c"}}}`: "authorization endpoint",
		`{"oauth":{"tokenUrl":"https://u:p@login.example.com/token","signIn":{"url":"ISSUER/a","clientId":"c"}}}`: "token endpoint",
		`<html>`: "does not answer as a twin",
	} {
		p, err := Discover(t.Context(), twin(body))
		if err == nil {
			err = p.People("", nil)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", body, err, want)
		}
	}
}

// Ensure that a redirect to anything but this machine is never listened for.
func TestListen_Elsewhere(t *testing.T) {
	for _, redirect := range []string{"http://192.0.2.1:1/callback", "https://127.0.0.1/callback", "http://127.0.0.1",
		"http://localhost.example.com/callback", "%"} {
		p := Profile{Redirects: []string{redirect}}
		if l, _, err := p.listen(); err == nil {
			l.Close()
			t.Errorf("%s is listened at", redirect)
		}
	}
}

// Ensure that what stands in the files by hand is checked, and that a file which cannot be one is named.
func TestStore_Profiles(t *testing.T) {
	s := newStore(t)
	if all, err := s.Profiles(); err != nil || len(all) != 0 {
		t.Errorf("%v %v", all, err)
	}
	good := Profile{URL: "https://twin.example.com", TokenURL: "https://login.example.com/token",
		SignInURL: "https://login.example.com/a"}
	if err := s.Save("p", good); err != nil {
		t.Fatal(err)
	}
	if names, err := s.Of(good.URL); err != nil || len(names) != 1 {
		t.Errorf("%v %v", names, err)
	}
	for text, want := range map[string]string{
		`{`: "is not the JSON",
		`{"profiles":{"../p":{"url":"https://a","tokenUrl":"https://b","signInUrl":"https://c"}}}`: "cannot be the name",
		`{"profiles":{"p":{"url":"https://a","tokenUrl":"http://b","signInUrl":"https://c"}}}`:     "token endpoint",
		`{"profiles":{"p":{"url":"http://a","tokenUrl":"https://b"}}}`:                             "use https",
	} {
		if err := os.WriteFile(s.File(), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Profiles(); err == nil || !strings.Contains(err.Error(), want) ||
			!strings.Contains(err.Error(), s.File()) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
	if err := os.Chmod(s.File(), 0o660); err == nil && runtime.GOOS != "windows" {
		if _, err := s.Profiles(); err == nil || !strings.Contains(err.Error(), "chmod 600") {
			t.Error(err)
		}
	}
}

// Ensure that a token of one twin is not used for another that the profile was changed to.
func TestStore_TokenOfAnotherTwin(t *testing.T) {
	s := newStore(t)
	p := Profile{URL: "https://twin.example.com", TokenURL: "https://login.example.com/token"}
	if err := s.SaveToken("p", Token{URL: p.URL, TokenURL: p.TokenURL, Access: "t"}); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Token("p", p); err != nil || got == nil {
		t.Errorf("%v %v", got, err)
	}
	p.URL = "https://evil.example.com"
	if got, err := s.Token("p", p); err != nil || got != nil {
		t.Errorf("%v %v", got, err)
	}
}

// Ensure that signing out survives an issuer that does not take part.
func TestRevoke(t *testing.T) {
	p := Profile{RevocationURL: "http://127.0.0.1:1/revoke"}
	if err := p.Revoke(t.Context(), &Token{Refresh: "secret-refresh"}); err == nil ||
		strings.Contains(err.Error(), "secret") {
		t.Error(err)
	}
	if err := p.Revoke(t.Context(), nil); err != nil {
		t.Error(err)
	}
	var sent url.Values
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter,
		r *http.Request) {
		r.ParseForm()
		sent = r.PostForm
		w.WriteHeader(503)
	}))
	defer s.Close()
	p.RevocationURL = s.URL
	if err := p.Revoke(t.Context(), &Token{Refresh: "r"}); err == nil || !strings.Contains(err.Error(), "503") ||
		sent.Get("token") != "r" {
		t.Errorf("%v %v", err, sent)
	}
}
