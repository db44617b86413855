package token_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/token"
	"github.com/railtwin/digitaltwin/internal/token/tokentest"
)

// verifier returns a verifier of an issuer's tokens with a clock of its own.
func verifier(t testing.TB, i *tokentest.Issuer, claims token.Claims) (*token.Verifier, *time.Time) {
	t.Helper()
	now := i.Now
	v, err := token.New(token.Config{
		Settings:   token.Settings{Issuer: i.URL, Audience: token.Words{i.Client}, Claims: claims},
		Algorithms: token.Algorithms, Now: func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	return v, &now
}

// status is that of the answer to a call that needs the scope to read.
func status(v *token.Verifier, t testing.TB, headers []string) (int, error) {
	raw, err := token.FromHeader(http.Header{"Authorization": headers})
	if err != nil {
		return 401, err
	}
	caller, err := v.Verify(t.Context(), raw)
	switch {
	case errors.Is(err, token.ErrUnreachable):
		return 503, err
	case err != nil:
		return 401, err
	case !caller.Has(access.ScopeRead):
		return 403, nil
	}
	return 200, nil
}

// Ensure that every attack is refused as it should be, without a word of the token.
func TestAttacks(t *testing.T) {
	i := tokentest.NewIssuer(t)
	v, _ := verifier(t, i, token.Claims{})
	for _, a := range tokentest.Attacks {
		t.Run(a.Name, func(t *testing.T) {
			headers := a.Headers(i.Forge)
			got, err := status(v, t, headers)
			if got != a.Status {
				t.Errorf("%d (%v), want %d", got, err, a.Status)
			}
			if err == nil {
				return
			}
			for _, part := range strings.FieldsFunc(strings.Join(headers, "."),
				func(r rune) bool { return strings.ContainsRune(" .,", r) }) {
				if len(part) > 6 && strings.Contains(err.Error(), part) {
					t.Errorf("%v has %s", err, part)
				}
			}
		})
	}
	if n := i.Requests.Load(); n != 1 {
		t.Errorf("%d requests for keys, want 1: attackers must not be able to make more", n)
	}
}

// Ensure that errors are of the kind that tells what to do.
func TestKinds(t *testing.T) {
	i := tokentest.NewIssuer(t)
	v, now := verifier(t, i, token.Claims{})
	good := i.Token(nil)
	*now = i.Now.Add(time.Hour + token.Skew - time.Second)
	if _, err := v.Verify(t.Context(), good); err != nil {
		t.Errorf("within the skew: %v", err)
	}
	*now = i.Now.Add(time.Hour + token.Skew + time.Second)
	for _, c := range []struct {
		raw  string
		want error
	}{
		{"", token.ErrMissing},
		{"a.b", token.ErrMalformed},
		{strings.Repeat("a", token.MaxToken+1), token.ErrMalformed},
		{good, token.ErrExpired},
		{i.Token(map[string]any{"iss": "x"}), token.ErrRefused},
	} {
		if _, err := v.Verify(t.Context(), c.raw); !errors.Is(err, c.want) {
			t.Errorf("%.20s: %v, want %v", c.raw, err, c.want)
		}
	}
}

// Ensure that the caller is taken from the claims of the issuers that people have.
func TestCaller(t *testing.T) {
	i := tokentest.NewIssuer(t)
	for _, c := range []struct {
		name    string
		claims  token.Claims
		changes map[string]any
		want    access.Caller
	}{
		{"a machine of Amazon Cognito", token.Claims{}, map[string]any{"sub": i.Client},
			access.Caller{Subject: i.Client, Client: i.Client, Scopes: []string{"twin/read"}}},
		{"a person of Amazon Cognito", token.Claims{}, map[string]any{"cognito:groups": []string{"sbb", "fleet"},
			"scope": "openid twin/read"},
			access.Caller{Subject: "5f2c", Client: i.Client, Groups: []string{"fleet", "sbb"},
				Scopes: []string{"openid", "twin/read"}}},
		{"Keycloak", token.Claims{}, map[string]any{
			"token_use": nil, "client_id": nil, "azp": "map", "aud": []string{"account", i.Client}, "groups": []string{"/fleet"},
		}, access.Caller{Subject: "5f2c", Client: "map", Groups: []string{"/fleet"}, Scopes: []string{"twin/read"}}},
		{"Entra ID", token.Claims{Subject: token.Words{"oid"}, Scope: token.Words{"scp", "roles"}}, map[string]any{
			"token_use": nil, "client_id": nil, "azp": "map", "aud": i.Client, "oid": "7", "scope": nil, "scp": "openid",
			"roles": []string{"twin/read"},
		}, access.Caller{Subject: "7", Client: "map", Scopes: []string{"openid", "twin/read"}}},
		{"Okta", token.Claims{Client: token.Words{"cid"}}, map[string]any{
			"token_use": nil, "cid": "map", "aud": i.Client, "scope": nil, "scp": []string{"twin/read"},
		}, access.Caller{Subject: "5f2c", Client: "map", Scopes: []string{"twin/read"}}},
		{"groups with spaces, and what is none", token.Claims{},
			map[string]any{"groups": []any{"a fleet", "b", "", 7, "e\n"}},
			access.Caller{Subject: "5f2c", Client: i.Client, Groups: []string{"a fleet", "b"}, Scopes: []string{"twin/read"}}},
	} {
		v, _ := verifier(t, i, c.claims)
		got, err := v.Verify(t.Context(), i.Token(c.changes))
		if left := time.Until(got.Expires); left < 59*time.Minute || left > time.Hour {
			t.Errorf("%s: it expires at %s", c.name, got.Expires)
		}
		got.Expires = time.Time{}
		if err != nil || !equal(got, c.want) {
			t.Errorf("%s: %+v, %v, want %+v", c.name, got, err, c.want)
		}
	}
}

// Ensure that a verifier is made of what it can keep to only.
func TestSettings(t *testing.T) {
	good := token.Settings{Issuer: "https://login.example.com/fleet", Audience: token.Words{"twin"}}
	for _, c := range []struct {
		change func(*token.Config)
		want   string
	}{
		{func(*token.Config) {}, ""},
		{func(c *token.Config) { c.Issuer = "http://127.0.0.1:8080/local" }, ""},
		{func(c *token.Config) { c.Issuer = "" }, "issuer is"},
		{func(c *token.Config) { c.Issuer = "http://login.example.com" }, "https"},
		{func(c *token.Config) { c.Issuer = "https://user@login.example.com" }, "want a URL such as"},
		{func(c *token.Config) { c.Issuer = "https://login.example.com/?x" }, "without ?"},
		{func(c *token.Config) { c.Audience = nil }, "audience is empty"},
		{func(c *token.Config) { c.Audience = token.Words{"a b"} }, "white space"},
		{func(c *token.Config) { c.Claims.Groups = token.Words{""} }, "claims.groups"},
		{func(c *token.Config) { c.Algorithms = nil }, "name at least one"},
		{func(c *token.Config) { c.Algorithms[0] = "none" }, "none"},
		{func(c *token.Config) { c.Algorithms[0] = "HS256" }, "HS256"},
	} {
		config := token.Config{Settings: good, Algorithms: append(token.Algorithms[:0:0], token.Algorithms...)}
		c.change(&config)
		_, err := token.New(config)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}
