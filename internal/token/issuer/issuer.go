// Package issuer is an OpenID Connect issuer for a laptop, with the paths and the tokens of Amazon Cognito, so that
// what works with it works with a user pool too.
//
// An [Issuer] serves discovery, keys, the token endpoint and a page to sign in at. Its clients and people are those of
// a [Directory]. Machines get tokens by client credentials, people by authorization code with PKCE and by refresh
// tokens.
//
// Caveats: it listens to whoever reaches it, and so belongs on loopback. A refresh token that was revoked is good again
// after a restart. There is no second factor, no registration and no way to change a password but the file.
package issuer

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/token"
)

// pool stands in the address of the issuer, as the id of a user pool does.
const pool = "local_twin"

// The paths of Amazon Cognito.
const (
	tokenPath     = "/oauth2/token"
	revokePath    = "/oauth2/revoke"
	signInPath    = "/oauth2/authorize"
	discoveryPath = "/" + pool + "/.well-known/openid-configuration"
	keysPath      = "/" + pool + "/.well-known/jwks.json"
)

// Scopes are those that the issuer knows beside openid.
var Scopes = []string{access.ScopeRead, access.ScopeOperate}

// Issuer gives out tokens. Use [New].
type Issuer struct {
	base      string
	directory Directory
	key       jose.JSONWebKey // private
	now       func() time.Time

	mu      sync.Mutex
	codes   map[string]code
	revoked map[string]time.Time // ids of refresh tokens, and when these expire
}

// New returns an issuer that is reached at base, such as http://127.0.0.1:8080, and signs with a key ([LoadKey]).
func New(base string, d Directory, key jose.JSONWebKey, now func() time.Time) *Issuer {
	return &Issuer{base: base, directory: d, key: key, now: now, codes: make(map[string]code),
		revoked: make(map[string]time.Time)}
}

// URL is what stands in the claim iss.
func (i *Issuer) URL() string { return i.base + "/" + pool }

// TokenURL is the token endpoint.
func (i *Issuer) TokenURL() string { return i.base + tokenPath }

// SignInURL is the authorization endpoint.
func (i *Issuer) SignInURL() string { return i.base + signInPath }

// Settings are those of a verifier of the issuer's tokens.
func (i *Issuer) Settings() token.Settings {
	s := token.Settings{Issuer: i.URL(), Audience: token.Words{People}}
	for id := range i.directory.Clients {
		s.Audience = append(s.Audience, id)
	}
	return s
}

// Serves reports whether a path is one of the issuer's, and whether web pages of other origins may read its answers.
// They may not read the page on which people sign in.
func Serves(path string) (serves, readable bool) {
	switch path {
	case tokenPath, revokePath, discoveryPath, keysPath:
		return true, true
	}
	return path == signInPath, false
}

// ServeHTTP answers the paths of the issuer.
func (i *Issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	get := r.Method == http.MethodGet || r.Method == http.MethodHead
	switch path := r.URL.EscapedPath(); {
	case path == discoveryPath && get:
		i.serveDiscovery(w)
	case path == keysPath && get:
		writeJSON(w, http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{i.key.Public()}})
	case path == tokenPath && r.Method == http.MethodPost:
		i.serveToken(w, r)
	case path == revokePath && r.Method == http.MethodPost:
		i.serveRevoke(w, r)
	case path == signInPath && get:
		i.serveSignIn(w, r)
	case path == signInPath && r.Method == http.MethodPost:
		i.serveSignedIn(w, r)
	default:
		allowed := "GET, HEAD"
		if path == tokenPath || path == revokePath {
			allowed = "POST"
		} else if path == signInPath {
			allowed += ", POST"
		}
		h.Set("Allow", allowed)
		writeError(w, http.StatusMethodNotAllowed, "invalid_request", "use "+allowed)
	}
}

func (i *Issuer) serveDiscovery(w http.ResponseWriter) {
	writeJSON(w, http.StatusOK, map[string]any{
		"issuer":                                i.URL(),
		"authorization_endpoint":                i.SignInURL(),
		"token_endpoint":                        i.TokenURL(),
		"revocation_endpoint":                   i.base + revokePath,
		"jwks_uri":                              i.base + keysPath,
		"scopes_supported":                      append([]string{openID}, Scopes...),
		"response_types_supported":              []string{"code"},
		"grant_types_supported":                 []string{"client_credentials", "authorization_code", "refresh_token"},
		"code_challenge_methods_supported":      []string{"S256"},
		"token_endpoint_auth_methods_supported": []string{"client_secret_basic", "client_secret_post", "none"},
		"subject_types_supported":               []string{"public"},
		"id_token_signing_alg_values_supported": []string{string(algorithm)},
	})
}

// RoundTrip answers a request for the issuer's documents without a network, for a verifier in the same process.
func (i *Issuer) RoundTrip(r *http.Request) (*http.Response, error) {
	w := &recorder{header: http.Header{}, status: http.StatusOK}
	i.ServeHTTP(w, r)
	return w.response(r), nil
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		panic("BUG: an answer of the issuer cannot be JSON: " + err.Error())
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(b, '\n')) // a caller that is gone need not be told
}

// writeError answers as RFC 6749, 5.2, has it.
func writeError(w http.ResponseWriter, status int, kind, description string) {
	writeJSON(w, status, map[string]string{"error": kind, "error_description": description})
}

// words splits scopes at their spaces.
func words(text string) []string { return strings.Fields(text) }
