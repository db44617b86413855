package login

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/railtwin/digitaltwin/internal/client"
)

// Credentials are what a machine gets tokens with: the JSON object that a deployment writes into AWS Secrets Manager
// for each client. Only ID and Secret are always there.
type Credentials struct {
	ID       string `json:"clientId"`
	Secret   string `json:"clientSecret"`
	TokenURL string `json:"tokenUrl"`
	Scope    string `json:"scope"` // scopes, with blanks between them
	URL      string `json:"apiUrl"`
	APIKey   string `json:"apiKey"`

	Source string `json:"-"` // where they come from, for messages
}

// ReadCredentials reads a file that only its owner may read.
func ReadCredentials(path string) (*Credentials, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	c := &Credentials{Source: path}
	err = readPrivate(path, c)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no file %s with the credentials of a client", path)
	case err != nil:
		return nil, err
	case c.ID == "" || c.Secret == "":
		return nil, fmt.Errorf("%s has no clientId or no clientSecret: it must be the JSON of the client's secret", path)
	}
	if c.URL != "" {
		u, err := client.ParseBase(c.URL)
		if err != nil {
			return nil, fmt.Errorf("%s: apiUrl: %w", path, err)
		}
		c.URL = u.String()
	}
	return c, nil
}

// Machine makes p a profile of a machine. What the credentials say of the twin goes before what the twin says.
func (p *Profile) Machine(c *Credentials, place string) error {
	if c.URL != "" && c.URL != p.URL {
		return fmt.Errorf("the credentials in %s are for %s, and not for %s", c.Source, c.URL, p.URL)
	}
	if c.TokenURL != "" {
		p.TokenURL = c.TokenURL
	}
	p.Credentials, p.ClientID, p.SignInURL, p.Redirects, p.Scopes = place, "", "", nil, strings.Fields(c.Scope)
	return p.check()
}
