package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/functions/internal/clientsecret"
)

// Ensure that a new secret is tried until the token endpoint knows it, that one that it does not take is reported
// without any part of it, and that an emulator answers in the place of AWS.
func TestTrial(t *testing.T) {
	refusals := 3
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, secret, _ := r.BasicAuth()
		if refusals--; refusals >= 0 || id != "client" || secret != "hush" || r.URL.Path != "/oauth2/token" ||
			r.FormValue("grant_type") != "client_credentials" ||
			r.FormValue("scope") != "twin/read" {
			http.Error(w, "hush", http.StatusUnauthorized)
			return
		}
		_, _ = w.Write([]byte(`{"access_token":"t"}`))
	}))
	defer server.Close()
	v := clientsecret.Value{ClientID: "client", ClientSecret: "hush", TokenURL: server.URL + "/oauth2/token",
		Scope: "twin/read"}
	try := &trial{client: server.Client(), pause: time.Millisecond}
	if err := try.try(t.Context(), v); err != nil || refusals != -1 {
		t.Errorf("%v with %d refusals left", err, refusals)
	}
	refusals = attempts
	if err := try.try(t.Context(), v); err == nil || !strings.Contains(err.Error(), "401") ||
		strings.Contains(err.Error(), "hush") {
		t.Error(err)
	}
	refusals = 0
	v.TokenURL = "https://users.auth.eu-central-1.amazoncognito.com/oauth2/token"
	if err := (&trial{client: server.Client(), emulator: server.URL}).try(t.Context(), v); err != nil {
		t.Error(err)
	}
}
