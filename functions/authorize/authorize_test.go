package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/token"
	"github.com/railtwin/digitaltwin/internal/token/tokentest"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

const method = "arn:aws:execute-api:eu-central-1:123456789012:abc123/twin/GET/v1/components"

// authorize returns the function as it starts for an issuer.
func authorize(t *testing.T, i *tokentest.Issuer) handler {
	t.Helper()
	settings, err := json.Marshal(token.Settings{Issuer: i.URL, Audience: token.Words{i.Client}})
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range (wiring.Authorize{Auth: string(settings)}).Env() {
		t.Setenv(k, v)
	}
	h, err := open()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// status is the answer of API Gateway to a call with these values of the header Authorization. It hands over one value:
// with several, what RFC 9110 says that they mean, or one of them, which is the only one then that anybody looks at.
func status(t *testing.T, h handler, headers []string) int {
	t.Helper()
	r, err := h(t.Context(), request{Type: "TOKEN", AuthorizationToken: strings.Join(headers, ", "), MethodArn: method})
	switch {
	case err != nil && err.Error() == "Unauthorized":
		return 401
	case err != nil:
		return 500
	case r.PolicyDocument.Statement[0].Effect == "Deny":
		return 403
	}
	return 200
}

// Ensure that every attack on tokens is refused.
func TestAttacks(t *testing.T) {
	i := tokentest.NewIssuer(t)
	h := authorize(t, i)
	for _, a := range tokentest.Attacks {
		t.Run(a.Name, func(t *testing.T) {
			if got := status(t, h, a.Headers(i.Forge)); got != a.Status {
				t.Errorf("%d, want %d", got, a.Status)
			}
		})
	}
}

// Ensure that an issuer that misbehaves lets nobody in, and that its answer is never the caller's.
func TestIssuerAttacks(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"a redirect to another host": http.RedirectHandler("http://169.254.169.254/latest", http.StatusFound).ServeHTTP,
		"keys without end": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprint(w, `{"keys":[`+strings.Repeat(`{},`, 1<<20))
		},
		"200 keys": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprint(w, `{"keys":[`+strings.Repeat(`{},`, 199)+`{}]}`)
		},
		"no answer": nil,
		"an error":  func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "secret", http.StatusInternalServerError) },
	} {
		t.Run(name, func(t *testing.T) {
			i := tokentest.NewIssuer(t)
			over := make(chan struct{})
			t.Cleanup(func() { close(over) })
			i.Answer(func(w http.ResponseWriter, r *http.Request) {
				if answer == nil {
					<-over
					return
				}
				answer(w, r)
			})
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond) // as much as is left of the function's
			defer cancel()
			_, err := authorize(t, i)(ctx, request{AuthorizationToken: "Bearer " + i.Token(nil), MethodArn: method})
			if !errors.Is(err, token.ErrUnreachable) || strings.Contains(err.Error(), "secret") {
				t.Error(err)
			}
		})
	}
}

// Ensure that a token that is good allows the whole stage and hands on who calls, as texts.
func TestAnswer(t *testing.T) {
	i := tokentest.NewIssuer(t)
	h := authorize(t, i)
	expires := time.Now().Add(time.Hour).Unix()
	raw := i.Token(map[string]any{
		"cognito:groups": []string{"sbb", "fleet", "two words"}, "scope": "twin/operate openid twin/read", "exp": expires,
	})
	r, err := h(t.Context(), request{AuthorizationToken: "Bearer " + raw, MethodArn: method})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"sub": "5f2c", "client": i.Client, "groups": `["fleet","sbb","two words"]`, "scopes": "openid twin/operate twin/read",
		"expires": strconv.FormatInt(expires, 10),
	}
	if r.PrincipalID != "5f2c" || !reflect.DeepEqual(r.Context, want) {
		t.Errorf("%s %v", r.PrincipalID, r.Context)
	}
	got, err := json.Marshal(r.PolicyDocument)
	if err != nil {
		t.Fatal(err)
	}
	const policy = `{"Version":"2012-10-17","Statement":[{"Action":["execute-api:Invoke"],"Effect":"Allow",` +
		`"Resource":["arn:aws:execute-api:eu-central-1:123456789012:abc123/twin/*"]}]}`
	if string(got) != policy {
		t.Errorf("%s", got)
	}
	for _, arn := range []string{"", "abc123/twin/GET/", "arn:aws:execute-api:eu-central-1:123456789012:abc123"} {
		if _, err := h(t.Context(), request{AuthorizationToken: "Bearer " + raw, MethodArn: arn}); err == nil {
			t.Errorf("%q is a method", arn)
		}
	}
}

// Ensure that the function does not start with settings that are none.
func TestSettings(t *testing.T) {
	for text, want := range map[string]string{
		"": "TWIN_AUTH is missing", "[]": "TWIN_AUTH", `{"issuer":"http://login.example.com","audience":"twin"}`: "https",
	} {
		t.Setenv("TWIN_AUTH", text)
		if _, err := open(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
