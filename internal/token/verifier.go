// Package token verifies access tokens that are JWTs (RFC 9068) of an OpenID Connect issuer, and issues them on a
// laptop.
//
// A [Verifier] knows one issuer, by its [Settings]. It finds the issuer's keys by discovery, keeps them, and looks for
// new ones when a token names a key that it does not know. What it returns is an [access.Caller]: who calls, by claims
// that were verified. It does not judge scopes; who serves a route does.
//
// The errors are of few kinds, such as [ErrExpired], and say what is wrong with a token, but nothing that is in it.
//
// Caveats: a token cannot be revoked before it expires, since it is not looked up anywhere. Encrypted tokens (JWE) and
// opaque ones are refused. A token must name its key (kid).
package token

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/railtwin/digitaltwin/internal/access"
)

const (
	// MaxToken is how long a token may be, in bytes. It is checked before anything is parsed.
	MaxToken = 8 << 10
	// Skew is how far the issuer's clock may be from ours.
	Skew = 30 * time.Second
)

// Algorithms are those that issuers sign with today and that need no secret of ours. With an algorithm of a shared
// secret (HS256), the public key would be that secret.
var Algorithms = []jose.SignatureAlgorithm{jose.RS256, jose.PS256, jose.ES256}

// Config is what a verifier is made of.
type Config struct {
	Settings
	// Algorithms are the only ones that are accepted. Required; only asymmetric ones can be named.
	Algorithms []jose.SignatureAlgorithm
	// Transport carries the requests to the issuer. Default: http.DefaultTransport.
	Transport http.RoundTripper
	// Now is the time. Default: time.Now.
	Now func() time.Time
}

// Verifier verifies the access tokens of one issuer. It is safe for concurrent use. Use [New].
type Verifier struct {
	settings   Settings
	algorithms []jose.SignatureAlgorithm
	now        func() time.Time
	keys       *keys
}

// New returns a verifier. It asks the issuer for nothing yet.
func New(c Config) (*Verifier, error) {
	errs := c.Settings.Check()
	if len(c.Algorithms) == 0 {
		errs = append(errs, errors.New("no algorithm is allowed: name at least one"))
	}
	for _, a := range c.Algorithms {
		if !slices.Contains(Algorithms, a) {
			errs = append(errs, fmt.Errorf("the algorithm %q is not one of %v", a, Algorithms))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("token: %w", err)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Verifier{
		settings: c.Settings.withDefaults(), algorithms: c.Algorithms, now: c.Now,
		keys: newKeys(newSource(c.Issuer, c.Transport), c.Now),
	}, nil
}

// Verify returns who calls with a token, which is as it stands in the header Authorization after the scheme.
func (v *Verifier) Verify(ctx context.Context, raw string) (access.Caller, error) {
	switch {
	case raw == "":
		return access.Caller{}, ErrMissing
	case len(raw) > MaxToken:
		return access.Caller{}, malformed("it is longer than %d bytes", MaxToken)
	case strings.Trim(raw, letters) != "" || strings.Count(raw, ".") != 2:
		return access.Caller{}, malformed("it is not a signed JWT of three parts")
	}
	signed, err := jwt.ParseSigned(raw, v.algorithms)
	var algorithm *jose.ErrUnexpectedSignatureAlgorithm
	switch {
	case errors.As(err, &algorithm):
		return access.Caller{}, refused("it is signed with an algorithm that is not allowed")
	case err != nil:
		return access.Caller{}, malformed("it is not a signed JWT")
	}
	header := signed.Headers[0]
	if err := checkHeader(header); err != nil {
		return access.Caller{}, err
	}
	k, err := v.keys.find(ctx, header.KeyID)
	if err != nil {
		return access.Caller{}, err
	}
	if k.algorithm != "" && k.algorithm != header.Algorithm {
		return access.Caller{}, refused("its key is for another algorithm")
	}
	// Errors of the signature and of the JSON below it are told apart: the one is an attack, the other the issuer's.
	var all claims
	switch err := signed.Claims(k.public, &all); {
	case errors.Is(err, jose.ErrCryptoFailure), errors.Is(err, jose.ErrUnsupportedAlgorithm):
		return access.Caller{}, refused("its signature does not fit")
	case errors.Is(err, jose.ErrUnsupportedCriticalHeader):
		return access.Caller{}, refused("its header asks for an extension that is not known (crit)")
	case err != nil:
		return access.Caller{}, malformed("its claims are not a JSON object with each member once")
	}
	return v.judge(all)
}

// letters are those of a JWT: base64url and the dot.
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."

// maxKeyID is how long a kid may be, in bytes.
const maxKeyID = 256

// checkHeader checks what a header says of its token. A key, or where to find one (jwk, jku, x5u), may stand there
// too: it is never used.
func checkHeader(h jose.Header) error {
	if h.KeyID == "" || len(h.KeyID) > maxKeyID {
		return refused("its header names no key (kid) of at most %d bytes", maxKeyID)
	}
	// RFC 8725, 3.11: other kinds of tokens of the same issuer are not access tokens.
	if _, set := h.ExtraHeaders[jose.HeaderType]; set {
		kind, _ := h.ExtraHeaders[jose.HeaderType].(string)
		kind = strings.TrimPrefix(strings.ToLower(kind), "application/")
		if kind != "jwt" && kind != "at+jwt" {
			return refused("its header says that it is another kind of token (typ)")
		}
	}
	return nil
}
