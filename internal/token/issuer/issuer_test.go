package issuer

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/token"
)

const base = "http://127.0.0.1:8080"

// key is shared, since making one takes long.
var key = sync.OnceValue(func() jose.JSONWebKey {
	k, err := NewKey()
	if err != nil {
		panic(err)
	}
	return k
})

// rig is an issuer with a clock of its own.
type rig struct {
	*Issuer
	t   *testing.T
	now time.Time
}

func newRig(t *testing.T) *rig {
	r := &rig{t: t, now: time.Now().Truncate(time.Second)}
	r.Issuer = New(base, Directory{
		Clients: map[string]Client{"map": {Secret: "s3cret&+", Scopes: []string{access.ScopeRead}}},
		People:  map[string]Person{"ada": {Password: "engine", Groups: []string{"fleet", "sbb"}}},
	}, key(), func() time.Time { return r.now })
	return r
}

// do sends a form, or a query where there is none.
func (r *rig) do(method, path string, form url.Values, header ...string) *httptest.ResponseRecorder {
	r.t.Helper()
	request := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	if form != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	r.ServeHTTP(w, request)
	return w
}

// token asks for tokens; kind is the error of the answer.
func (r *rig) token(form url.Values, header ...string) (t tokens, kind string) {
	r.t.Helper()
	w := r.do("POST", tokenPath, form, header...)
	var answer struct {
		tokens
		Error string `json:"error"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Header().Get("Cache-Control") != "no-store" ||
		(w.Code == 200) != (answer.Error == "") {
		r.t.Fatalf("%d %s", w.Code, w.Body)
	}
	return answer.tokens, answer.Error
}

// caller verifies a token as the API does.
func (r *rig) caller(raw string) (access.Caller, error) {
	r.t.Helper()
	v, err := token.New(token.Config{
		Settings: r.Settings(), Algorithms: token.Algorithms, Transport: r.Issuer, Now: func() time.Time { return r.now },
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return v.Verify(r.t.Context(), raw)
}

// Ensure that a machine gets a token by its secret, in each way that clients send it, and only for its scopes.
func TestClientCredentials(t *testing.T) {
	r := newRig(t)
	secret := func(id, secret string) []string {
		q := &http.Request{Header: http.Header{}}
		q.SetBasicAuth(url.QueryEscape(id), url.QueryEscape(secret))
		return []string{"Authorization", q.Header.Get("Authorization")}
	}
	for _, c := range []struct {
		name, kind string
		form       url.Values
		header     []string
	}{
		{"by form", "", url.Values{"client_id": {"map"}, "client_secret": {"s3cret&+"}}, nil},
		{"by header", "", url.Values{}, secret("map", "s3cret&+")},
		{"by both", "invalid_client", url.Values{"client_id": {"map"}, "client_secret": {"s3cret&+"}},
			secret("map", "s3cret&+")},
		{"a scope of its own", "", url.Values{"scope": {"twin/read"}}, secret("map", "s3cret&+")},
		{"a scope that it may not have", "invalid_scope", url.Values{"scope": {"twin/read twin/operate"}},
			secret("map", "s3cret&+")},
		{"a wrong secret", "invalid_client", url.Values{}, secret("map", "wrong")},
		{"no secret", "invalid_client", url.Values{"client_id": {"map"}}, nil},
		{"nobody", "invalid_client", url.Values{}, nil},
		{"a client that is not known", "invalid_client", url.Values{}, secret("nobody", "")},
		{"the client of people", "unauthorized_client", url.Values{"client_id": {People}}, nil},
		{"a parameter twice", "invalid_request", url.Values{"scope": {"twin/read", "twin/read"}}, secret("map", "s3cret&+")},
		{"another grant", "unsupported_grant_type", url.Values{"grant_type": {"password"}}, secret("map", "s3cret&+")},
	} {
		if !c.form.Has("grant_type") {
			c.form.Set("grant_type", "client_credentials")
		}
		got, kind := r.token(c.form, c.header...)
		if kind != c.kind {
			t.Errorf("%s: %q, want %q", c.name, kind, c.kind)
		}
		if kind != "" {
			continue
		}
		caller, err := r.caller(got.Access)
		if err != nil || caller.Subject != "map" || caller.Client != "map" || !caller.Has(access.ScopeRead) ||
			len(caller.Scopes) != 1 ||
			got.ID != "" || got.Refresh != "" || got.Expires != 3600 {
			t.Errorf("%s: %+v of %+v, %v", c.name, got, caller, err)
		}
	}
	if w := r.do("POST", tokenPath, nil); w.Code != 400 {
		t.Errorf("no form: %d", w.Code)
	}
	if w := r.do("GET", tokenPath, nil); w.Code != 405 || w.Header().Get("Allow") != "POST" {
		t.Errorf("GET: %d", w.Code)
	}
}

// Ensure that tokens have the claims of those of Amazon Cognito.
func TestClaims(t *testing.T) {
	r := newRig(t)
	machine := r.issue(grant{client: "map", scopes: []string{"twin/read"}, at: r.now})
	person := r.issue(grant{client: People, person: "ada", scopes: []string{"openid", "twin/read"}, nonce: "n", at: r.now})
	for _, c := range []struct{ raw, want string }{
		{machine.Access, "auth_time client_id exp iat iss jti scope sub token_use version"},
		{person.Access, "auth_time client_id cognito:groups exp iat iss jti scope sub token_use username version"},
		{person.ID, "aud auth_time cognito:groups cognito:username exp iat iss jti nonce sub token_use"},
	} {
		signed, err := jose.ParseSignedCompact(c.raw, []jose.SignatureAlgorithm{jose.RS256})
		if err != nil {
			t.Fatal(err)
		}
		var claims map[string]any
		if err := json.Unmarshal(signed.UnsafePayloadWithoutVerification(), &claims); err != nil {
			t.Fatal(err)
		}
		var names []string
		for name := range claims {
			names = append(names, name)
		}
		slices.Sort(names)
		if got := strings.Join(names, " "); got != c.want {
			t.Errorf("%s\nwant %s", got, c.want)
		}
	}
}

const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk" // of RFC 7636, appendix B

// signIn is an authorization request with some parameters changed; an empty one is left out.
func signIn(changes ...string) url.Values {
	v := url.Values{
		"response_type": {"code"}, "client_id": {People}, "redirect_uri": {"http://127.0.0.1:4321/callback?x=1"},
		"scope": {"openid twin/read twin/operate"}, "state": {`"<&`}, "code_challenge_method": {"S256"},
		"code_challenge": {"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"},
	}
	for i := 0; i < len(changes); i += 2 {
		if v.Set(changes[i], changes[i+1]); changes[i+1] == "" {
			v.Del(changes[i])
		}
	}
	return v
}

