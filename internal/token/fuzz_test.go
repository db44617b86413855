package token_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/railtwin/digitaltwin/internal/token"
	"github.com/railtwin/digitaltwin/internal/token/tokentest"
)

// Fuzz that no header Authorization breaks the verifier, and that only the issuer's tokens are accepted.
func FuzzVerify(f *testing.F) {
	i := tokentest.NewIssuer(f)
	v, _ := verifier(f, i, token.Claims{})
	for _, a := range tokentest.Attacks {
		for _, header := range a.Headers(i.Forge) {
			f.Add(header)
		}
	}
	f.Fuzz(func(t *testing.T, header string) {
		raw, err := token.FromHeader(http.Header{"Authorization": {header}})
		if err != nil {
			return
		}
		caller, err := v.Verify(t.Context(), raw)
		if err == nil && (caller.Subject == "" || caller.Client != i.Client) {
			t.Errorf("%q is of %+v", header, caller)
		}
	})
}

// Fuzz that no list of keys breaks the verifier.
func FuzzKeys(f *testing.F) {
	i := quick(f)
	long := tokentest.Key("long")
	for _, k := range []jose.JSONWebKey{i.Key, i.Key.Public(), long.Public()} {
		f.Add(`{"keys":[` + marshal(k) + `]}`)
	}
	f.Add(`{"keys":[{"kty":"EC","crv":"P-256","kid":"first","x":"AA","y":"AA"}]}`)
	f.Fuzz(func(t *testing.T, keys string) {
		body(keys)(i)
		v, now := verifier(t, i, token.Claims{})
		*now = time.Now()
		if _, err := v.Verify(t.Context(), i.Token(nil)); err != nil &&
			!errors.Is(err, token.ErrUnreachable) && !errors.Is(err, token.ErrRefused) {
			t.Errorf("%s: %v", keys, err)
		}
	})
}

// quick returns an issuer that signs by elliptic curves: RSA takes long under a fuzzer's instruments.
func quick(f *testing.F) *tokentest.Issuer {
	i := tokentest.NewIssuer(f)
	i.Key = tokentest.ShortKey("first")
	i.List(i.Key)
	return i
}
