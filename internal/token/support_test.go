package token_test

import (
	"encoding/json"
	"net/http"

	"github.com/railtwin/digitaltwin/internal/token/tokentest"
)

type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

// body makes an issuer answer with a text instead of its keys.
func body(text string) func(*tokentest.Issuer) {
	return func(i *tokentest.Issuer) {
		i.Answer(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(text)) })
	}
}

func marshal(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}
