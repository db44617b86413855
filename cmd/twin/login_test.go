package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/login/logintest"
)

// home gives the test profiles and tokens of its own, and returns the folders of both.
func home(t *testing.T) (config, cache string) {
	t.Helper()
	dir := t.TempDir()
	for name, value := range map[string]string{
		"XDG_CONFIG_HOME": filepath.Join(dir, "config"), "XDG_CACHE_HOME": filepath.Join(dir, "cache"), "HOME": dir,
		idVariable: "", secretVariable: "", profileVariable: "", "DISPLAY": "", "WAYLAND_DISPLAY": "", "BROWSER": "",
	} {
		t.Setenv(name, value)
	}
	return filepath.Join(dir, "config", "digitaltwin"), filepath.Join(dir, "cache", "digitaltwin")
}

// components is a twin with one component.
var oneComponent = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	fmt.Fprint(w, `{"components":["box:1"],"next":null,"cursor":null}`)
})

// browse signs in as a person's browser does, at the address that a command prints.
func browse(t *testing.T, out *output) {
	t.Helper()
	address := regexp.MustCompile(`(?m)^  (http\S+)$`)
	eventually(t, "the address is shown", func() bool { return address.MatchString(out.String()) })
	page := fetch(t, address.FindStringSubmatch(out.String())[1])
	if !strings.Contains(page, "You are signed in.") {
		t.Errorf("the browser shows %s", page)
	}
}

// loginPerson logs a person in, and returns the status and what was printed.
func loginPerson(t *testing.T, args ...string) (int, string) {
	t.Helper()
	var out output
	status := make(chan int, 1)
	go func() {
		status <- run(t.Context(), console{strings.NewReader(""), &out, &out}, append([]string{"login"}, args...))
	}()
	browse(t, &out)
	return <-status, out.String()
}

// Ensure that a person signs in where no browser can be opened, that other commands use the profile by its name, by the
// URL and by the environment, that a token is renewed before it expires, and that logging out ends all of it.
func TestLogin_Person(t *testing.T) {
	config, cache := home(t)
	issuer := logintest.NewIssuer(t)
	server := issuer.Twin(t, oneComponent)
	if _, _, stderr := twin(t, "list", "--url", server.URL); !strings.Contains(stderr, "Get one: twin login --url "+
		server.URL) {
		t.Errorf("before the login: %s", stderr)
	}
	status, out := loginPerson(t, "--profile", "p", "--url", server.URL+"/v1")
	if status != exitOK || !strings.Contains(out, "No browser can be opened: this machine has no display") ||
		!strings.Contains(out, "logged in to "+server.URL+" as a person") {
		t.Fatalf("%d %s", status, out)
	}
	for _, file := range []string{filepath.Join(config, "profiles.json"), filepath.Join(cache, "tokens", "p.json")} {
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", file, info, err)
		}
	}
	read := func(args ...string) {
		t.Helper()
		if status, stdout, stderr := twin(t, append([]string{"list"}, args...)...); status != exitOK ||
			stdout != "COMPONENT\nbox:1\n" || stderr != "" {
			t.Errorf("list %q: %d %s %s", args, status, stdout, stderr)
		}
	}
	read("--profile", "p")
	read("--url", server.URL+"/v1/")
	read("--profile", "p", "--url", server.URL)
	t.Setenv(profileVariable, "p")
	read()
	if len(issuer.Given) != 1 {
		t.Errorf("%d tokens for four calls", len(issuer.Given))
	}
	// A token that the twin refuses, such as after this machine slept with its clock stopped, is renewed once.
	issuer.Revoked = append(issuer.Revoked, issuer.Given[0])
	read()
	if want := []string{"authorization_code", "refresh_token"}; !slices.Equal(issuer.Grants, want) {
		t.Errorf("asked for %q, want %q", issuer.Grants, want)
	}
	if _, stdout, _ := twin(t,
		"profiles"); !regexp.MustCompile(`(?m)^PROFILE +URL +WHO +TOKEN\np +http://\S+ +a person +valid$`).
		MatchString(stdout) {
		t.Errorf("profiles:\n%s", stdout)
	}
	if status, stdout, stderr := twin(t, "logout", "--profile", "p"); status != exitOK ||
		!strings.Contains(stdout, "removed the profile p") || stderr != "" {
		t.Errorf("logout: %d %s %s", status, stdout, stderr)
	}
	if _, err := os.Stat(filepath.Join(cache, "tokens", "p.json")); !errors.Is(err, os.ErrNotExist) ||
		!slices.Contains(issuer.Revoked, "refresh-token-2") {
		t.Errorf("after the logout: %v, revoked %q", err, issuer.Revoked)
	}
	if _, _, stderr := twin(t, "list"); !strings.Contains(stderr, `there is no profile "p"`) {
		t.Errorf("after the logout: %s", stderr)
	}
}

