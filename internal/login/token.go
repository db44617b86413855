package login

import (
	"errors"
	"io/fs"
	"path/filepath"
	"time"

	"golang.org/x/oauth2"
)

// Token is an access token and what belongs to it.
type Token struct {
	// Whose it is: it is used with a profile that says the same only.
	URL      string `json:"url"`
	TokenURL string `json:"tokenUrl"`
	Client   string `json:"clientId"`

	Access   string    `json:"accessToken"`
	Refresh  string    `json:"refreshToken,omitempty"`
	Obtained time.Time `json:"obtained"` // by this machine's clock, as Expiry is
	Expiry   time.Time `json:"expiry"`   // zero if the issuer does not say
}

// newToken returns what a token endpoint gave since a time.
func newToken(p *Profile, client string, t *oauth2.Token, since time.Time) Token {
	return Token{
		URL: p.URL, TokenURL: p.TokenURL, Client: client, Access: t.AccessToken, Refresh: t.RefreshToken,
		Obtained: since.Round(0), Expiry: t.Expiry.Round(0),
	}
}

// renewBefore is how long before its end a token is renewed, if it lives ten times as long.
const renewBefore = time.Minute

// valid reports whether t lives on for as long as a call may take. What an expiry is compared with is the clock that
// made it, so a clock that is wrong makes no difference.
func (t *Token) valid(now time.Time) bool {
	if t == nil || t.Access == "" {
		return false
	}
	return t.Expiry.IsZero() || now.Before(t.Expiry.Add(-min(renewBefore, t.Expiry.Sub(t.Obtained)/10)))
}

func (s *Store) tokenFile(name string) string {
	return filepath.Join(s.cache, "tokens", name+".json")
}

// Token returns the token of a profile, nil without one.
func (s *Store) Token(name string, p Profile) (*Token, error) {
	t := &Token{}
	err := readPrivate(s.tokenFile(name), t)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if t.URL != p.URL || t.TokenURL != p.TokenURL {
		return nil, nil // the profile was another one
	}
	return t, nil
}

// SaveToken keeps the token of a profile.
func (s *Store) SaveToken(name string, t Token) error { return writePrivate(s.tokenFile(name), t) }

// DropToken removes the token of a profile, if there is one.
func (s *Store) DropToken(name string) error { return remove(s.tokenFile(name)) }
