package token

import (
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4/json"
)

// Fuzz that no claims that an issuer signs break the verifier, and that whoever is accepted has scopes that can be told
// apart when they are joined.
func FuzzClaims(f *testing.F) {
	v, err := New(Config{
		Settings:   Settings{Issuer: "https://login.example.com", Audience: Words{"twin"}},
		Algorithms: Algorithms, Now: func() time.Time { return time.Unix(1000, 0) },
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(`{"iss":"https://login.example.com","aud":["twin",7],"exp":2000,"sub":"s","scope":"a b","groups":["a","b c",1]}`)
	f.Add(`{"iss":"https://login.example.com","client_id":"twin","token_use":"access","exp":2e300,"nbf":1,"iat":1.5,"sub":"s"}`)
	f.Fuzz(func(t *testing.T, payload string) {
		var c claims
		if json.Unmarshal([]byte(payload), &c) != nil {
			return
		}
		caller, err := v.judge(c)
		if err != nil {
			return
		}
		if got := strings.Fields(strings.Join(caller.Scopes, " ")); len(got) != len(caller.Scopes) {
			t.Errorf("%s: %q is %q", payload, caller.Scopes, got)
		}
		if caller.Subject == "" || !strings.Contains(payload, "exp") {
			t.Errorf("%s is of %+v", payload, caller)
		}
	})
}
