package token_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/token"
	"github.com/railtwin/digitaltwin/internal/token/tokentest"
)

func equal(a, b access.Caller) bool { return reflect.DeepEqual(a, b) }

// signedBy is a good token of the key of this name.
func signedBy(i *tokentest.Issuer, id string) string {
	return tokentest.Sign(tokentest.Key(id), jose.RS256, nil,
		i.Claims(map[string]any{"exp": i.Now.Add(48 * time.Hour).Unix()}))
}

// Ensure that a new key is found, at most one request a minute is made whatever tokens say, and that an old key holds
// for a day.
func TestRotation(t *testing.T) {
	i := tokentest.NewIssuer(t)
	v, now := verifier(t, i, token.Claims{})
	verify := func(id string, requests int64, want error) {
		t.Helper()
		_, err := v.Verify(t.Context(), signedBy(i, id))
		if !errors.Is(err, want) || i.Requests.Load() != requests {
			t.Errorf("key %s: %v after %d requests, want %v after %d", id, err, i.Requests.Load(), want, requests)
		}
	}
	verify("first", 1, nil)
	i.List(tokentest.Key("second"))
	for n := range 100 {
		verify(fmt.Sprint("guess-", n), 1, token.ErrRefused)
	}
	verify("second", 1, token.ErrRefused)
	*now = now.Add(time.Minute)
	verify("second", 2, nil)
	verify("first", 2, nil) // tokens of an hour ago
	*now = now.Add(25 * time.Hour)
	verify("first", 3, token.ErrRefused)
	verify("second", 3, nil)
}

// Ensure that an issuer that cannot be reached is asked ever less often, and that known keys hold meanwhile.
func TestOutage(t *testing.T) {
	i := tokentest.NewIssuer(t)
	v, now := verifier(t, i, token.Claims{})
	if _, err := v.Verify(t.Context(), i.Token(nil)); err != nil {
		t.Fatal(err)
	}
	i.Answer(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "secret: down", http.StatusBadGateway) })
	before := i.Requests.Load()
	*now = now.Add(time.Minute)
	for range 600 {
		*now = now.Add(time.Second)
		if _, err := v.Verify(t.Context(), signedBy(i, "new")); !errors.Is(err, token.ErrUnreachable) ||
			strings.Contains(err.Error(), "secret") {
			t.Fatal(err)
		}
	}
	if n := i.Requests.Load() - before; n < 10 || n > 17 {
		t.Errorf("%d requests in ten minutes", n)
	}
	if _, err := v.Verify(t.Context(), i.Token(nil)); err != nil {
		t.Errorf("a token of a known key: %v", err)
	}
	i.List(tokentest.Key("new"))
	*now = now.Add(time.Minute)
	if _, err := v.Verify(t.Context(), signedBy(i, "new")); err != nil {
		t.Errorf("after the outage: %v", err)
	}
}

