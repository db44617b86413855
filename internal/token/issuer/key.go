package issuer

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"

	"github.com/go-jose/go-jose/v4"
)

// algorithm is the one that Amazon Cognito signs with.
const algorithm = jose.RS256

// LoadKey reads the private key of a file, which nobody else may be able to read. Where there is none, it makes one, so
// that tokens hold when the issuer is started again.
func LoadKey(path string) (jose.JSONWebKey, error) {
	var key jose.JSONWebKey
	text, err := private(path, func() ([]byte, error) {
		k, err := NewKey()
		if err != nil {
			return nil, err
		}
		return json.Marshal(k)
	})
	if err != nil {
		return key, err
	}
	if err := json.Unmarshal(text, &key); err != nil {
		return key, fmt.Errorf("%s is no private key: remove it to have a new one made", path)
	}
	if private, ok := key.Key.(*rsa.PrivateKey); !ok || private.N.BitLen() < 2048 || key.KeyID == "" {
		return key, fmt.Errorf("%s is no private RSA key with an id: remove it to have a new one made", path)
	}
	key.Algorithm, key.Use = string(algorithm), "sig"
	return key, nil
}

// NewKey makes a private key.
func NewKey() (jose.JSONWebKey, error) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return jose.JSONWebKey{}, fmt.Errorf("make a key that signs tokens: %w", err)
	}
	return jose.JSONWebKey{Key: private, KeyID: rand.Text(), Algorithm: string(algorithm), Use: "sig"}, nil
}
