package local

import (
	"net/http"
	"strings"

	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/api"
	"github.com/railtwin/digitaltwin/internal/operate"
	"github.com/railtwin/digitaltwin/internal/page"
)

// environment is what a local twin is called where environments have names.
const environment = "local"

// Require makes calls of the API need a token of an issuer, which [Twin.Handler] serves beside it. What is below /dev/
// needs none. It is called before Handler.
func (t *Twin) Require(a *Auth) {
	t.auth = a
	t.config.Authenticated = true
	t.config.OAuth = a.oauth()
	t.config.Changes.Seats = a.seats()
}

// Restrict lets rules decide what a caller may read by the API: who has no caller reads nothing. What is below /dev/ is
// not restricted. It is called before Handler.
func (t *Twin) Restrict(rules *access.Rules) { t.config.Authenticated, t.config.Rules = true, rules }

// ActAs makes every call of the API one of c, to try rules without tokens. It is called before Handler.
func (t *Twin) ActAs(c access.Caller) { t.as = &c }

// actAs returns next for calls that are all of c.
func actAs(c access.Caller, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(access.NewContext(r.Context(), c)))
	})
}

// Handler serves the API, the page at /, and below /dev/ what only a local twin has. The origins are those whose web
// pages may read the API: such as https://example.com, or * for any.
func (t *Twin) Handler(origins ...string) http.Handler {
	served := api.Compress(api.New(t.config))
	issuer := func(string) http.Handler { return nil }
	operations := api.Compress(t.operations())
	if t.auth != nil {
		served, issuer = t.auth.guard(served), t.auth.issuerFor(origins)
		operations = t.auth.guard(operations)
	}
	if t.as != nil {
		served, operations = actAs(*t.as, served), actAs(*t.as, operations)
	}
	served = allowOrigins(served, origins)
	dev := ownOrigin(http.HandlerFunc(t.dev))
	operations = ownOrigin(operations)
	explorer := page.Handler(page.Config{
		Environment: environment, Feed: t.config.Changes.Log != nil, Inside: true, Activity: 2,
	})
	// Not a ServeMux: it would clean the path, and names may hold // and %2E%2E.
	return ownHost(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.EscapedPath()
		if strings.HasPrefix(path, devPath) {
			dev.ServeHTTP(w, r)
			return
		}
		if page.Serves(path) {
			explorer.ServeHTTP(w, r)
			return
		}
		if h := issuer(path); h != nil {
			h.ServeHTTP(w, r)
			return
		}
		if t.operator != nil && operate.Serves(r) {
			operations.ServeHTTP(w, r)
			return
		}
		served.ServeHTTP(w, r)
	}))
}