// Ensure that a machine logs in by the environment and by a file, renews what expires, and that no secret and no token
// is printed or kept where it should not be.
func TestLogin_Machine(t *testing.T) {
	config, _ := home(t)
	issuer := logintest.NewIssuer(t)
	server := issuer.Twin(t, oneComponent)
	file := filepath.Join(t.TempDir(), "client.json")
	write(t, file, fmt.Sprintf(`{"clientId":%q,"clientSecret":%q,"scope":"twin/read","apiUrl":"%s/v1"}`,
		logintest.MachineID, logintest.MachineSecret, server.URL))
	printed := ""
	call := func(want int, args ...string) string {
		t.Helper()
		status, stdout, stderr := twin(t, args...)
		if printed += stdout + stderr; status != want {
			t.Errorf("%q: %d %s%s", args, status, stdout, stderr)
		}
		return stdout + stderr
	}
	call(exitOK, "login", "--profile", "file", "--credentials", file)
	if issuer.Grants[0] != "client_credentials twin/read" {
		t.Errorf("asked for %q", issuer.Grants)
	}
	t.Setenv(idVariable, logintest.MachineID)
	t.Setenv(secretVariable, logintest.MachineSecret)
	call(exitOK, "login", "--profile", "env", "--url", server.URL)
	call(exitOK, "list", "--profile", "file")
	call(exitOK, "list", "--profile", "env")
	if out := call(exitUsage, "list", "--url", server.URL); !strings.Contains(out,
		"choose one with --profile: env, file") {
		t.Error(out)
	}
	t.Setenv(secretVariable, "")
	if out := call(exitFailure, "list", "--profile", "env"); !strings.Contains(out, idVariable+" is set, and "+
		secretVariable+" is not") {
		t.Error(out)
	}
	t.Setenv(idVariable, "")
	if out := call(exitFailure, "list", "--profile", "env"); !strings.Contains(out, "set "+idVariable+" and "+
		secretVariable) {
		t.Error(out)
	}
	call(exitOK, "profiles", "--output", "json")
	text, err := os.ReadFile(filepath.Join(config, "profiles.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range append(issuer.Given, logintest.MachineSecret) {
		if strings.Contains(printed, secret) || strings.Contains(string(text), secret) {
			t.Errorf("%s is shown or kept:\n%s%s", secret, printed, text)
		}
	}
}

// Ensure that each thing that may go wrong is said with where, what and what to do, and never with a secret.
func TestLogin_Failures(t *testing.T) {
	issuer := logintest.NewIssuer(t)
	server := issuer.Twin(t, oneComponent)
	open := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter,
		_ *http.Request) {
		fmt.Fprint(w, `{"title":"Digital Twin"}`)
	}))
	defer open.Close()
	reached := false
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer other.Close()
	login := []string{"login", "--profile", "p", "--url", server.URL}
	for _, tc := range []struct {
		name   string
		before func(file string)
		args   []string
		status int
		want   []string
	}{
		{"no twin there", nil, []string{"login", "--url", "http://127.0.0.1:1"}, exitFailure,
			[]string{"no twin answers at http://127.0.0.1:1", "twin up"}},
		{"no URL", nil, []string{"login", "--url", "twin.example.com"}, exitFailure,
			[]string{`"twin.example.com" is not the URL of a twin`}},
		{"not a twin", nil, []string{"login", "--url", issuer.URL}, exitFailure, []string{"answers 404", "Is that a twin?"}},
		{"a twin without tokens", nil, []string{"login", "--url", open.URL}, exitFailure,
			[]string{"needs no token", "--url " + open.URL}},
		{"a bad name", nil, []string{"login", "--profile", "../p", "--url", server.URL}, exitUsage,
			[]string{"cannot be the name of a profile"}},
		{"a refused client", func(string) { issuer.Refuse, issuer.Describe = "invalid_client", "\x1b[2Jno" }, login,
			exitFailure,
			[]string{issuer.URL + `/oauth2/token gives no token: invalid_client (\x1b[2Jno)`,
				"check the client ID and the secret in " + idVariable}},
		{"a refused scope", func(string) { issuer.Refuse = "invalid_scope" }, login, exitFailure, []string{"invalid_scope"}},
		{"a token endpoint that redirects", func(string) { issuer.Redirect = other.URL }, login, exitFailure,
			[]string{"redirects to", other.URL, "not followed"}},
		{"credentials that others can read", func(file string) { os.Chmod(file, 0o644) },
			[]string{"login", "--credentials", "FILE"}, exitFailure,
			[]string{"is open to others (mode 0644)", "chmod 600"}},
		{"no credentials", func(file string) { os.Remove(file) }, []string{"login", "--credentials", "FILE"}, exitFailure,
			[]string{"there is no file"}},
		{"half of the credentials", func(file string) { os.WriteFile(file, []byte(`{"clientId":"x"}`), 0o600) },
			[]string{"login", "--credentials", "FILE"}, exitFailure, []string{"no clientSecret"}},
		{"credentials of another twin", nil, []string{"login", "--credentials", "FILE", "--url", server.URL}, exitFailure,
			[]string{"are for https://twin.example.com, and not for " + server.URL}},
		{"half of the environment", func(string) { os.Setenv(idVariable, "") }, login, exitFailure,
			[]string{secretVariable + " is set, and " + idVariable + " is not"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			home(t)
			t.Setenv(idVariable, logintest.MachineID)
			t.Setenv(secretVariable, logintest.MachineSecret)
			file := filepath.Join(t.TempDir(), "client.json")
			write(t, file, `{"clientId":"machine-1","clientSecret":"machine-secret-1","apiUrl":"https://twin.example.com/v1"}`)
			issuer.Refuse, issuer.Describe, issuer.Redirect = "", "", ""
			if tc.before != nil {
				tc.before(file)
			}
			args := slices.Clone(tc.args)
			if i := slices.Index(args, "FILE"); i >= 0 {
				args[i] = file
			}
			status, stdout, stderr := twin(t, args...)
			if status != tc.status || stdout != "" {
				t.Errorf("%d %q", status, stdout)
			}
			for _, want := range tc.want {
				if !strings.Contains(stderr, want) {
					t.Errorf("%s\nwant %s", stderr, want)
				}
			}
			if strings.Contains(stderr, logintest.MachineSecret) || reached {
				t.Errorf("the secret got away, reached %v: %s", reached, stderr)
			}
		})
	}
}

