package token_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/token"
	"github.com/railtwin/digitaltwin/internal/token/tokentest"
)

// BenchmarkVerify is what a call pays for its token, beside the signature alone, which is most of it.
func BenchmarkVerify(b *testing.B) {
	i := tokentest.NewIssuer(b)
	v, _ := verifier(b, i, token.Claims{})
	raw := i.Token(nil)
	b.Run("token", func(b *testing.B) {
		for b.Loop() {
			if _, err := v.Verify(b.Context(), raw); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("signature", func(b *testing.B) {
		end := strings.LastIndexByte(raw, '.')
		signature, err := base64.RawURLEncoding.DecodeString(raw[end+1:])
		if err != nil {
			b.Fatal(err)
		}
		public := i.Key.Public()
		for b.Loop() {
			sum := sha256.Sum256([]byte(raw[:end]))
			if err := rsa.VerifyPKCS1v15(public.Key.(*rsa.PublicKey), crypto.SHA256, sum[:], signature); err != nil {
				b.Fatal(err)
			}
		}
	})
}
