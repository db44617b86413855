package api

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// login is how to get a token for a twin of the tests.
var login = &OAuth{
	Issuer: "https://login.example.com/pool", TokenURL: "https://login.example.com/oauth2/token", Scope: "twin/read",
	More: []string{"twin/operate"},
	SignIn: &SignIn{
		URL: "https://login.example.com/oauth2/authorize", ClientID: "people", Scopes: []string{"twin/read"},
		Redirects: []string{"http://127.0.0.1/callback"},
	},
}

// Ensure that a twin says what it is, where its calls are, and how to get a token where one is needed.
func TestService(t *testing.T) {
	at := func(o *OAuth) string {
		c := Config{Reader: sample(), OAuth: o, Base: func(*http.Request) string { return "https://api.example.com/prod" }}
		return get(t, newHandler(c), "/v1").Body.String()
	}
	var s service
	if err := json.Unmarshal([]byte(at(login)), &s); err != nil {
		t.Fatal(err)
	}
	if s.Links.Readings != "https://api.example.com/prod/v1/readings" || s.OAuth == nil ||
		s.OAuth.Issuer != login.Issuer ||
		s.OAuth.TokenURL != login.TokenURL || strings.Join(s.OAuth.Scopes, " ") != "twin/read twin/operate" ||
		s.OAuth.SignIn.ClientID != "people" ||
		s.OAuth.Metadata != "https://api.example.com/prod/.well-known/oauth-protected-resource" {
		t.Errorf("%+v", s)
	}
	if body := at(nil); strings.Contains(body, "oauth") {
		t.Errorf("a twin without tokens says %s", body)
	}
	if body := at(&OAuth{Issuer: "https://login.example.com", Scope: "twin/read"}); strings.Contains(body, "signIn") ||
		strings.Contains(body, "tokenUrl") {
		t.Errorf("an issuer of which nothing else is known: %s", body)
	}
}

// Ensure that the metadata is that of RFC 9728, with the URL that the caller used, and is nowhere where no token is
// needed.
func TestResourceMetadata(t *testing.T) {
	body := get(t, newHandler(Config{Reader: sample(), OAuth: login}), MetadataPath).Body.String()
	const want = `{"resource":"http://example.com","authorization_servers":["https://login.example.com/pool"],` +
		`"scopes_supported":["twin/read","twin/operate"],"bearer_methods_supported":["header"],"resource_name":"Digital Twin",` +
		`"resource_documentation":"http://example.com/v1/openapi.json"}`
	if body != want {
		t.Errorf("%s\nwant %s", body, want)
	}
	if w := do(t, newHandler(Config{Reader: sample()}), "GET", MetadataPath, ""); w.Code != 404 ||
		!strings.Contains(w.Body.String(), "needs no token") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
