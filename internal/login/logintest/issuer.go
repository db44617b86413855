// Package logintest has a twin that needs tokens, and an issuer that gives them, for tests.
package logintest

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
)

// The clients of an [Issuer].
const (
	MachineID     = "machine-1"
	MachineSecret = "machine-secret-1"
	PeopleID      = "people-1"
)

// Issuer gives tokens by OAuth 2.0, on a host of its own, to one machine and to people. Its fields may be changed
// between calls, under its lock where another goroutine calls.
type Issuer struct {
	*httptest.Server
	sync.Mutex
	Lifetime  int      // of access tokens, in seconds; 0 says nothing of it
	Refuse    string   // the error of the token endpoint, if any
	Describe  string   // the description of that error
	Redirect  string   // where the token endpoint redirects to, if anywhere
	Redirects []string // where people may be sent to, as the twin says
	Given     []string // access tokens
	Revoked   []string // tokens that are not valid any more
	Grants    []string // grant types that were asked for, with scopes
	codes     map[string]url.Values
	refreshes []string // refresh tokens that are valid
}

// NewIssuer starts an issuer.
func NewIssuer(t *testing.T) *Issuer {
	i := &Issuer{Lifetime: 3600, Redirects: []string{"http://127.0.0.1/callback"}, codes: map[string]url.Values{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /pool/.well-known/openid-configuration", i.metadata)
	mux.HandleFunc("GET /oauth2/authorize", i.authorize)
	mux.HandleFunc("POST /oauth2/token", i.token)
	mux.HandleFunc("POST /oauth2/revoke", func(w http.ResponseWriter, r *http.Request) {
		i.Lock()
		defer i.Unlock()
		i.Revoked = append(i.Revoked, r.FormValue("token"))
	})
	i.Server = httptest.NewServer(mux)
	t.Cleanup(i.Close)
	return i
}

// Name is the issuer's name.
func (i *Issuer) Name() string { return i.URL + "/pool" }

func (i *Issuer) metadata(w http.ResponseWriter, _ *http.Request) {
	json.NewEncoder(w).Encode(map[string]string{
		"issuer": i.Name(), "token_endpoint": i.URL + "/oauth2/token", "authorization_endpoint": i.URL + "/oauth2/authorize",
		"revocation_endpoint": i.URL + "/oauth2/revoke",
	})
}

// authorize signs everybody in who opens it.
func (i *Issuer) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("client_id") != PeopleID || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" ||
		q.Get("state") == "" {
		http.Error(w, "bad request: "+r.URL.RawQuery, http.StatusBadRequest)
		return
	}
	i.Lock()
	defer i.Unlock()
	code := fmt.Sprintf("code-%d", len(i.codes))
	i.codes[code] = q
	back := url.Values{"code": {code}, "state": {q.Get("state")}, "iss": {i.Name()}}
	http.Redirect(w, r, q.Get("redirect_uri")+"?"+back.Encode(), http.StatusFound)
}

// token is the token endpoint.
func (i *Issuer) token(w http.ResponseWriter, r *http.Request) {
	i.Lock()
	defer i.Unlock()
	grant := r.FormValue("grant_type")
	i.Grants = append(i.Grants, strings.TrimSpace(grant+" "+r.FormValue("scope")))
	id, secret, basic := r.BasicAuth()
	fail := func(code string) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		json.NewEncoder(w).Encode(map[string]string{"error": code, "error_description": i.Describe})
	}
	switch {
	case i.Redirect != "":
		http.Redirect(w, r, i.Redirect, http.StatusTemporaryRedirect)
	case i.Refuse != "":
		fail(i.Refuse)
	case grant == "client_credentials" && (!basic || id != MachineID || secret != MachineSecret):
		fail("invalid_client")
	case grant == "client_credentials":
		i.give(w, false)
	case r.FormValue("client_id") != PeopleID || basic:
		fail("invalid_client")
	case grant == "refresh_token" && slices.Contains(i.refreshes, r.FormValue("refresh_token")):
		i.refreshes = nil // each works once
		i.give(w, true)
	case grant == "authorization_code" && i.verified(r):
		i.give(w, true)
	default:
		fail("invalid_grant")
	}
}

// verified reports whether a code is one of the issuer's, for the same redirect, with the verifier of its challenge.
func (i *Issuer) verified(r *http.Request) bool {
	q := i.codes[r.FormValue("code")]
	delete(i.codes, r.FormValue("code"))
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	return q != nil && q.Get("redirect_uri") == r.FormValue("redirect_uri") &&
		q.Get("code_challenge") == base64.RawURLEncoding.EncodeToString(sum[:])
}

func (i *Issuer) give(w http.ResponseWriter, person bool) {
	t := fmt.Sprintf("access-token-%d", len(i.Given))
	i.Given = append(i.Given, t)
	body := map[string]any{"access_token": t, "token_type": "Bearer"}
	if i.Lifetime > 0 {
		body["expires_in"] = i.Lifetime
	}
	if person {
		i.refreshes = append(i.refreshes, fmt.Sprintf("refresh-token-%d", len(i.Given)))
		body["refresh_token"] = i.refreshes[len(i.refreshes)-1]
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(body)
}

// Accepts reports whether a header has a token of the issuer that is valid.
func (i *Issuer) Accepts(authorization string) bool {
	i.Lock()
	defer i.Unlock()
	t, ok := strings.CutPrefix(authorization, "Bearer ")
	return ok && slices.Contains(i.Given, t) && !slices.Contains(i.Revoked, t)
}

// Twin starts a server that says how to log in at the issuer, and serves h to those with a token.
func (i *Issuer) Twin(t *testing.T, h http.Handler) *httptest.Server {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/v1":
			json.NewEncoder(w).Encode(map[string]any{"title": "Digital Twin", "oauth": map[string]any{
				"issuer": i.Name(), "tokenUrl": i.URL + "/oauth2/token", "scopes": []string{"twin/read"},
				"signIn": map[string]any{
					"url": i.URL + "/oauth2/authorize", "clientId": PeopleID, "scopes": []string{"twin/read"},
					"redirectUris": i.Redirects,
				},
			}})
		case !i.Accepts(r.Header.Get("Authorization")):
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(w, `{"title":"A valid access token is needed","status":401}`)
		default:
			h.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server
}
