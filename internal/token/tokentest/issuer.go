// Package tokentest is what tests of access tokens share: an issuer that can be made to misbehave, and the attacks that
// everybody who takes tokens must withstand.
package tokentest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// SmallKey is a key of too few bits to be safe.
func SmallKey() *rsa.PublicKey {
	return &rsa.PublicKey{N: new(big.Int).SetBit(big.NewInt(1), 1023, 1), E: 65537}
}

// Forge signs tokens. All that a token may say wrongly can be said by it.
type Forge struct {
	Issuer string          // its URL
	Client string          // a client of it, which is the audience too
	Key    jose.JSONWebKey // a private key that it lists
	Now    time.Time
}

// Claims are those of a good access token as Amazon Cognito issues them, but with these changes; nil takes one out.
func (f Forge) Claims(changes map[string]any) map[string]any {
	now := f.Now.Unix()
	c := map[string]any{
		"iss": f.Issuer, "sub": "5f2c", "client_id": f.Client, "token_use": "access", "scope": "twin/read", "version": 2,
		"iat": now, "exp": now + 3600, "auth_time": now, "jti": "1",
	}
	for name, v := range changes {
		if v == nil {
			delete(c, name)
			continue
		}
		c[name] = v
	}
	return c
}

// Token is a good token, but with these changes of its claims.
func (f Forge) Token(changes map[string]any) string {
	return Sign(f.Key, jose.SignatureAlgorithm(f.Key.Algorithm), nil, f.Claims(changes))
}

// Sign signs claims, with more in the header.
func Sign(key jose.JSONWebKey, algorithm jose.SignatureAlgorithm, header map[jose.HeaderKey]any, claims any) string {
	options := (&jose.SignerOptions{}).WithType("JWT")
	for name, v := range header {
		options.WithHeader(name, v)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: key}, options)
	if err != nil {
		panic(err)
	}
	raw, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		panic(err)
	}
	return raw
}

func newKey() jose.JSONWebKey {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return jose.JSONWebKey{Key: private, Algorithm: string(jose.RS256), Use: "sig"}
}

// Keys that tests share, since making one takes long.
var (
	spare    = sync.OnceValue(newKey)
	attacker = sync.OnceValue(newKey)
)

// Key is the private key of this name. All names are of the same key.
func Key(id string) jose.JSONWebKey {
	k := spare()
	k.KeyID = id
	return k
}

// ShortKey is a private key whose public half takes few bytes in a list.
func ShortKey(id string) jose.JSONWebKey {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return jose.JSONWebKey{Key: private, KeyID: id, Algorithm: string(jose.ES256), Use: "sig"}
}

// Issuer serves discovery and keys by HTTP.
type Issuer struct {
	Forge
	URL      string
	Requests atomic.Int64 // for keys

	mu   sync.Mutex
	keys http.HandlerFunc
}

// NewIssuer serves an issuer with one key until the test ends.
func NewIssuer(t testing.TB) *Issuer {
	i := &Issuer{}
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		serve(w, map[string]string{"issuer": i.URL, "jwks_uri": i.URL + "/keys"})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, r *http.Request) {
		i.Requests.Add(1)
		i.mu.Lock()
		keys := i.keys
		i.mu.Unlock()
		keys(w, r)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	i.URL = server.URL
	i.Forge = Forge{Issuer: i.URL, Client: "planner", Key: Key("first"), Now: time.Now()}
	i.List(i.Key)
	return i
}

// List makes the issuer list these keys.
func (i *Issuer) List(keys ...jose.JSONWebKey) {
	set := jose.JSONWebKeySet{}
	for _, k := range keys {
		set.Keys = append(set.Keys, k.Public())
	}
	i.Answer(func(w http.ResponseWriter, _ *http.Request) { serve(w, set) })
}

// Answer makes the issuer answer a request for its keys by h.
func (i *Issuer) Answer(h http.HandlerFunc) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.keys = h
}

func serve(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}
