package issuer

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/loopback"
)

// Fuzz that no request breaks the issuer, that nobody is sent to another machine, and that nobody gets a token without
// a secret.
func FuzzRequests(f *testing.F) {
	i := New(base, Directory{
		Clients: map[string]Client{"map": {Secret: "a secret that no fuzzer finds", Scopes: Scopes}},
		People:  map[string]Person{"ada": {Password: "a password that no fuzzer finds"}},
	}, key(), time.Now)
	f.Add(signInPath, "", signIn().Encode(), "")
	f.Add(signInPath, signIn().Encode(), "", "")
	f.Add(tokenPath, "", "grant_type=client_credentials&client_id=map&client_secret=guess", "Basic bWFwOmd1ZXNz")
	f.Add(tokenPath, "",
		"grant_type=authorization_code&client_id=people&code=1&code_verifier=2&redirect_uri=http://127.0.0.1/", "")
	f.Add(revokePath, "", "client_id=people&token=a.b.c", "")
	f.Fuzz(func(t *testing.T, path, query, form, authorization string) {
		if serves, _ := Serves(path); !serves {
			return
		}
		for _, method := range []string{"GET", "POST"} {
			r := httptest.NewRequest(method, path, strings.NewReader(form))
			r.URL.RawQuery = query
			r.Header = http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Authorization": {authorization}}
			w := httptest.NewRecorder()
			i.ServeHTTP(w, r)
			if strings.Contains(w.Body.String(), "access_token") ||
				strings.Contains(w.Header().Get("Location"), "code=") && method == "POST" &&
					!strings.Contains(form, "code=") {
				t.Errorf("%s %s?%s %s: %s", method, path, query, form, w.Body)
			}
			if to := w.Header().Get("Location"); to != "" {
				if u, err := url.Parse(to); err != nil || !loopback.Host(u.Hostname()) || u.Scheme != "http" {
					t.Errorf("%s %s?%s %s: sent to %s", method, path, query, form, to)
				}
			}
		}
	})
}
