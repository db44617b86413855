package issuer

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"unicode"

	"github.com/railtwin/digitaltwin/internal/access"
)

// People is the id of the client by which people sign in. It has no secret: command lines and web pages could not keep
// one. It is sent back to this machine only.
const People = "people"

// Redirect is where that client takes a code, on any port (RFC 8252, 7.3). It may name any path of this machine.
const Redirect = "http://127.0.0.1/callback"

// Directory is who may get tokens.
type Directory struct {
	Clients map[string]Client `json:"clients"` // machines, by id
	People  map[string]Person `json:"people"`  // by name
}

// Client is a machine.
type Client struct {
	Secret string   `json:"secret"`
	Scopes []string `json:"scopes"` // that it may ask for; default: twin/read

	// Followers is how many streams and long polls of the change feed it may keep at once; 0 for as many as any caller.
	Followers int `json:"followers,omitempty"`
}

// Person is somebody who signs in.
type Person struct {
	Password string   `json:"password"`
	Groups   []string `json:"groups"`
}

// NewDirectory returns a directory with a machine that reads and a person who may operate, with secrets that nobody
// knows.
func NewDirectory() Directory {
	return Directory{
		Clients: map[string]Client{"machine": {Secret: rand.Text(), Scopes: []string{access.ScopeRead}}},
		People:  map[string]Person{"operator": {Password: rand.Text(), Groups: []string{"operators"}}},
	}
}

// LoadDirectory reads the directory of a file, which nobody else may be able to read. Where there is none, it makes
// one.
func LoadDirectory(path string) (Directory, error) {
	text, err := private(path, func() ([]byte, error) { return json.MarshalIndent(NewDirectory(), "", "  ") })
	if err != nil {
		return Directory{}, err
	}
	var d Directory
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields() // a misspelt scope must not be a default
	if err := decoder.Decode(&d); err != nil {
		return d, fmt.Errorf("%s: %w", path, err)
	}
	if err := d.check(); err != nil {
		return d, fmt.Errorf("%s: %w", path, err)
	}
	return d, nil
}

// private reads a file that only its owner can read, and makes it where there is none.
func private(path string, content func() ([]byte, error)) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		text, err := content()
		if err != nil {
			return nil, err
		}
		return text, writePrivate(path, append(text, '\n'))
	case err != nil:
		return nil, err
	case info.Mode().Perm()&0o077 != 0:
		return nil, fmt.Errorf("%s has secrets, and others can read it (mode %o): chmod 600 %s", path, info.Mode().Perm(),
			path)
	}
	return os.ReadFile(path)
}

// writePrivate writes a file at once, so that a crash leaves no half of it.
func writePrivate(path string, text []byte) error {
	if err := os.WriteFile(path+".new", text, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// maxDirectory bounds the directory: it is for a handful of people on a laptop.
const maxDirectory = 1000

func (d *Directory) check() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if len(d.Clients)+len(d.People) > maxDirectory {
		bad("there are more than %d clients and people", maxDirectory)
	}
	for _, id := range slices.Sorted(maps.Keys(d.Clients)) {
		c := d.Clients[id]
		if !isName(id) || id == People {
			bad("clients has %q: want a name without white space, other than %q", id, People)
		}
		if c.Secret == "" {
			bad("clients.%s.secret is empty: want a text that cannot be guessed", id)
		}
		if c.Followers < 0 {
			bad("clients.%s.followers is %d: want at least 1, or 0 for as many as any caller", id, c.Followers)
		}
		for _, s := range c.Scopes {
			if !slices.Contains(Scopes, s) {
				bad("clients.%s.scopes has %q: want %s", id, s, strings.Join(Scopes, " or "))
			}
		}
		if len(c.Scopes) == 0 {
			c.Scopes = []string{access.ScopeRead}
			d.Clients[id] = c
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.People)) {
		p := d.People[name]
		if !isName(name) {
			bad("people has %q: want a name without white space", name)
		}
		if p.Password == "" {
			bad("people.%s.password is empty: want a text that cannot be guessed", name)
		}
		for _, g := range p.Groups {
			if !isName(g) {
				bad("people.%s.groups has %q: want a name without white space", name, g)
			}
		}
	}
	return errors.Join(errs...)
}

// isName reports whether a text can be one of a list with spaces between.
func isName(text string) bool {
	return text != "" && len(text) <= 128 && !strings.ContainsFunc(text,
		func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
}
