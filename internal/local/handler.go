package local

import (
	"net/http"
	"strings"
)

// Handler serves the API, and below /dev/ what only a local twin has. The origins are those whose web pages may read
// the API: such as https://example.com, or * for any.
func (t *Twin) Handler(origins ...string) http.Handler {
	api := allowOrigins(t.api, origins)
	dev := ownOrigin(http.HandlerFunc(t.dev))
	// Not a ServeMux: it would clean the path, and names may hold // and %2E%2E.
	return ownHost(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.EscapedPath(), devPath) {
			dev.ServeHTTP(w, r)
			return
		}
		api.ServeHTTP(w, r)
	}))
}
