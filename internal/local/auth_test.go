package local_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/api"
	"github.com/railtwin/digitaltwin/internal/local"
	"github.com/railtwin/digitaltwin/internal/problem"
	"github.com/railtwin/digitaltwin/internal/token/issuer"
	"github.com/railtwin/digitaltwin/internal/token/tokentest"
)

const authBase = "http://127.0.0.1:8080"

// startAuth runs a twin of boxes that needs tokens, as "twin up --auth" does, and returns what forges them with its
// key.
func startAuth(t *testing.T, origins ...string) (http.Handler, *local.Auth, tokentest.Forge) {
	t.Helper()
	dir := t.TempDir()
	r := start(t, filepath.Join(dir, "twin.db"))
	auth, err := local.OpenAuth(dir, authBase)
	if err != nil {
		t.Fatal(err)
	}
	key, err := issuer.LoadKey(filepath.Join(dir, "auth-key.json"))
	if err != nil {
		t.Fatal(err)
	}
	r.twin.Require(auth)
	return r.twin.Handler(origins...), auth, tokentest.Forge{
		Issuer: authBase + "/local_twin", Client: "machine", Key: key, Now: time.Now(),
	}
}

func call(h http.Handler, method, target, body string, header http.Header) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Host = "127.0.0.1:8080"
	for name, values := range header {
		r.Header[name] = values
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// Ensure that every attack on tokens is refused, by a problem that says nothing of what is inside.
func TestAuth_Attacks(t *testing.T) {
	h, _, forge := startAuth(t)
	for _, a := range tokentest.Attacks {
		t.Run(a.Name, func(t *testing.T) {
			target := "/v1/components"
			if a.Query != nil {
				target += "?" + a.Query(forge)
			}
			headers := a.Headers(forge)
			w := call(h, "GET", target, "", http.Header{"Authorization": headers})
			if w.Code != a.Status {
				t.Fatalf("%d %s, want %d", w.Code, w.Body, a.Status)
			}
			if a.Status == 200 {
				return
			}
			challenge := w.Header().Get("WWW-Authenticate")
			if !strings.HasPrefix(challenge, "Bearer ") ||
				a.Status == 401 && !strings.Contains(challenge, `resource_metadata="`+authBase+api.MetadataPath+`"`) ||
				strings.Contains(challenge, "insufficient_scope") != (a.Status == 403) {
				t.Errorf("WWW-Authenticate: %s", challenge)
			}
			var p struct {
				Title, Detail, Instance string
				Status                  int
			}
			if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || p.Title == "" || p.Detail == "" ||
				p.Instance != "/v1/components" || p.Status != a.Status ||
				w.Header().Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s %s", w.Header().Get("Content-Type"), w.Body)
			}
			for _, word := range []string{"jose", "token.", "internal/", ".go", "Verif", "panic"} {
				if strings.Contains(w.Body.String(), word) {
					t.Errorf("%s has %s", w.Body, word)
				}
			}
		})
	}
}

