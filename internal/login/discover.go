package login

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/railtwin/digitaltwin/internal/client"
)

// service is the part of GET /v1 that says how to log in.
type service struct {
	OAuth *struct {
		Issuer   string
		TokenURL string
		SignIn   *struct {
			URL          string
			ClientID     string
			Scopes       []string
			RedirectURIs []string
		}
	}
}

// metadata is the part of an issuer's OpenID Connect metadata that matters here.
type metadata struct {
	Issuer     string `json:"issuer"`
	Token      string `json:"token_endpoint"`
	SignIn     string `json:"authorization_endpoint"`
	Revocation string `json:"revocation_endpoint"`
}

// Discover asks the twin at a URL how to log in. Endpoints that it does not name are those of its issuer's metadata.
func Discover(ctx context.Context, base string) (Profile, error) {
	twin, err := client.New(base, client.Options{})
	if err != nil {
		return Profile{}, err
	}
	var s service
	if err := twin.Call(ctx, http.MethodGet, "/v1", nil, &s); err != nil {
		return Profile{}, err
	}
	if s.OAuth == nil {
		return Profile{}, fmt.Errorf("the twin at %s needs no token: read it with --url %[1]s", twin.Base())
	}
	p := Profile{URL: twin.Base(), Issuer: s.OAuth.Issuer, TokenURL: s.OAuth.TokenURL}
	if in := s.OAuth.SignIn; in != nil {
		p.SignInURL, p.ClientID, p.Scopes, p.Redirects = in.URL, in.ClientID, in.Scopes, in.RedirectURIs
	}
	if p.Issuer != "" {
		m, err := readMetadata(ctx, p.Issuer)
		if err != nil && p.TokenURL == "" {
			return Profile{}, err
		}
		p.complete(m)
	}
	return p, nil
}

func (p *Profile) complete(m metadata) {
	if p.TokenURL == "" {
		p.TokenURL = m.Token
	}
	if p.SignInURL == "" {
		p.SignInURL = m.SignIn
	}
	p.RevocationURL = m.Revocation
}

// plain asks what is no twin. It follows no redirect, since it may send a secret.
var plain = &http.Client{
	Timeout:       30 * time.Second,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// readMetadata reads an issuer's metadata (OpenID Connect Discovery 1.0, 4).
func readMetadata(ctx context.Context, issuer string) (m metadata, err error) {
	at := strings.TrimSuffix(issuer, "/") + "/.well-known/openid-configuration"
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return m, fmt.Errorf("the twin names the issuer %q, which is no URL", issuer)
	}
	if !client.Private(request.URL) {
		return m, fmt.Errorf("the twin names the issuer %q, which is not private: it must have https", issuer)
	}
	response, err := plain.Do(request)
	if err != nil {
		return m, client.Unreachable("issuer", issuer, err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return m, fmt.Errorf("%s answers %s: the issuer that the twin names has no metadata there", at, response.Status)
	}
	if err := json.NewDecoder(io.LimitReader(response.Body, 1<<20)).Decode(&m); err != nil {
		return m, fmt.Errorf("%s: %w", at, err)
	}
	if m.Issuer != issuer {
		return metadata{}, fmt.Errorf("%s is the metadata of another issuer, %q", at, m.Issuer)
	}
	return m, nil
}

// People completes p as the profile of a person. client replaces the public client that the twin names, and scopes
// those to ask for, unless they are empty.
func (p *Profile) People(client string, scopes []string) error {
	if client != "" {
		p.ClientID = client
	}
	if len(scopes) > 0 {
		p.Scopes = scopes
	}
	if len(p.Redirects) == 0 {
		p.Redirects = []string{"http://127.0.0.1/callback"}
	}
	if p.ClientID == "" {
		return fmt.Errorf("people cannot sign in to the twin at %s with a command line: it names no client for them. "+
			"Name one with --client-id, or use a machine's credentials", p.URL)
	}
	return p.check()
}
