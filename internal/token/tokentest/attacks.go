package tokentest

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// Attack is a request that must be refused, or that looks strange and must not be.
type Attack struct {
	Name    string
	Headers func(f Forge) []string // the values of Authorization
	Query   func(f Forge) string   // a query string; nil for none
	Status  int                    // of the answer, as to a call that needs twin/read
}

// Attacks are the attacks on tokens.
var Attacks = []Attack{
	{Name: "a good token", Headers: claiming(nil), Status: 200},
	{Name: "a scheme in lower case", Headers: func(f Forge) []string { return []string{"bearer " + f.Token(nil)} },
		Status: 200},
	{Name: "no token", Headers: func(Forge) []string { return nil }, Status: 401},
	{Name: "an empty token", Headers: func(Forge) []string { return []string{"Bearer "} }, Status: 401},
	{Name: "another scheme", Headers: func(Forge) []string { return []string{"Basic cGxhbm5lcjpzZWNyZXQ="} }, Status: 401},
	{Name: "a token without a scheme", Headers: func(f Forge) []string { return []string{f.Token(nil)} }, Status: 401},
	{Name: "two tokens in a header", Headers: func(f Forge) []string {
		return []string{"Bearer " + f.Token(nil) + ", Bearer " + f.Token(nil)}
	}, Status: 401},
	{Name: "two Authorization headers", Headers: func(f Forge) []string {
		return []string{"Bearer " + f.Token(nil), "Bearer " + f.Token(nil)}
	}, Status: 401},
	{Name: "a token in the query string", Headers: func(Forge) []string { return nil },
		Query: func(f Forge) string { return "access_token=" + f.Token(nil) }, Status: 401},
	{Name: "not a JWT", Headers: bearer(func(Forge) string { return "swordfish" }), Status: 401},
	{Name: "a huge token", Headers: claiming(map[string]any{"more": strings.Repeat("x", 9<<10)}), Status: 401},

	{Name: "alg none", Headers: bearer(func(f Forge) string {
		return part(`{"alg":"none","typ":"JWT","kid":"`+f.Key.KeyID+`"}`) + "." + part(text(f.Claims(nil))) + "."
	}), Status: 401},
	{Name: "alg None with the signature of another token", Headers: bearer(func(f Forge) string {
		return part(`{"alg":"None","kid":"`+f.Key.KeyID+`"}`) + f.Token(nil)[strings.IndexByte(f.Token(nil), '.'):]
	}), Status: 401},
	{Name: "HS256 with the public key as the secret", Headers: bearer(func(f Forge) string {
		der, err := x509.MarshalPKIXPublicKey(f.Key.Public().Key)
		if err != nil {
			panic(err)
		}
		secret := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
		return Sign(jose.JSONWebKey{Key: secret, KeyID: f.Key.KeyID}, jose.HS256, nil, f.Claims(nil))
	}), Status: 401},
	{Name: "an algorithm that is not pinned", Headers: bearer(func(f Forge) string {
		return Sign(f.unbound(), jose.RS512, nil, f.Claims(nil))
	}), Status: 401},
	{Name: "an algorithm that is not the key's", Headers: bearer(func(f Forge) string {
		return Sign(f.unbound(), jose.PS256, nil, f.Claims(nil))
	}), Status: 401},
	{Name: "a kid that nobody has", Headers: bearer(signedBy(Key("nobody"))), Status: 401},
	{Name: "a kid that is a path", Headers: bearer(signedBy(Key("../../../../dev/null"))), Status: 401},
	{Name: "a kid that is a URL", Headers: bearer(signedBy(Key("https://evil.example.com/keys"))), Status: 401},
	{Name: "a kid that is a statement of SQL", Headers: bearer(signedBy(Key("' UNION SELECT 'key"))), Status: 401},
	{Name: "no kid", Headers: bearer(signedBy(Key(""))), Status: 401},
	{Name: "a key of the attacker under a known kid", Headers: bearer(forged(nil)), Status: 401},
	{Name: "a key in the header (jwk)", Headers: bearer(func(f Forge) string {
		evil := evil(f)
		return Sign(evil, jose.RS256, map[jose.HeaderKey]any{"jwk": evil.Public()}, f.Claims(nil))
	}), Status: 401},
	{Name: "an address of keys in the header (jku)",
		Headers: bearer(forged(map[jose.HeaderKey]any{"jku": "https://evil.example.com/keys"})), Status: 401},
	{Name: "an address of certificates in the header (x5u)",
		Headers: bearer(forged(map[jose.HeaderKey]any{"x5u": "https://evil.example.com/keys"})), Status: 401},
	{Name: "an unknown extension in the header (crit)", Headers: bearer(func(f Forge) string {
		return Sign(f.Key, jose.RS256, map[jose.HeaderKey]any{"crit": []string{"exp"}, "exp": 1}, f.Claims(nil))
	}), Status: 401},
	{Name: "another kind of token in the header (typ)", Headers: bearer(func(f Forge) string {
		return Sign(f.Key, jose.RS256, map[jose.HeaderKey]any{"typ": "logout+jwt"}, f.Claims(nil))
	}), Status: 401},
	{Name: "an encrypted token (JWE)", Headers: bearer(encrypted), Status: 401},
	{Name: "a token within a token", Headers: bearer(func(f Forge) string {
		return Sign(f.Key, jose.RS256, map[jose.HeaderKey]any{"cty": "JWT"}, map[string]any{"jwt": f.Token(nil)})
	}), Status: 401},

	{Name: "a changed payload", Headers: bearer(func(f Forge) string {
		p := strings.Split(f.Token(nil), ".")
		return p[0] + "." + part(text(f.Claims(map[string]any{"scope": "twin/read twin/operate"}))) + "." + p[2]
	}), Status: 401},
	{Name: "a changed signature", Headers: bearer(func(f Forge) string {
		p := strings.Split(f.Token(nil), ".")
		return p[0] + "." + p[1] + "." + strings.Repeat("A", len(p[2]))
	}), Status: 401},
	{Name: "no signature", Headers: bearer(func(f Forge) string {
		p := strings.Split(f.Token(nil), ".")
		return p[0] + "." + p[1] + "."
	}), Status: 401},
	{Name: "a claim twice", Headers: bearer(func(f Forge) string {
		c := text(f.Claims(nil))
		return raw(f, `{"iss":"https://evil.example.com",`+c[1:])
	}), Status: 401},
	{Name: "claims that are no object", Headers: bearer(func(f Forge) string {
		return raw(f, `["twin/read"]`)
	}), Status: 401},

	{Name: "another issuer", Headers: claiming(map[string]any{"iss": "https://evil.example.com"}), Status: 401},
	{Name: "the issuer with a slash", Headers: func(f Forge) []string {
		return []string{"Bearer " + f.Token(map[string]any{"iss": f.Issuer + "/"})}
	}, Status: 401},
	{Name: "another pool of the same host", Headers: func(f Forge) []string {
		return []string{"Bearer " + f.Token(map[string]any{"iss": f.Issuer + "x"})}
	}, Status: 401},
	{Name: "no issuer", Headers: claiming(map[string]any{"iss": nil}), Status: 401},
	{Name: "another audience", Headers: claiming(map[string]any{"aud": "https://other.example.com"}), Status: 401},
	{Name: "an audience that begins like ours", Headers: func(f Forge) []string {
		return []string{"Bearer " + f.Token(map[string]any{"aud": f.Client + ".evil.example.com"})}
	}, Status: 401},
	{Name: "a client of another API", Headers: claiming(map[string]any{"client_id": "other"}), Status: 401},
	{Name: "no audience and no use", Headers: claiming(map[string]any{"token_use": nil}), Status: 401},
	{Name: "an id token", Headers: func(f Forge) []string {
		return []string{"Bearer " + f.Token(map[string]any{"token_use": "id", "aud": f.Client})}
	}, Status: 401},
	{Name: "no subject", Headers: claiming(map[string]any{"sub": nil}), Status: 401},
	{Name: "expired", Headers: at(-3600, -60), Status: 401},
	{Name: "no expiry", Headers: claiming(map[string]any{"exp": nil}), Status: 401},
	{Name: "an expiry that is a text", Headers: claiming(map[string]any{"exp": "never"}), Status: 401},
	{Name: "not valid yet", Headers: func(f Forge) []string {
		return []string{"Bearer " + f.Token(map[string]any{"nbf": f.Now.Unix() + 300})}
	}, Status: 401},
	{Name: "issued in the future", Headers: at(300, 3600), Status: 401},

	{Name: "no scope", Headers: claiming(map[string]any{"scope": nil}), Status: 403},
	{Name: "another scope", Headers: claiming(map[string]any{"scope": "openid email"}), Status: 403},
	{Name: "a scope that begins like ours",
		Headers: claiming(map[string]any{"scope": "twin/readings xtwin/read twin/rea"}), Status: 403},
	{Name: "a scope in other letters", Headers: claiming(map[string]any{"scope": "TWIN/READ"}), Status: 403},
	{Name: "a scope with another space", Headers: claiming(map[string]any{"scope": "openid\ttwin/read"}), Status: 403},
	{Name: "scopes joined in one of an array", Headers: claiming(map[string]any{"scope": []string{"openid twin/read"}}),
		Status: 403},
}