// Ensure that a person signs in, gets tokens for the code once, and new ones by the refresh token until that ends.
func TestAuthorizationCode(t *testing.T) {
	r := newRig(t)
	code := func() string {
		form := signIn()
		form.Set("username", "ada")
		form.Set("password", "engine")
		w := r.do("POST", signInPath, form, "Sec-Fetch-Site", "same-origin")
		to, err := url.Parse(w.Header().Get("Location"))
		if w.Code != http.StatusSeeOther || err != nil || to.Host != "127.0.0.1:4321" || to.Query().Get("state") != `"<&` ||
			to.Query().Get("x") != "1" {
			t.Fatalf("%d %s", w.Code, w.Header())
		}
		return to.Query().Get("code")
	}
	redeem := func(changes ...string) (tokens, string) {
		form := url.Values{
			"grant_type": {"authorization_code"}, "client_id": {People}, "code": {code()}, "code_verifier": {verifier},
			"redirect_uri": {signIn().Get("redirect_uri")},
		}
		for i := 0; i < len(changes); i += 2 {
			form.Set(changes[i], changes[i+1])
		}
		return r.token(form)
	}
	got, kind := redeem()
	caller, err := r.caller(got.Access)
	if kind != "" || err != nil || caller.Subject != "ada" || !slices.Equal(caller.Groups, []string{"fleet", "sbb"}) ||
		!slices.Equal(caller.Scopes, []string{"openid", "twin/operate", "twin/read"}) {
		t.Fatalf("%s, %v, %+v", kind, err, caller)
	}
	for name, raw := range map[string]string{"id": got.ID, "refresh": got.Refresh} {
		if _, err := r.caller(raw); err == nil {
			t.Errorf("the %s token is an access token", name)
		}
	}
	for _, wrong := range [][]string{
		{"code_verifier", "other"}, {"code_verifier", ""}, {"redirect_uri", "http://127.0.0.1:4321/other"}, {"code", "other"},
	} {
		if _, kind := redeem(wrong...); kind != "invalid_grant" {
			t.Errorf("%v: %q", wrong, kind)
		}
	}
	once := code()
	if _, kind := redeem("code", once); kind != "" {
		t.Error(kind)
	}
	if _, kind := redeem("code", once); kind != "invalid_grant" {
		t.Errorf("a code again: %q", kind)
	}
	late := code()
	r.now = r.now.Add(codeTime)
	if _, kind := redeem("code", late); kind != "invalid_grant" {
		t.Errorf("a code after its time: %q", kind)
	}

	refresh := url.Values{"grant_type": {"refresh_token"}, "client_id": {People}, "refresh_token": {got.Refresh}}
	again, kind := r.token(refresh)
	if caller, err := r.caller(again.Access); kind != "" || err != nil || caller.Subject != "ada" || again.Refresh != "" {
		t.Errorf("refreshed: %q, %v, %+v", kind, err, caller)
	}
	for name, raw := range map[string]string{"an access token": got.Access,
		"another's": r.sign(map[string]any{"token_use": "refresh"}), "nothing": ""} {
		refresh.Set("refresh_token", raw)
		if _, kind := r.token(refresh); kind != "invalid_grant" {
			t.Errorf("refreshed by %s: %q", name, kind)
		}
	}
	second, _ := redeem()
	revoke := url.Values{"client_id": {People}, "token": {second.Refresh}}
	if w := r.do("POST", revokePath, revoke); w.Code != 200 {
		t.Errorf("revoke: %d %s", w.Code, w.Body)
	}
	if w := r.do("POST", revokePath, url.Values{"client_id": {People}, "token": {"other"}}); w.Code != 200 {
		t.Errorf("revoke nothing: %d %s", w.Code, w.Body)
	}
	if w := r.do("POST", revokePath, url.Values{"token": {second.Refresh}}); w.Code != 401 {
		t.Errorf("revoke without a client: %d %s", w.Code, w.Body)
	}
	refresh.Set("refresh_token", second.Refresh)
	if _, kind := r.token(refresh); kind != "invalid_grant" {
		t.Errorf("refreshed by a revoked token: %q", kind)
	}
	refresh.Set("refresh_token", got.Refresh)
	if _, kind := r.token(refresh); kind != "" {
		t.Errorf("refreshed while another token is revoked: %q", kind)
	}
	r.now = r.now.Add(refreshTime)
	if _, kind := r.token(refresh); kind != "invalid_grant" {
		t.Errorf("refreshed after its time: %q", kind)
	}
}

