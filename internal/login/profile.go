package login

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/railtwin/digitaltwin/internal/client"
	"github.com/railtwin/digitaltwin/internal/spelling"
)

// Profile is how to log in to one twin. It holds no secret.
type Profile struct {
	URL           string   `json:"url"` // of the twin, without /v1
	Issuer        string   `json:"issuer,omitempty"`
	TokenURL      string   `json:"tokenUrl"`
	SignInURL     string   `json:"signInUrl,omitempty"`     // the authorization endpoint; people only
	RevocationURL string   `json:"revocationUrl,omitempty"` // RFC 7009
	ClientID      string   `json:"clientId,omitempty"`      // the public client of people; machines bring their own
	Scopes        []string `json:"scopes,omitempty"`        // to ask for; none is what the client may have
	Redirects     []string `json:"redirectUris,omitempty"`  // on this machine; without a port any one may be added
	Credentials   string   `json:"credentials,omitempty"`   // of a machine: a file, or [Environment]; "" is a person
	APIKey        string   `json:"apiKey,omitempty"`        // counts calls, and is no secret
}

// Environment is the place of credentials that come from environment variables.
const Environment = "environment"

// Store keeps profiles and tokens.
type Store struct {
	config, cache string // folders
}

// NewStore returns the store of whoever runs the process.
func NewStore() (*Store, error) {
	config, err := os.UserConfigDir()
	if err != nil {
		return nil, fmt.Errorf("profiles cannot be kept: %w", err)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, fmt.Errorf("tokens cannot be kept: %w", err)
	}
	return &Store{filepath.Join(config, "digitaltwin"), filepath.Join(cache, "digitaltwin")}, nil
}

// File is the file of the profiles.
func (s *Store) File() string { return filepath.Join(s.config, "profiles.json") }

type profilesFile struct {
	Profiles map[string]Profile `json:"profiles"`
}

// Profiles returns all profiles by their names.
func (s *Store) Profiles() (map[string]Profile, error) {
	var f profilesFile
	if err := readPrivate(s.File(), &f); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for name, p := range f.Profiles {
		if err := errors.Join(CheckName(name), p.check()); err != nil {
			return nil, fmt.Errorf("%s: profile %q: %w; correct it, or remove it and log in again", s.File(), name, err)
		}
	}
	return f.Profiles, nil
}

// Profile returns the profile of a name. The error says which one may be meant.
func (s *Store) Profile(name string) (Profile, error) {
	all, err := s.Profiles()
	if err != nil {
		return Profile{}, err
	}
	p, ok := all[name]
	if ok {
		return p, nil
	}
	hint := "make it with 'twin login --profile " + name + " --url URL'"
	if near := spelling.Nearest(name, slices.Sorted(maps.Keys(all))); near != "" {
		hint = "did you mean " + near + "?"
	}
	return Profile{}, fmt.Errorf("there is no profile %q: %s", name, hint)
}

// Of returns the names of the profiles of a twin, in order.
func (s *Store) Of(base string) ([]string, error) {
	all, err := s.Profiles()
	var names []string
	for name, p := range all {
		if p.URL == base {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, err
}

var nameOfProfile = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// CheckName says what is wrong with the name of a profile.
func CheckName(name string) error {
	if !nameOfProfile.MatchString(name) {
		return fmt.Errorf("%q cannot be the name of a profile: use letters, digits, dots, dashes and underscores, "+
			"at most 64", name)
	}
	return nil
}

// Save keeps a profile.
func (s *Store) Save(name string, p Profile) error {
	all, err := s.Profiles()
	if err != nil {
		return err
	}
	if all == nil {
		all = map[string]Profile{}
	}
	all[name] = p
	return writePrivate(s.File(), profilesFile{all})
}

// Remove removes a profile and its token.
func (s *Store) Remove(name string) error {
	all, err := s.Profiles()
	if err != nil {
		return err
	}
	delete(all, name)
	return errors.Join(s.DropToken(name), writePrivate(s.File(), profilesFile{all}))
}

// check finds what a profile must not be: tokens and secrets go where it says.
func (p *Profile) check() error {
	twin, err := url.Parse(p.URL)
	if err != nil || twin.Host == "" || !client.Private(twin) {
		return fmt.Errorf("the URL of the twin, %q, is not private: use https, or a twin on this machine", p.URL)
	}
	for _, e := range []struct {
		name, url string
		optional  bool
	}{
		{"token endpoint", p.TokenURL, false},
		{"authorization endpoint", p.SignInURL, p.Credentials != ""},
		{"revocation endpoint", p.RevocationURL, true},
	} {
		u, err := url.Parse(e.url)
		if e.url == "" && e.optional {
			continue
		}
		if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" || !client.Private(u) ||
			u.Scheme == "http" && twin.Scheme == "https" {
			return fmt.Errorf("the %s of %s is %q, and must be a URL with https", e.name, p.URL, e.url)
		}
	}
	return nil
}