// The ways to make the header of an attack.

func bearer(token func(Forge) string) func(Forge) []string {
	return func(f Forge) []string { return []string{"Bearer " + token(f)} }
}

func claiming(changes map[string]any) func(Forge) []string {
	return bearer(func(f Forge) string { return f.Token(changes) })
}

// at is a token with its times in seconds from now.
func at(issued, expires int64) func(Forge) []string {
	return bearer(func(f Forge) string {
		now := f.Now.Unix()
		return f.Token(map[string]any{"iat": now + issued, "exp": now + expires})
	})
}

func signedBy(key jose.JSONWebKey) func(Forge) string {
	return func(f Forge) string { return Sign(key, jose.RS256, nil, f.Claims(nil)) }
}

// forged is a token that is signed with a key of the attacker.
func forged(header map[jose.HeaderKey]any) func(Forge) string {
	return func(f Forge) string { return Sign(evil(f), jose.RS256, header, f.Claims(nil)) }
}

// evil is the attacker's key, under the name of the issuer's.
func evil(f Forge) jose.JSONWebKey {
	k := attacker()
	k.KeyID = f.Key.KeyID
	return k
}

// unbound is the issuer's key without the algorithm that it is for.
func (f Forge) unbound() jose.JSONWebKey {
	k := f.Key
	k.Algorithm = ""
	return k
}

func encrypted(f Forge) string {
	e, err := jose.NewEncrypter(jose.A128GCM, jose.Recipient{Algorithm: jose.RSA_OAEP, Key: f.Key.Public().Key,
		KeyID: f.Key.KeyID},
		(&jose.EncrypterOptions{}).WithContentType("JWT"))
	if err != nil {
		panic(err)
	}
	object, err := e.Encrypt([]byte(f.Token(nil)))
	if err != nil {
		panic(err)
	}
	compact, err := object.CompactSerialize()
	if err != nil {
		panic(err)
	}
	return compact
}

// raw signs a payload as it is.
func raw(f Forge, payload string) string {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: f.Key}, nil)
	if err != nil {
		panic(err)
	}
	object, err := signer.Sign([]byte(payload))
	if err != nil {
		panic(err)
	}
	compact, err := object.CompactSerialize()
	if err != nil {
		panic(err)
	}
	return compact
}

func part(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("BUG: %v", err))
	}
	return string(b)
}