// Ensure that a login that has ended says so, and how to go on.
func TestLogin_Ended(t *testing.T) {
	_, cache := home(t)
	issuer := logintest.NewIssuer(t)
	server := issuer.Twin(t, oneComponent)
	if status, out := loginPerson(t, "--profile", "p", "--url", server.URL, "--no-browser"); status != exitOK {
		t.Fatal(out)
	}
	issuer.Revoked, issuer.Refuse = issuer.Given, "invalid_grant"
	list := func(want ...string) {
		t.Helper()
		status, _, stderr := twin(t, "list", "--profile", "p")
		for _, w := range append(want, "twin login --profile p") {
			if status != exitFailure || !strings.Contains(stderr, w) {
				t.Errorf("%d %s\nwant %s", status, stderr, w)
			}
		}
	}
	list("invalid_grant", "sign in again")
	token := filepath.Join(cache, "tokens", "p.json")
	os.Chmod(token, 0o640)
	if _, _, stderr := twin(t, "list", "--profile", "p"); !strings.Contains(stderr, "open to others (mode 0640)") {
		t.Error(stderr)
	}
	os.Remove(token)
	list("nobody is logged in")
	// The profile knows the URL, so that logging in again needs no more.
	issuer.Refuse = ""
	if status, out := loginPerson(t, "--profile", "p"); status != exitOK {
		t.Error(out)
	}
	if _, _, stderr := twin(t, "list", "--profile", "prof"); !strings.Contains(stderr,
		`there is no profile "prof": make it with`) {
		t.Error(stderr)
	}
	if status, _, stderr := twin(t, "list", "--profile", "p", "--url", "https://twin.example.com"); status != exitUsage ||
		!strings.Contains(stderr, "its token goes nowhere else") {
		t.Error(stderr)
	}
}

// Ensure that a twin that moves its callers on to another host gets no token there, and that one whose clock is wrong
// is not the end of a login.
func TestLogin_TokenStays(t *testing.T) {
	home(t)
	issuer := logintest.NewIssuer(t)
	var seen []string
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter,
		r *http.Request) {
		seen = append(seen, r.Header.Get("Authorization"))
	}))
	defer other.Close()
	server := issuer.Twin(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL+r.URL.Path, http.StatusFound)
	}))
	if status, out := loginPerson(t, "--url", server.URL); status != exitOK ||
		!strings.Contains(out, "profile 127.0.0.1") {
		t.Fatal(out)
	}
	_, _, stderr := twin(t, "list", "--url", server.URL)
	if !strings.Contains(stderr, "redirects to "+other.URL) || len(seen) > 0 {
		t.Errorf("%s, seen %q", stderr, seen)
	}
}

// Ensure that a port that is taken is passed over for the next, and that all of them taken is said.
func TestLogin_PortTaken(t *testing.T) {
	home(t)
	issuer := logintest.NewIssuer(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	first := "http://" + taken.Addr().String() + "/callback"
	for _, tc := range []struct {
		redirects []string
		ok        bool
	}{{[]string{first, "http://localhost/callback"}, true}, {[]string{first, first}, false}} {
		issuer.Redirects = tc.redirects
		server := issuer.Twin(t, oneComponent)
		if tc.ok {
			if status, out := loginPerson(t, "--url", server.URL); status != exitOK ||
				!strings.Contains(out, "redirect_uri=http%3A%2F%2Flocalhost%3A") {
				t.Errorf("%d %s", status, out)
			}
			continue
		}
		_, port, _ := net.SplitHostPort(taken.Addr().String())
		if status, _, stderr := twin(t, "login", "--url", server.URL); status != exitFailure ||
			!strings.Contains(stderr, "in use by other programs: "+port) {
			t.Errorf("%d %s", status, stderr)
		}
	}
}
