package login

import (
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/railtwin/digitaltwin/internal/tabular"
)

// FuzzCallback looks for a query string that ends a sign-in without its state, or that an error shows unescaped.
func FuzzCallback(f *testing.F) {
	for _, query := range []string{"state=s&code=c", "state=s&error=x&error_description=%1b", "code=c",
		"state=s&code=&iss=%00", "state=s;code=c", "%zz", "state=s&state=t&code=c"} {
		f.Add(query)
	}
	f.Fuzz(func(t *testing.T, query string) {
		r := httptest.NewRequest("GET", "http://127.0.0.1:1/callback", nil)
		r.URL.RawQuery = query
		c := &callback{path: "/callback", state: "s", issuer: "https://a.example", result: make(chan result, 1)}
		w := httptest.NewRecorder()
		c.ServeHTTP(w, r)
		values, _ := url.ParseQuery(query)
		if ended := len(c.result) > 0; ended != (values.Get("state") == "s") || ended != (w.Code == 200) {
			t.Errorf("%q: ended %v with status %d", query, ended, w.Code)
		} else if ended {
			if got := <-c.result; got.err != nil && got.err.Error() != tabular.Printable(got.err.Error()) ||
				(got.err == nil) != (got.code != "") {
				t.Errorf("%q: %+v", query, got)
			}
		}
	})
}