// Ensure that requests are refused to the person where the application cannot be trusted, and to it otherwise.
func TestAuthorizationRequests(t *testing.T) {
	r := newRig(t)
	for _, c := range []struct {
		changes []string
		status  int
		kind    string
	}{
		{nil, 200, ""},
		{[]string{"redirect_uri", "http://localhost:1/"}, 200, ""},
		{[]string{"redirect_uri", "http://[::1]:1/"}, 200, ""},
		{[]string{"scope", ""}, 200, ""},
		{[]string{"client_id", "map"}, 400, ""},
		{[]string{"client_id", ""}, 400, ""},
		{[]string{"redirect_uri", ""}, 400, ""},
		{[]string{"redirect_uri", "https://evil.example.com/"}, 400, ""},
		{[]string{"redirect_uri", "http://127.0.0.1.evil.example.com/"}, 400, ""},
		{[]string{"redirect_uri", "http://127.0.0.1@evil.example.com/"}, 400, ""},
		{[]string{"redirect_uri", "http://user@127.0.0.1/"}, 400, ""},
		{[]string{"redirect_uri", "http://127.0.0.1/#x"}, 400, ""},
		{[]string{"redirect_uri", "javascript:alert(1)"}, 400, ""},
		{[]string{"redirect_uri", "//127.0.0.1/"}, 400, ""},
		{[]string{"response_type", "token"}, 303, "unsupported_response_type"},
		{[]string{"code_challenge", ""}, 303, "invalid_request"},
		{[]string{"code_challenge_method", "plain"}, 303, "invalid_request"},
		{[]string{"scope", "admin"}, 303, "invalid_scope"},
	} {
		w := r.do("GET", signInPath+"?"+signIn(c.changes...).Encode(), nil)
		to, _ := url.Parse(w.Header().Get("Location"))
		if w.Code != c.status || to.Query().Get("error") != c.kind || c.kind != "" && to.Query().Get("state") == "" {
			t.Errorf("%v: %d %s", c.changes, w.Code, to)
		}
	}
	if w := r.do("GET", signInPath+"?"+signIn().Encode()+"&scope=openid", nil); w.Code != 400 {
		t.Errorf("a parameter twice: %d", w.Code)
	}
}
