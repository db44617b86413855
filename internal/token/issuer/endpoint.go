package issuer

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// maxForm is the longest form, in bytes.
const maxForm = 64 << 10

// serveToken is the token endpoint (RFC 6749, 3.2).
func (i *Issuer) serveToken(w http.ResponseWriter, r *http.Request) {
	form, client, ok := i.readRequest(w, r)
	if !ok {
		return
	}
	var g grant
	refresh := false
	switch form.Get("grant_type") {
	case "client_credentials":
		if client == People {
			writeError(w, http.StatusBadRequest, "unauthorized_client", "people sign in: "+i.SignInURL())
			return
		}
		g = grant{client: client, at: i.now()}
		if g.scopes, ok = asked(form.Get("scope"), i.directory.Clients[client].Scopes); !ok {
			writeError(w, http.StatusBadRequest, "invalid_scope", "the client may not have one of the scopes")
			return
		}
	case "authorization_code":
		if g, ok = i.redeem(form, client); !ok {
			writeError(w, http.StatusBadRequest, "invalid_grant",
				"the code has been used, has expired, or is not of this request")
			return
		}
	case "refresh_token":
		if g, ok = i.refreshed(form.Get("refresh_token"), client); !ok {
			writeError(w, http.StatusBadRequest, "invalid_grant",
				"the refresh token has expired or is none of this client: sign in again")
			return
		}
		refresh = true
	default:
		writeError(w, http.StatusBadRequest, "unsupported_grant_type",
			"grant_type is client_credentials, authorization_code or refresh_token")
		return
	}
	t := i.issue(g)
	if refresh {
		t.Refresh = "" // the one that it has goes on, as with Amazon Cognito
	}
	writeJSON(w, http.StatusOK, t)
}

// serveRevoke ends a refresh token (RFC 7009). What is none of the client's is no error.
func (i *Issuer) serveRevoke(w http.ResponseWriter, r *http.Request) {
	form, client, ok := i.readRequest(w, r)
	if !ok {
		return
	}
	if c, ok := i.readRefresh(form.Get("token"), client); ok {
		i.mu.Lock()
		maps.DeleteFunc(i.revoked, func(_ string, ends time.Time) bool { return !i.now().Before(ends) })
		i.revoked[c.ID] = time.Unix(c.Expires, 0)
		i.mu.Unlock()
	}
	w.WriteHeader(http.StatusOK)
}

// readRequest reads the form and the client of a request, and answers it where one of them is wrong.
func (i *Issuer) readRequest(w http.ResponseWriter, r *http.Request) (form url.Values, client string, ok bool) {
	form, problem := readForm(w, r)
	if problem != "" {
		writeError(w, http.StatusBadRequest, "invalid_request", problem)
		return nil, "", false
	}
	client, ok = i.authenticate(r, form)
	if !ok {
		w.Header().Set("WWW-Authenticate", `Basic realm="twin"`)
		writeError(w, http.StatusUnauthorized, "invalid_client", "the client id or its secret is wrong")
	}
	return form, client, ok
}

// readForm reads a form in which each parameter stands once (RFC 6749, 3.1).
func readForm(w http.ResponseWriter, r *http.Request) (url.Values, string) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil ||
		kind != "application/x-www-form-urlencoded" {
		return nil, "send the parameters as application/x-www-form-urlencoded"
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return nil, "the form cannot be read"
	}
	return r.PostForm, twice(r.PostForm)
}

// twice says which parameter is repeated.
func twice(values url.Values) string {
	for _, v := range values {
		if len(v) > 1 {
			return "a parameter stands there more than once"
		}
	}
	return ""
}

// authenticate returns the client that makes a request: by the header Authorization, by parameters of the form, or
// without a secret where it has none.
func (i *Issuer) authenticate(r *http.Request, form url.Values) (string, bool) {
	id, secret, basic := r.BasicAuth()
	if !basic {
		id, secret = form.Get("client_id"), form.Get("client_secret")
	} else if form.Has("client_secret") || form.Has("client_id") && form.Get("client_id") != id {
		return "", false
	}
	if id == People {
		return id, secret == "" && !basic
	}
	c, known := i.directory.Clients[id]
	if known && basic {
		// RFC 6749, 2.3.1, encodes the secret as in a form; curl and others send it as it is.
		if decoded, err := url.QueryUnescape(secret); err == nil && same(c.Secret, decoded) {
			return id, true
		}
	}
	return id, known && same(c.Secret, secret)
}

// same compares secrets in a time that says nothing of them.
func same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// asked returns the scopes of a request: all that are allowed where it names none.
func asked(scope string, allowed []string) ([]string, bool) {
	scopes := words(scope)
	if len(scopes) == 0 {
		return allowed, true
	}
	slices.Sort(scopes)
	for _, s := range scopes {
		if !slices.Contains(allowed, s) {
			return nil, false
		}
	}
	return slices.Compact(scopes), true
}

// challengeOf is the challenge of a verifier of PKCE, by the method S256 (RFC 7636, 4.2).
func challengeOf(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
