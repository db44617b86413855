package main

import (
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// signInAt signs in on the page of a twin, at the address that a command prints, and returns what the browser shows
// then.
func signInAt(t *testing.T, out *output, name, password string) string {
	t.Helper()
	address := regexp.MustCompile(`(?m)^  (http\S+)$`)
	eventually(t, "the address is shown", func() bool { return address.MatchString(out.String()) })
	at := address.FindStringSubmatch(out.String())[1]
	form := url.Values{"username": {name}, "password": {password}}
	for _, m := range regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`).
		FindAllStringSubmatch(fetch(t, at), -1) {
		form.Set(m[1], html.UnescapeString(m[2]))
	}
	page, _, _ := strings.Cut(at, "?")
	response, err := http.PostForm(page, form)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// Ensure that a twin with --auth is read by those who have a token only: a machine by its secret, a person by a
// password, both as the start says and as they would read any twin.
func TestUpAuth(t *testing.T) {
	home(t)
	var out output
	data := t.TempDir()
	at, _ := startUp(t, &out, "--auth", "--data", data, "--extractors", boxes(t))
	text, err := os.ReadFile(filepath.Join(data, "auth.json"))
	if err != nil {
		t.Fatal(err)
	}
	var directory struct {
		Clients map[string]struct{ Secret string }
		People  map[string]struct{ Password string }
	}
	if err := json.Unmarshal(text, &directory); err != nil {
		t.Fatal(err)
	}
	secret, password := directory.Clients["machine"].Secret, directory.People["operator"].Password
	eventually(t, "the start says how to get a token", func() bool {
		return strings.Contains(out.String(), "-u 'machine:"+secret+"' -d grant_type=client_credentials "+at+
			"/oauth2/token") &&
			strings.Contains(out.String(), "operator signs in with the password "+password)
	})
	if status, _, stderr := twin(t, "list", "--url", at); status == exitOK || !strings.Contains(stderr, "twin login") {
		t.Errorf("without a token: %d %s", status, stderr)
	}

	var login output
	status := make(chan int, 1)
	go func() {
		status <- run(t.Context(), console{strings.NewReader(""), &login, &login},
			[]string{"login", "--profile", "person", "--url", at})
	}()
	if page := signInAt(t, &login, "operator", "wrong"); !strings.Contains(page, "The name or the password is wrong.") {
		t.Errorf("a wrong password: %s", page)
	}
	if page := signInAt(t, &login, "operator", password); !strings.Contains(page, "You are signed in.") ||
		<-status != exitOK {
		t.Fatalf("%s\n%s", page, login.String())
	}
	t.Setenv(idVariable, "machine")
	t.Setenv(secretVariable, secret)
	if status, _, stderr := twin(t, "login", "--profile", "machine", "--url", at); status != exitOK {
		t.Fatal(stderr)
	}
	for _, profile := range []string{"person", "machine"} {
		eventually(t, "box 1 is there", func() bool {
			status, _, _ := twin(t, "get", "box:1", "--profile", profile)
			return status == exitOK
		})
	}
	if status, stdout, stderr := twin(t, "logout", "--profile", "person"); status != exitOK || stderr != "" {
		t.Errorf("logout: %d %s %s", status, stdout, stderr)
	}
	if strings.Contains(login.String(), password) || strings.Contains(login.String(), secret) {
		t.Error("the login shows a secret")
	}
}
