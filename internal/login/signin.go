package login

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"golang.org/x/oauth2"

	"github.com/railtwin/digitaltwin/internal/loopback"
	"github.com/railtwin/digitaltwin/internal/tabular"
)

// signInTime is how long a person may take to sign in.
const signInTime = 5 * time.Minute

// SignIn lets a person sign in with a browser: open shows him a URL. It returns when the browser has brought the code to
// this machine and the code was exchanged for a token.
func (p *Profile) SignIn(ctx context.Context, open func(url string)) (Token, error) {
	listener, redirect, err := p.listen()
	if err != nil {
		return Token{}, err
	}
	state, verifier := rand.Text(), oauth2.GenerateVerifier()
	back := &callback{path: redirect.Path, state: state, issuer: p.Issuer, result: make(chan result, 1)}
	server := &http.Server{Handler: back, ReadHeaderTimeout: 10 * time.Second}
	go server.Serve(listener) // ends with the listener
	defer func() {
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		server.Shutdown(ending) // the browser gets its page
	}()
	config := p.config(redirect.String())
	open(config.AuthCodeURL(state, oauth2.S256ChallengeOption(verifier)))

	waiting, cancel := context.WithTimeout(ctx, signInTime)
	defer cancel()
	select {
	case <-waiting.Done():
		if err := ctx.Err(); err != nil {
			return Token{}, err
		}
		return Token{}, fmt.Errorf("nobody signed in within %s: run the command again", signInTime)
	case r := <-back.result:
		if r.err != nil {
			return Token{}, r.err
		}
		now := time.Now()
		t, err := config.Exchange(context.WithValue(ctx, oauth2.HTTPClient, plain), r.code, oauth2.VerifierOption(verifier))
		if err != nil {
			return Token{}, p.refused(err, "run the command again")
		}
		return newToken(p, p.ClientID, t, now), nil
	}
}

// listen listens on this machine for the redirect, at the first of the profile's redirect URIs whose port is free.
func (p *Profile) listen() (net.Listener, *url.URL, error) {
	var taken []string
	for _, text := range p.Redirects {
		u, err := url.Parse(text)
		if err != nil || u.Scheme != "http" || !loopback.Host(u.Hostname()) || u.Path == "" {
			return nil, nil, fmt.Errorf("%q cannot be where the browser brings the code: it must be like http://127.0.0.1:8765/callback", text)
		}
		host, port := u.Hostname(), u.Port()
		if host == "localhost" {
			host = "127.0.0.1"
		}
		if port == "" {
			port = "0"
		}
		listener, err := net.Listen("tcp", net.JoinHostPort(host, port))
		switch {
		case errors.Is(err, syscall.EADDRINUSE):
			taken = append(taken, port)
			continue
		case err != nil:
			return nil, nil, fmt.Errorf("listen at %s for the browser: %w", text, err)
		}
		_, port, _ = net.SplitHostPort(listener.Addr().String())
		u.Host = net.JoinHostPort(u.Hostname(), port)
		return listener, u, nil
	}
	return nil, nil, fmt.Errorf("the browser brings the code to a port of this machine, and all that it may be are in use by other "+
		"programs: %s. End one of them, maybe another login", strings.Join(taken, ", "))
}

// callback takes the code from the browser.
type callback struct {
	path, state, issuer string
	result              chan result
}

type result struct {
	code string
	err  error
}

// ServeHTTP implements [http.Handler]. What does not come from the sign-in that was begun changes nothing.
func (c *callback) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	host, _, _ := net.SplitHostPort(r.Host)
	switch {
	case r.URL.Path != c.path || r.Method != http.MethodGet || !loopback.Host(host):
		page(w, http.StatusNotFound, "There is nothing here.")
		return
	case subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(c.state)) != 1:
		page(w, http.StatusBadRequest, "This is not the sign-in that was begun. Use the address that the terminal shows.")
		return
	}
	var got result
	switch iss := q.Get("iss"); { // RFC 9207
	case iss != "" && c.issuer != "" && iss != c.issuer:
		got.err = fmt.Errorf("the answer is of another issuer, %q, and not of %s", iss, c.issuer)
	case q.Get("error") != "":
		got.err = fmt.Errorf("signing in failed: %s", tabular.Printable(strings.TrimSuffix(q.Get("error")+": "+q.Get("error_description"), ": ")))
	case q.Get("code") == "":
		got.err = errors.New("signing in failed: the issuer gave neither a code nor an error")
	default:
		got.code = q.Get("code")
	}
	select {
	case c.result <- got:
	default: // the page was opened again
	}
	if got.err != nil {
		page(w, http.StatusOK, "You are not signed in. The terminal says why.")
		return
	}
	page(w, http.StatusOK, "You are signed in. You can close this page.")
}

// page answers a browser with one sentence of ours.
func page(w http.ResponseWriter, status int, text string) {
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", "default-src 'none'")
	header.Set("Referrer-Policy", "no-referrer") // the address holds the code
	header.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<!doctype html><meta charset=utf-8><title>Digital Twin</title><p>%s</p>\n", text)
}
