package token

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/loopback"
)

// Settings are an issuer and what is asked of its tokens: the setting "auth" of an environment.
type Settings struct {
	// Issuer is the URL that stands in the claim iss, letter by letter. Below it is /.well-known/openid-configuration.
	Issuer string `json:"issuer"`
	// Audience has what the claim aud may name: at least one of these must be in it. A token without aud, as Amazon
	// Cognito issues them, must say token_use=access and be of a client of this list.
	Audience Words `json:"audience"`
	// Claims say where the issuer puts what the twin needs. Default: see [Claims].
	Claims Claims `json:"claims"`
}

// Claims are the names of claims. Of a subject and a client the first that a token has counts, of groups and scopes all
// do together. Each is a string; groups and scopes may also be an array of them.
type Claims struct {
	Subject Words `json:"subject"` // default: sub
	Client  Words `json:"client"`  // default: client_id, azp
	Groups  Words `json:"groups"`  // default: cognito:groups, groups
	Scope   Words `json:"scope"`   // default: scope, scp
}

// Words are a list of words; in JSON one of them may stand alone.
type Words []string

// UnmarshalJSON reads a string or an array of strings.
func (w *Words) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		return nil
	}
	var word string
	if json.Unmarshal(b, &word) == nil {
		*w = Words{word}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(w))
}

// Check finds what is wrong with the settings.
func (s *Settings) Check() []error {
	var errs []error
	if err := checkURL(s.Issuer); err != nil {
		errs = append(errs, fmt.Errorf("issuer is %q: %w", s.Issuer, err))
	}
	if len(s.Audience) == 0 {
		errs = append(errs, errors.New("audience is empty: want what the tokens of the API have in their claim aud, such "+
			"as https://twin.example.com"))
	}
	for _, l := range []struct {
		name  string
		words Words
	}{
		{"audience", s.Audience}, {"claims.subject", s.Claims.Subject}, {"claims.client", s.Claims.Client},
		{"claims.groups", s.Claims.Groups}, {"claims.scope", s.Claims.Scope},
	} {
		for _, word := range l.words {
			if !isWord(word) {
				errs = append(errs, fmt.Errorf("%s has %q: want a text without white space", l.name, word))
			}
		}
	}
	return errs
}

func (s Settings) withDefaults() Settings {
	for _, d := range []struct {
		words    *Words
		defaults Words
	}{
		{&s.Claims.Subject, Words{"sub"}},
		{&s.Claims.Client, Words{"client_id", "azp"}},
		{&s.Claims.Groups, Words{"cognito:groups", "groups"}},
		{&s.Claims.Scope, Words{"scope", "scp"}},
	} {
		if len(*d.words) == 0 {
			*d.words = d.defaults
		}
	}
	s.Audience = slices.Clone(s.Audience)
	return s
}

// checkURL checks an address of an issuer: TLS, or this machine.
func checkURL(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Opaque != "" || u.User != nil:
		return errors.New("want a URL such as https://login.example.com/realms/fleet")
	case u.Scheme != "https" && (u.Scheme != "http" || !loopback.Host(u.Hostname())):
		return errors.New("want a URL with https")
	case u.RawQuery != "" || u.Fragment != "" || strings.ContainsAny(text, "?#"):
		return errors.New("want a URL without ? and #")
	}
	return nil
}
