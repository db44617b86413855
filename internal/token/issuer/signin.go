package issuer

import (
	"crypto/rand"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/railtwin/digitaltwin/internal/loopback"
)

// code is an authorization code that was given out.
type code struct {
	grant
	redirect  string
	challenge string
	ends      time.Time
}

const (
	codeTime = 5 * time.Minute
	maxCodes = 1000
)

// challengeForm is that of a challenge of PKCE by S256.
var challengeForm = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)

// ask is an authorization request (RFC 6749, 4.1.1) that may be answered.
type ask struct {
	values   url.Values
	redirect *url.URL
	scopes   []string
}

// askOf checks an authorization request. Where it cannot be trusted with an answer, refusal says why, to the person.
// Where it can, but is wrong, kind is the error that its redirect is told.
func askOf(values url.Values) (a ask, refusal, kind string) {
	a.values = values
	if values.Get("client_id") != People {
		return a, "The application is not known to this twin: its client_id should be " + People + ".", ""
	}
	redirect := values.Get("redirect_uri")
	u, err := url.Parse(redirect)
	if err != nil || u.Scheme != "http" || !loopback.Host(u.Hostname()) || u.User != nil ||
		strings.Contains(redirect, "#") || len(redirect) > 1024 {
		return a, "The application wants the answer to be sent to another machine. Its redirect_uri should be an address " +
			"of this one, " +
			"such as http://localhost:3000/signed-in.", ""
	}
	a.redirect = u
	if problem := twice(values); problem != "" {
		return a, "The request is not valid: " + problem + ".", ""
	}
	if values.Get("response_type") != "code" {
		return a, "", "unsupported_response_type"
	}
	if values.Get("code_challenge_method") != "S256" || !challengeForm.MatchString(values.Get("code_challenge")) {
		return a, "", "invalid_request"
	}
	scopes, ok := asked(values.Get("scope"), append([]string{openID}, Scopes...))
	if !ok {
		return a, "", "invalid_scope"
	}
	a.scopes = scopes
	return a, "", ""
}

// serveSignIn shows the page on which people sign in.
func (i *Issuer) serveSignIn(w http.ResponseWriter, r *http.Request) {
	if a, ok := i.accept(w, r, r.URL.Query()); ok {
		writePage(w, http.StatusOK, a, "", "")
	}
}

// serveSignedIn takes what was typed there.
func (i *Issuer) serveSignedIn(w http.ResponseWriter, r *http.Request) {
	if err := http.NewCrossOriginProtection().Check(r); err != nil {
		writeRefusal(w, http.StatusForbidden, "The page of another site must not sign anybody in.")
		return
	}
	form, problem := readForm(w, r)
	if problem != "" {
		writeRefusal(w, http.StatusBadRequest, "The request is not valid: "+problem+".")
		return
	}
	name, password := form.Get("username"), form.Get("password")
	form.Del("username")
	form.Del("password")
	a, ok := i.accept(w, r, form)
	if !ok {
		return
	}
	// A name that is not known takes as long as one that is.
	person, known := i.directory.People[name]
	if !same(person.Password, password) || !known {
		writePage(w, http.StatusUnauthorized, a, name, "The name or the password is wrong.")
		return
	}
	redirect(w, r, a, url.Values{"code": {i.newCode(a, name)}})
}

// accept answers a request that is wrong.
func (i *Issuer) accept(w http.ResponseWriter, r *http.Request, values url.Values) (ask, bool) {
	a, refusal, kind := askOf(values)
	switch {
	case refusal != "":
		writeRefusal(w, http.StatusBadRequest, refusal)
	case kind != "":
		redirect(w, r, a, url.Values{"error": {kind}})
	default:
		return a, true
	}
	return a, false
}

// redirect sends an answer to the application.
func redirect(w http.ResponseWriter, r *http.Request, a ask, answer url.Values) {
	if state := a.values.Get("state"); state != "" {
		answer.Set("state", state)
	}
	to := *a.redirect
	query := to.Query()
	maps.Copy(query, answer)
	to.RawQuery = query.Encode()
	http.Redirect(w, r, to.String(), http.StatusSeeOther)
}

// newCode makes the code of somebody who has signed in.
func (i *Issuer) newCode(a ask, person string) string {
	now := i.now()
	id := rand.Text() + rand.Text()
	i.mu.Lock()
	defer i.mu.Unlock()
	maps.DeleteFunc(i.codes, func(_ string, c code) bool { return !now.Before(c.ends) })
	if len(i.codes) >= maxCodes {
		clear(i.codes)
	}
	i.codes[id] = code{
		grant:    grant{client: People, person: person, scopes: a.scopes, nonce: a.values.Get("nonce"), at: now},
		redirect: a.values.Get("redirect_uri"), challenge: a.values.Get("code_challenge"), ends: now.Add(codeTime),
	}
	return id
}

// redeem takes a code, which ends it, and returns what it stands for, if the request is of the same application.
func (i *Issuer) redeem(form url.Values, client string) (grant, bool) {
	i.mu.Lock()
	c, known := i.codes[form.Get("code")]
	delete(i.codes, form.Get("code"))
	i.mu.Unlock()
	return c.grant, known && i.now().Before(c.ends) && c.client == client && c.redirect == form.Get("redirect_uri") &&
		c.challenge == challengeOf(form.Get("code_verifier"))
}
