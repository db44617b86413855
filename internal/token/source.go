package token

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

const (
	maxKeys     = 64       // that an issuer may list
	maxDocument = 64 << 10 // bytes of each of its documents
	minRSA      = 2048     // bits of a key
	maxRSA      = 8192
)

// key is one public key of an issuer.
type key struct {
	public    any
	algorithm string // that it is for; empty: any that fits it
}

// source asks an issuer for its keys.
type source struct {
	issuer string
	client *http.Client
}

func newSource(issuer string, transport http.RoundTripper) *source {
	return &source{issuer, &http.Client{
		Transport: transport,
		// Whoever could make the issuer redirect, could make us ask any address that we reach.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// keys returns the keys of the issuer that can verify a signature, by their kid.
func (s *source) keys(ctx context.Context) (map[string]key, error) {
	var discovered struct {
		Issuer string `json:"issuer"`
		Keys   string `json:"jwks_uri"`
	}
	if err := s.get(ctx, strings.TrimSuffix(s.issuer, "/")+"/.well-known/openid-configuration", &discovered); err != nil {
		return nil, err
	}
	if discovered.Issuer != s.issuer {
		return nil, because(ErrUnreachable, "its discovery document is of another issuer")
	}
	if checkURL(discovered.Keys) != nil {
		return nil, because(ErrUnreachable, "its discovery document names no address of its keys with https (jwks_uri)")
	}
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := s.get(ctx, discovered.Keys, &set); err != nil {
		return nil, err
	}
	if len(set.Keys) > maxKeys {
		return nil, because(ErrUnreachable, "it lists more than %d keys", maxKeys)
	}
	all := make(map[string]key)
	for _, text := range set.Keys {
		id, k, ok := usable(text)
		if _, taken := all[id]; ok && !taken {
			all[id] = k
		}
	}
	if len(all) == 0 {
		return nil, because(ErrUnreachable, "none of its keys can be used")
	}
	return all, nil
}

// usable reads a key. Those for other purposes stand in the same list.
func usable(text []byte) (string, key, bool) {
	var k jose.JSONWebKey
	if json.Unmarshal(text, &k) != nil || k.KeyID == "" || len(k.KeyID) > maxKeyID || k.Use != "" && k.Use != "sig" ||
		k.Algorithm != "" && !slices.Contains(Algorithms, jose.SignatureAlgorithm(k.Algorithm)) {
		return "", key{}, false
	}
	switch public := k.Key.(type) {
	case *rsa.PublicKey:
		if n := public.N.BitLen(); n < minRSA || n > maxRSA {
			return "", key{}, false
		}
	case *ecdsa.PublicKey:
		if public.Curve != elliptic.P256() {
			return "", key{}, false
		}
	default: // a private or shared key that is published is nobody's secret
		return "", key{}, false
	}
	return k.KeyID, key{k.Key, k.Algorithm}, true
}

// get reads a document of the issuer. What the error says is told to callers, so it holds nothing of the answer.
func (s *source) get(ctx context.Context, url string, into any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return because(ErrUnreachable, "it has no valid address")
	}
	r.Header.Set("Accept", "application/json, application/jwk-set+json")
	answer, err := s.client.Do(r)
	if err != nil {
		return because(ErrUnreachable, "%s", unanswered(err))
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return because(ErrUnreachable, "it answers with the status %d", answer.StatusCode)
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxDocument+1))
	switch {
	case err != nil:
		return because(ErrUnreachable, "%s", unanswered(err))
	case len(text) > maxDocument:
		return because(ErrUnreachable, "its answer is longer than %d bytes", maxDocument)
	case json.Unmarshal(text, into) != nil:
		return because(ErrUnreachable, "its answer is not what is expected")
	}
	return nil
}

func unanswered(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return "it does not answer within " + fetchTime.String()
	}
	return "it does not answer"
}
