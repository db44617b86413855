package login

import (
	"context"
	"crypto/rand"
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
)

// signInTime is how long a person may take to sign in: the first time he also sets up his second factor.
const signInTime = 10 * time.Minute

// Browser is where a person signs in.
type Browser struct {
	Open   func(url string) // shows him the page
	Pasted <-chan string    // addresses that his browser ended at, on a machine of which it could not reach this one
	Refuse func(why error)  // tells him of one that is none
}

// SignIn lets a person sign in with a browser. It returns when the browser has brought the code to this machine, or the
// person has, and the code was exchanged for a token.
func (p *Profile) SignIn(ctx context.Context, browser Browser) (Token, error) {
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
	browser.Open(config.AuthCodeURL(state, oauth2.S256ChallengeOption(verifier)))
	code, err := back.wait(ctx, browser)
	if err != nil {
		return Token{}, err
	}
	now := time.Now()
	t, err := config.Exchange(context.WithValue(ctx, oauth2.HTTPClient, plain), code, oauth2.VerifierOption(verifier))
	if err != nil {
		return Token{}, p.refused(err, "run the command again")
	}
	return newToken(p, p.ClientID, t, now), nil
}

// wait returns the code that the browser or the person brings.
func (c *callback) wait(ctx context.Context, browser Browser) (string, error) {
	waiting, cancel := context.WithTimeout(ctx, signInTime)
	defer cancel()
	for {
		select {
		case <-waiting.Done():
			if err := ctx.Err(); err != nil {
				return "", err
			}
			return "", fmt.Errorf("nobody signed in within %s: run the command again", signInTime)
		case r := <-c.result:
			return r.code, r.err
		case text, ok := <-browser.Pasted:
			if !ok {
				browser.Pasted = nil
				continue
			}
			u, err := url.Parse(strings.TrimSpace(text))
			if err == nil && (u.Query().Has("code") || u.Query().Has("error")) { // not the address of the page itself
				if r, ours := c.read(u.Query()); ours {
					return r.code, r.err
				}
			}
			browser.Refuse(errors.New("this is not the address that the browser ends at after this sign-in"))
		}
	}
}

// listen listens on this machine for the redirect, at the first of the profile's redirect URIs whose port is free.
func (p *Profile) listen() (net.Listener, *url.URL, error) {
	var taken []string
	for _, text := range p.Redirects {
		u, err := url.Parse(text)
		if err != nil || u.Scheme != "http" || !loopback.Host(u.Hostname()) || u.Path == "" {
			return nil, nil, fmt.Errorf("%q cannot be where the browser brings the code: "+
				"it must be like http://127.0.0.1:8765/callback", text)
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
	return nil, nil, fmt.Errorf("the browser brings the code to a port of this machine, and all that it may be are "+
		"in use by other programs: %s. End one of them, maybe another login", strings.Join(taken, ", "))
}
