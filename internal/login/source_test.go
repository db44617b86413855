package login

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/login/logintest"
)

// Ensure that a token that has expired is replaced and kept, of a machine by its secret and of a person by what the
// sign-in left, and that a sign-in that left nothing says that it has ended.
func TestSource_Expired(t *testing.T) {
	issuer, store := logintest.NewIssuer(t), newStore(t)
	p := of(t, issuer)
	machine := &Credentials{ID: logintest.MachineID, Secret: logintest.MachineSecret, Source: "a test"}
	expired := func(name, client, refresh string) {
		t.Helper()
		hour := time.Now().Add(-time.Hour)
		err := store.SaveToken(name, Token{
			URL: p.URL, TokenURL: p.TokenURL, Client: client, Access: "old", Refresh: refresh, Obtained: hour.Add(-time.Hour),
			Expiry: hour,
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	expired("machine", machine.ID, "")
	for range 2 { // the second one finds it kept
		if got, err := store.Source("machine", p, machine, "twin login")(t.Context(), ""); err != nil ||
			got != "access-token-0" {
			t.Errorf("%s %v", got, err)
		}
	}
	signedIn, err := p.SignIn(t.Context(), opened(t))
	if err != nil {
		t.Fatal(err)
	}
	expired("person", p.ClientID, signedIn.Refresh)
	if got, err := store.Source("person", p, nil, "twin login")(t.Context(), ""); err != nil || got != "access-token-2" {
		t.Errorf("%s %v", got, err)
	}
	if kept, err := store.Token("person", p); err != nil || kept.Refresh == signedIn.Refresh || kept.Refresh == "" {
		t.Errorf("%+v %v", kept, err)
	}
	expired("short", p.ClientID, "")
	if _, err := store.Source("short", p, nil, "twin login --profile short")(t.Context(), ""); err == nil ||
		!strings.Contains(err.Error(), "has expired: log in again: twin login --profile short") {
		t.Error(err)
	}
	if want := []string{"client_credentials", "authorization_code", "refresh_token"}; len(issuer.Grants) != 3 ||
		!slices.Equal(issuer.Grants[1:], want[1:]) {
		t.Errorf("asked for %q", issuer.Grants)
	}
}

// Ensure that two processes with one login do not end it: who comes late with a refresh token that was used takes the
// token that the other one got.
func TestSource_TwoProcesses(t *testing.T) {
	issuer, store := logintest.NewIssuer(t), newStore(t)
	issuer.Lifetime = 1
	p := of(t, issuer)
	token, err := p.SignIn(t.Context(), opened(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := store.SaveToken("p", token); err != nil {
		t.Fatal(err)
	}
	one := &source{store: store, name: "p", profile: p, again: "twin login", kept: &token}
	two := store.Source("p", p, nil, "twin login")
	issuer.Lifetime = 3600
	got, err := two(t.Context(), token.Access)
	if err != nil || got == token.Access {
		t.Fatalf("%s %v", got, err)
	}
	if again, err := one.token(t.Context(), token.Access); err != nil || again != got {
		t.Errorf("%s %v, want %s", again, err, got)
	}
}

// Ensure that the same holds where the other one renews it at the very moment.
func TestSource_SameMoment(t *testing.T) {
	store, p := newStore(t), Profile{URL: "https://twin.example.com", ClientID: "c"}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		store.SaveToken("p", Token{URL: p.URL, TokenURL: p.TokenURL, Client: "c", Access: "t2", Refresh: "r2"})
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(400)
		io.WriteString(w, `{"error":"invalid_grant"}`)
	}))
	defer s.Close()
	p.TokenURL = s.URL
	if err := store.SaveToken("p", Token{URL: p.URL, TokenURL: p.TokenURL, Client: "c", Access: "t1",
		Refresh: "r1"}); err != nil {
		t.Fatal(err)
	}
	if got, err := store.Source("p", p, nil, "twin login")(t.Context(), "t1"); got != "t2" || err != nil {
		t.Errorf("%s %v", got, err)
	}
}