// Ensure that a machine gets a token with its secret and reads with it, that who is alive needs none, and that /dev/ is
// as it was.
func TestAuth_Machine(t *testing.T) {
	h, auth, _ := startAuth(t)
	form := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	w := call(h, "POST", "/oauth2/token", "grant_type=client_credentials&client_id=machine&client_secret="+
		auth.Directory.Clients["machine"].Secret, form)
	var answer struct {
		Access string `json:"access_token"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	for _, c := range []struct {
		path, token string
		status      int
	}{
		{"/v1/components", answer.Access, 200}, {"/v1/components", "", 401}, {"/v1/openapi.json", "", 401},
		{"/v1/health", "", 200}, {"/v1", "", 200}, {api.MetadataPath, "", 200}, {"/v1/health", "expired", 200},
		{"/dev/status", "", 200}, {"/local_twin/.well-known/jwks.json", "", 200},
	} {
		header := http.Header{}
		if c.token != "" {
			header.Set("Authorization", "Bearer "+c.token)
		}
		if w := call(h, "GET", c.path, "", header); w.Code != c.status {
			t.Errorf("%s: %d %s, want %d", c.path, w.Code, w.Body, c.status)
		}
	}
	if again, err := local.OpenAuth(filepath.Dir(auth.File), authBase); err != nil ||
		again.Directory.Clients["machine"].Secret != auth.Directory.Clients["machine"].Secret {
		t.Errorf("started again, the secret is another one: %v", err)
	}
}

// Ensure that scripts of an origin that is allowed may ask before a call without a token, get tokens and read answers,
// refusals too, and may not read the page on which people sign in.
func TestAuth_Origins(t *testing.T) {
	const app = "http://localhost:3000"
	h, _, _ := startAuth(t, app)
	for _, c := range []struct {
		method, path string
		status       int
		allowed      bool
	}{
		{"OPTIONS", "/v1/components", 204, true}, {"GET", "/v1/components", 401, true},
		{"OPTIONS", "/oauth2/token", 204, true}, {"POST", "/oauth2/token", 400, true},
		{"GET", "/local_twin/.well-known/openid-configuration", 200, true},
		{"GET", "/oauth2/authorize", 400, false}, {"POST", "/oauth2/authorize", 403, false},
	} {
		w := call(h, c.method, c.path, "", http.Header{"Origin": {app}, "Access-Control-Request-Method": {"GET"}})
		if got := w.Header().Get("Access-Control-Allow-Origin"); w.Code != c.status || (got == app) != c.allowed {
			t.Errorf("%s %s: %d, allowed %q", c.method, c.path, w.Code, got)
		}
	}
}

// guarded has a twin demand tokens and decide by grants, and returns its handler and what forges tokens of its issuer.
func guarded(t *testing.T, served *local.Twin, dir, grants string, now time.Time) (http.Handler, tokentest.Forge) {
	t.Helper()
	rules, err := access.Parse("access.json", []byte(grants), access.Known{})
	if err != nil {
		t.Fatal(err)
	}
	auth, err := local.OpenAuth(dir, authBase)
	if err != nil {
		t.Fatal(err)
	}
	key, err := issuer.LoadKey(filepath.Join(dir, "auth-key.json"))
	if err != nil {
		t.Fatal(err)
	}
	served.Require(auth)
	served.Restrict(rules)
	return served.Handler(), tokentest.Forge{Issuer: authBase + "/local_twin", Client: "machine", Key: key, Now: now}
}

// Ensure that with grants a token lets its caller read what they give him, and nothing else.
func TestAuth_Rules(t *testing.T) {
	dir := t.TempDir()
	r := start(t, filepath.Join(dir, "twin.db"))
	r.do("POST", "/dev/records/boxes", `{"id":"1","t":4.5,"at":"2026-01-01T00:00:00Z"}`)
	h, f := guarded(t, r.twin, dir, `{"grants":[{"who":"group:fleet","read":{"datasets":"boxes"}}]}`, time.Now())
	for group, want := range map[string]int{"fleet": 200, "fleets": 404, "fleet x": 404, "": 404} {
		header := http.Header{"Authorization": {"Bearer " + f.Token(map[string]any{"cognito:groups": []string{group}})}}
		if w := call(h, "GET", "/v1/components/box:1", "", header); w.Code != want {
			t.Errorf("group %q: %d %s, want %d", group, w.Code, w.Body, want)
		}
	}
}

// Ensure that with tokens nobody operates but a caller with the scope and a grant, by any call below /v1/operations.
func TestAuth_OperateAttacks(t *testing.T) {
	dir := t.TempDir()
	r := operated(t, dir, boxSQL)
	now := time.Now()
	h, f := guarded(t, r.twin, dir,
		`{"grants":[{"who":"group:fleet","read":{"datasets":"*"},"operate":{"datasets":"boxes"}}]}`, now)
	operator := map[string]any{"scope": "twin/read twin/operate", "cognito:groups": []string{"fleet"}}
	with := func(name string, value any) string {
		claims := maps.Clone(operator)
		claims[name] = value
		return f.Token(claims)
	}
	const pause = `{"kind":"pause","dataset":"boxes"}`
	for _, a := range []struct {
		name, token, method, path, body, want string
	}{
		{"an operator", f.Token(operator), "POST", "", pause, "202 "},
		{"no token", "", "POST", "", pause, "401 token-needed"},
		{"a token that reads", with("scope", "twin/read"), "POST", "", pause, "403 insufficient-scope"},
		{"a token that reads looks at runs", with("scope", "twin/read"), "GET", "", "", "403 insufficient-scope"},
		{"a scope that begins like ours", with("scope", "twin/operators"), "POST", "", pause, "403 insufficient-scope"},
		{"an expired token of an operator", with("exp", now.Add(-time.Hour).Unix()), "POST", "", pause, "401 invalid-token"},
		{"an id token of an operator", with("token_use", "id"), "POST", "", pause, "401 invalid-token"},
		{"a group without a grant", with("cognito:groups", []string{"fleets"}), "POST", "", pause, "403 not-granted"},
		{"a dataset without a grant", f.Token(operator), "POST", "", `{"kind":"pause","dataset":"vaults"}`,
			"403 not-granted"},
		{"forget everything by an empty prefix", f.Token(operator), "POST", "",
			`{"kind":"forget","prefix":"","dryRun":false}`, "400 invalid-body"},
		{"the path goes up", f.Token(operator), "GET", "/..", "", "404 run-not-found"},
		{"the path goes up, encoded", f.Token(operator), "GET", "/rejects/%2e%2e%2f%2e%2e", "", "404 reject-not-found"},
		{"a path in other letters and no token", "", "POST", "/../OPERATIONS", pause, "401 token-needed"},
	} {
		t.Run(a.name, func(t *testing.T) {
			header := http.Header{}
			if a.token != "" {
				header.Set("Authorization", "Bearer "+a.token)
			}
			w := call(h, a.method, "/v1/operations"+a.path, a.body, header)
			var p struct{ Type string }
			if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
				t.Error(err)
			}
			if got := fmt.Sprint(w.Code, " ", strings.TrimPrefix(p.Type, problem.Type)); got != a.want {
				t.Errorf("%s %s, want %s", got, w.Body, a.want)
			}
		})
	}
}
