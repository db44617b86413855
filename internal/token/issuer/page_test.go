package issuer

import (
	"strings"
	"testing"
)

// Ensure that the page shows hostile text as text, lets nothing in from elsewhere, and says what was wrong.
func TestPage(t *testing.T) {
	r := newRig(t)
	form := signIn("state", `"><script>alert(1)</script>`, "nonce", `'"&<b>`)
	form.Set("username", `"><img src=x onerror=alert(1)>`)
	form.Set("password", "guess")
	w := r.do("POST", signInPath, form, "Sec-Fetch-Site", "same-origin")
	body := w.Body.String()
	if w.Code != 401 || strings.Contains(body, "<script") || strings.Contains(body, "<img") ||
		strings.Contains(body, "<b>") || strings.Contains(body, "guess") {
		t.Errorf("%d %s", w.Code, body)
	}
	for _, want := range []string{
		`<html lang="en">`, `<label for="username">`, `<label for="password">`, `role="alert"`, `aria-describedby="wrong"`,
		"127.0.0.1:4321",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	if policy := w.Header().Get("Content-Security-Policy"); !strings.Contains(policy,
		"default-src 'none'; style-src 'sha256-") ||
		!strings.Contains(policy, "form-action 'self' http://127.0.0.1:4321;") ||
		!strings.Contains(policy, "frame-ancestors 'none'") {
		t.Error(policy)
	}
	if style := body[strings.Index(body, "<style>")+7 : strings.Index(body, "</style>")]; style != styleText {
		t.Error("the style is not the one that the policy lets in")
	}
	for _, asks := range []string{"<link", "<iframe", "href=", "url(", "@import"} {
		if strings.Contains(body, asks) {
			t.Errorf("the page asks for something: %s", asks)
		}
	}
	if w := r.do("POST", signInPath, form, "Sec-Fetch-Site", "cross-site"); w.Code != 403 {
		t.Errorf("the form of another site: %d", w.Code)
	}
}
