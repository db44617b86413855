package login

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/railtwin/digitaltwin/internal/loopback"
	"github.com/railtwin/digitaltwin/internal/tabular"
)

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
	host, _, _ := net.SplitHostPort(r.Host)
	if r.URL.Path != c.path || r.Method != http.MethodGet || !loopback.Host(host) {
		page(w, http.StatusNotFound, "There is nothing here.")
		return
	}
	got, ours := c.read(r.URL.Query())
	if !ours {
		page(w, http.StatusBadRequest, "This is not the sign-in that was begun. Use the address that the terminal shows.")
		return
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

// read reads the answer of the issuer. It is not ours unless it has the state that only this sign-in knows.
func (c *callback) read(q url.Values) (r result, ours bool) {
	if subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(c.state)) != 1 {
		return result{}, false
	}
	switch iss := q.Get("iss"); { // RFC 9207
	case iss != "" && c.issuer != "" && iss != c.issuer:
		r.err = fmt.Errorf("the answer is of another issuer, %q, and not of %s", iss, c.issuer)
	case q.Get("error") != "":
		why := strings.TrimSuffix(q.Get("error")+": "+q.Get("error_description"), ": ")
		r.err = fmt.Errorf("signing in failed: %s", tabular.Printable(why))
	case q.Get("code") == "":
		r.err = errors.New("signing in failed: the issuer gave neither a code nor an error")
	default:
		r.code = q.Get("code")
	}
	return r, true
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