// Ensure that no answer of an issuer does harm.
func TestBadKeys(t *testing.T) {
	many := make([]jose.JSONWebKey, 200)
	for n := range many {
		many[n] = tokentest.ShortKey(fmt.Sprint("key-", n))
	}
	private := tokentest.Key("first")
	small := jose.JSONWebKey{Key: tokentest.SmallKey(), KeyID: "first"}
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("the redirect was followed")
	}))
	defer elsewhere.Close()
	for _, c := range []struct {
		name   string
		answer func(*tokentest.Issuer)
		want   string
	}{
		{"200 keys", func(i *tokentest.Issuer) { i.List(many...) }, "more than 64 keys"},
		{"no key", func(i *tokentest.Issuer) { i.List() }, "none of its keys"},
		{"a private key", body(`{"keys":[` + marshal(private) + `]}`), "none of its keys"},
		{"a shared key", body(`{"keys":[{"kty":"oct","kid":"first","k":"c2VjcmV0"}]}`), "none of its keys"},
		{"a key of 1,024 bits", func(i *tokentest.Issuer) { i.List(small) }, "none of its keys"},
		{"a key for encryption", func(i *tokentest.Issuer) {
			k := tokentest.Key("first")
			k.Use = "enc"
			i.List(k)
		}, "none of its keys"},
		{"no JSON", body(`<html>`), "not what is expected"},
		{"a key that is none", body(`{"keys":[7,null,{},{"kty":"RSA","kid":"first","n":"","e":""}]}`), "none of its keys"},
		{"a long answer", body(strings.Repeat(" ", 1<<20) + "{}"), "longer than"},
		{"an endless answer", func(i *tokentest.Issuer) {
			i.Answer(func(w http.ResponseWriter, r *http.Request) {
				for r.Context().Err() == nil {
					if _, err := w.Write(make([]byte, 1<<16)); err != nil {
						return
					}
				}
			})
		}, "longer than"},
		{"a redirect", func(i *tokentest.Issuer) {
			i.Answer(http.RedirectHandler(elsewhere.URL, http.StatusFound).ServeHTTP)
		}, "status 302"},
		{"an error", func(i *tokentest.Issuer) { i.Answer(http.NotFound) }, "status 404"},
	} {
		t.Run(c.name, func(t *testing.T) {
			i := tokentest.NewIssuer(t)
			c.answer(i)
			v, _ := verifier(t, i, token.Claims{})
			if _, err := v.Verify(t.Context(), i.Token(nil)); !errors.Is(err, token.ErrUnreachable) ||
				!strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

// Ensure that discovery is of the issuer itself and leads to TLS.
func TestBadDiscovery(t *testing.T) {
	for text, want := range map[string]string{
		`{"issuer":"https://evil.example.com","jwks_uri":"https://evil.example.com/keys"}`: "another issuer",
		`{"issuer":"SELF","jwks_uri":"http://evil.example.com/keys"}`:                      "with https",
		`{"issuer":"SELF","jwks_uri":"file:///etc/passwd"}`:                                "with https",
		`{"issuer":"SELF"}`: "with https",
		`[]`:                "not what is expected",
	} {
		server := httptest.NewUnstartedServer(nil)
		server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte(strings.ReplaceAll(text, "SELF", "http://"+r.Host)))
		})
		server.Start()
		i := tokentest.NewIssuer(t)
		i.URL = server.URL
		v, _ := verifier(t, i, token.Claims{})
		if _, err := v.Verify(t.Context(), i.Token(nil)); !errors.Is(err, token.ErrUnreachable) ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
		server.Close()
	}
}

// Ensure that an issuer that hangs holds nobody whose key is known, that all others wait for the one request, and that
// a caller that goes away does not take it from them.
func TestHangingIssuer(t *testing.T) {
	i := tokentest.NewIssuer(t)
	v, now := verifier(t, i, token.Claims{})
	if _, err := v.Verify(t.Context(), i.Token(nil)); err != nil {
		t.Fatal(err)
	}
	*now = now.Add(time.Minute)
	release, asked := make(chan struct{}), make(chan struct{}, 1)
	i.Answer(func(w http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		<-release
		i.List(tokentest.Key("second"))
		http.Redirect(w, r, "/", http.StatusFound)
	})
	second := signedBy(i, "second")
	gone, leave := context.WithCancel(t.Context())
	left := make(chan error)
	go func() {
		_, err := v.Verify(gone, second)
		left <- err
	}()
	<-asked
	leave()
	if err := <-left; !errors.Is(err, token.ErrUnreachable) {
		t.Errorf("who went away: %v", err)
	}
	if _, err := v.Verify(t.Context(), i.Token(nil)); err != nil {
		t.Errorf("a known key while the issuer hangs: %v", err)
	}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, err := v.Verify(t.Context(), second); !errors.Is(err, token.ErrUnreachable) {
				t.Errorf("a new key while the issuer hangs: %v", err)
			}
		})
	}
	close(release)
	all.Wait()
	if n := i.Requests.Load(); n != 2 {
		t.Errorf("%d requests for keys, want 2", n)
	}
}

// Ensure that waiting for an issuer has an end.
func TestIssuerThatNeverAnswers(t *testing.T) {
	limit := make(chan bool, 1)
	v, err := token.New(token.Config{
		Settings:   token.Settings{Issuer: "https://login.example.com", Audience: token.Words{"planner"}},
		Algorithms: token.Algorithms,
		Transport: transport(func(r *http.Request) (*http.Response, error) {
			deadline, ok := r.Context().Deadline()
			limit <- ok && time.Until(deadline) <= 5*time.Second
			return nil, r.Context().Err()
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	f := tokentest.Forge{Issuer: "https://login.example.com", Client: "planner", Key: tokentest.Key("first"),
		Now: time.Now()}
	_, _ = v.Verify(t.Context(), f.Token(nil))
	if !<-limit {
		t.Error("the request has no limit of 5 seconds")
	}
}
