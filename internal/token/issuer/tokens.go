package issuer

import (
	"crypto/rand"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// How long tokens are good for.
const (
	accessTime  = time.Hour
	refreshTime = 12 * time.Hour
)

// openID is the scope that brings an id token.
const openID = "openid"

// tokens is the answer of the token endpoint.
type tokens struct {
	Access  string `json:"access_token"`
	ID      string `json:"id_token,omitempty"`
	Refresh string `json:"refresh_token,omitempty"`
	Expires int    `json:"expires_in"` // seconds
	Type    string `json:"token_type"`
	Scope   string `json:"scope"`
}

// grant is what tokens are issued for.
type grant struct {
	client string
	person string // empty for a machine
	scopes []string
	nonce  string
	at     time.Time // when the person signed in
}

// issue makes the tokens of a grant.
func (i *Issuer) issue(g grant) tokens {
	now := i.now()
	subject := g.person
	if subject == "" {
		subject = g.client
	}
	claims := func(use string, valid time.Duration, more map[string]any) string {
		c := map[string]any{
			"iss": i.URL(), "sub": subject, "token_use": use, "auth_time": g.at.Unix(), "iat": now.Unix(),
			"exp": now.Add(valid).Unix(), "jti": rand.Text(),
		}
		for name, v := range more {
			c[name] = v
		}
		return i.sign(c)
	}
	t := tokens{Expires: int(accessTime.Seconds()), Type: "Bearer", Scope: strings.Join(g.scopes, " ")}
	access := map[string]any{"client_id": g.client, "scope": t.Scope, "version": 2}
	if g.person == "" {
		t.Access = claims("access", accessTime, access)
		return t
	}
	access["username"] = g.person
	identity := map[string]any{"aud": g.client, "cognito:username": g.person}
	if groups := i.directory.People[g.person].Groups; len(groups) > 0 {
		access["cognito:groups"], identity["cognito:groups"] = groups, groups
	}
	t.Access = claims("access", accessTime, access)
	t.Refresh = claims("refresh", refreshTime, map[string]any{"client_id": g.client, "scope": t.Scope})
	if slices.Contains(g.scopes, openID) {
		if g.nonce != "" {
			identity["nonce"] = g.nonce
		}
		t.ID = claims("id", accessTime, identity)
	}
	return t
}

func (i *Issuer) sign(claims map[string]any) string {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: i.key}, nil)
	if err != nil {
		panic("BUG: the key cannot sign: " + err.Error())
	}
	raw, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		panic("BUG: claims cannot be signed: " + err.Error())
	}
	return raw
}

// refreshClaims are those of a refresh token.
type refreshClaims struct {
	ID      string `json:"jti"`
	Issuer  string `json:"iss"`
	Subject string `json:"sub"`
	Use     string `json:"token_use"`
	Client  string `json:"client_id"`
	Scope   string `json:"scope"`
	At      int64  `json:"auth_time"`
	Expires int64  `json:"exp"`
}

// readRefresh returns the claims of a refresh token of ours for a client that still holds.
func (i *Issuer) readRefresh(raw, client string) (c refreshClaims, ok bool) {
	signed, err := jwt.ParseSigned(raw, []jose.SignatureAlgorithm{algorithm})
	if err != nil {
		return c, false
	}
	public := i.key.Public()
	if signed.Claims(public.Key, &c) != nil || c.Issuer != i.URL() || c.Use != "refresh" || c.Client != client ||
		!i.now().Before(time.Unix(c.Expires, 0)) {
		return c, false
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	_, revoked := i.revoked[c.ID]
	return c, !revoked
}

// refreshed returns what a refresh token stands for.
func (i *Issuer) refreshed(raw, client string) (grant, bool) {
	c, ok := i.readRefresh(raw, client)
	if !ok {
		return grant{}, false
	}
	_, known := i.directory.People[c.Subject]
	return grant{client: c.Client, person: c.Subject, scopes: words(c.Scope), at: time.Unix(c.At, 0)}, known
}
