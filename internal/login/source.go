package login

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/oauth2"

	"github.com/railtwin/digitaltwin/internal/client"
)

// Source returns the tokens of a profile: the kept one while it is valid, and a new one in time. credentials are those
// of a machine, and nil for a person. again is the command that logs in, for messages.
func (s *Store) Source(name string, p Profile, credentials *Credentials, again string) client.TokenSource {
	source := &source{store: s, name: name, profile: p, credentials: credentials, again: again}
	return source.token
}

type source struct {
	store       *Store
	name        string
	profile     Profile
	credentials *Credentials
	again       string

	mu   sync.Mutex
	kept *Token
}

// token implements [client.TokenSource].
func (s *source) token(ctx context.Context, refused string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.good(s.kept, refused) {
		return s.kept.Access, nil
	}
	kept, err := s.store.Token(s.name, s.profile) // another process may have renewed it
	if err != nil {
		return "", err
	}
	if s.kept = kept; s.good(kept, refused) {
		return kept.Access, nil
	}
	begun := time.Now()
	t, err := s.renew(ctx)
	var r *refusal
	if errors.As(err, &r) && r.code == "invalid_grant" { // another process may have renewed it in this moment
		later, _ := s.store.Token(s.name, s.profile)
		if later != nil && kept != nil && later.Refresh != kept.Refresh && s.good(later, refused) {
			s.kept = later
			return later.Access, nil
		}
	}
	if err != nil {
		return "", err
	}
	n := newToken(&s.profile, s.client(), t, begun)
	s.kept = &n
	if err := s.store.SaveToken(s.name, n); err != nil {
		return "", err
	}
	return n.Access, nil
}

// good reports whether a token can be used.
func (s *source) good(t *Token, refused string) bool {
	return t.valid(time.Now()) && t.Access != refused && t.Client == s.client()
}

func (s *source) client() string {
	if s.credentials != nil {
		return s.credentials.ID
	}
	return s.profile.ClientID
}

func (s *source) renew(ctx context.Context) (*oauth2.Token, error) {
	switch {
	case s.credentials != nil:
		return s.profile.machineToken(ctx, s.credentials)
	case s.kept == nil:
		return nil, errors.New("nobody is logged in with the profile " + s.name + ": " + s.again)
	case s.kept.Refresh == "" || s.kept.Client != s.client():
		return nil, errors.New("the login of the profile " + s.name + " has expired: log in again: " + s.again)
	}
	return s.profile.renewed(ctx, s.kept.Refresh, s.again)
}
