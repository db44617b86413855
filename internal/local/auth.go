package local

import (
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/api"
	"github.com/railtwin/digitaltwin/internal/feed/seats"
	"github.com/railtwin/digitaltwin/internal/problem"
	"github.com/railtwin/digitaltwin/internal/token"
	"github.com/railtwin/digitaltwin/internal/token/issuer"
)

// Auth is an issuer of access tokens in this process, and what verifies them: the same code as on AWS.
type Auth struct {
	Directory issuer.Directory
	File      string // where the directory is
	base      string
	issuer    *issuer.Issuer
	verifier  *token.Verifier
}

// The files of an issuer, in the folder of the state.
const (
	directoryFile = "auth.json"
	keyFile       = "auth-key.json"
)

// OpenAuth opens the issuer whose files are in a folder, or makes them, for a twin that is reached at base, such as
// http://127.0.0.1:8080.
func OpenAuth(dir, base string) (*Auth, error) {
	a := &Auth{File: filepath.Join(dir, directoryFile), base: base}
	var err error
	if a.Directory, err = issuer.LoadDirectory(a.File); err != nil {
		return nil, fmt.Errorf("read who may get tokens: %w", err)
	}
	key, err := issuer.LoadKey(filepath.Join(dir, keyFile))
	if err != nil {
		return nil, fmt.Errorf("read the key that signs tokens: %w", err)
	}
	a.issuer = issuer.New(base, a.Directory, key, time.Now)
	a.verifier, err = token.New(token.Config{
		Settings: a.issuer.Settings(), Algorithms: token.Algorithms, Transport: a.issuer,
	})
	return a, err
}

// TokenURL is where machines get tokens.
func (a *Auth) TokenURL() string { return a.issuer.TokenURL() }

// oauth is what the API says of how to get a token.
func (a *Auth) oauth() *api.OAuth {
	return &api.OAuth{
		Issuer: a.issuer.URL(), TokenURL: a.issuer.TokenURL(), Scope: access.ScopeRead, More: []string{access.ScopeOperate},
		SignIn: &api.SignIn{
			URL: a.issuer.SignInURL(), ClientID: issuer.People, Scopes: issuer.Scopes, Redirects: []string{issuer.Redirect},
		},
	}
}

// usualFollowers is how many streams and long polls of the change feed a caller may keep at once, as on AWS by default.
const usualFollowers = 10

// seats are how many streams and long polls each caller may keep at once.
func (a *Auth) seats() *seats.Seats {
	s := &seats.Seats{Book: &seats.Memory{}, Usual: usualFollowers, Clients: map[string]int{}}
	for id, c := range a.Directory.Clients {
		if c.Followers > 0 {
			s.Clients[id] = c.Followers
		}
	}
	return s
}

// issuerFor returns what serves a path of the issuer, nil where it is none. Web pages of the origins may get tokens by
// a script, and may not read the page on which people sign in.
func (a *Auth) issuerFor(origins []string) func(path string) http.Handler {
	tokens := allowOrigins(a.issuer, origins)
	return func(path string) http.Handler {
		switch serves, readable := issuer.Serves(path); {
		case readable:
			return tokens
		case serves:
			return a.issuer
		}
		return nil
	}
}

// guard lets calls of the API through that carry a valid token, with their caller in the context, and the public ones.
// The API looks whether the token has the scope of the call.
func (a *Auth) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if api.Public(r) {
			next.ServeHTTP(w, r)
			return
		}
		caller, err := a.caller(r)
		if err != nil {
			a.unauthorized(w, r, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(access.NewContext(r.Context(), caller)))
	})
}

func (a *Auth) caller(r *http.Request) (access.Caller, error) {
	raw, err := token.FromHeader(r.Header)
	if err != nil {
		return access.Caller{}, err
	}
	return a.verifier.Verify(r.Context(), raw)
}

// unauthorized refuses a call for its token, as RFC 6750, section 3, has it.
func (a *Auth) unauthorized(w http.ResponseWriter, r *http.Request, err error) {
	var p *problem.Problem
	switch {
	case errors.Is(err, token.ErrMissing):
		p = refuse(http.StatusUnauthorized, "A valid access token is needed",
			"Send an access token with the scope "+access.ScopeRead+" as Authorization: Bearer.")
		p.Type = problem.TokenNeeded.Type()
		w.Header().Set("WWW-Authenticate", a.challenge(""))
	case errors.Is(err, token.ErrUnreachable):
		p = refuse(http.StatusServiceUnavailable, "The access token cannot be verified now", sentence(err))
		p.Type, p.RetryAfter = problem.Type+"issuer-unreachable", 1
	default:
		p = refuse(http.StatusUnauthorized, "The access token is not valid", sentence(err))
		p.Type = problem.Type + "invalid-token"
		w.Header().Set("WWW-Authenticate", a.challenge(`error="invalid_token", `))
	}
	p.Instance = problem.Instance(r.URL.EscapedPath())
	p.Write(w)
}

// challenge says how to be let in, and where to learn how to get a token (RFC 9728, 5.1).
func (a *Auth) challenge(why string) string {
	return "Bearer " + why + `resource_metadata="` + a.base + api.MetadataPath + `"`
}

// sentence writes an error of package token, which is made for callers, as a sentence.
func sentence(err error) string {
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:] + "."
}
