package token

import (
	"math"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/railtwin/digitaltwin/internal/access"
)

// claims are those of a token whose signature fits.
type claims map[string]any

// judge returns who calls, if the claims are those of an access token for us that is valid now.
func (v *Verifier) judge(c claims) (access.Caller, error) {
	if c["iss"] != v.settings.Issuer {
		return access.Caller{}, refused("it is of another issuer (iss)")
	}
	if use, set := c["token_use"]; set && use != "access" {
		return access.Caller{}, refused("it is not an access token (token_use)")
	}
	names := v.settings.Claims
	caller := access.Caller{
		Subject: c.first(names.Subject), Client: c.first(names.Client),
		Groups: c.all(names.Groups, isName), Scopes: c.all(names.Scope, isWord),
	}
	if err := v.checkAudience(c, caller.Client); err != nil {
		return access.Caller{}, err
	}
	if err := c.checkTimes(v.now()); err != nil {
		return access.Caller{}, err
	}
	caller.Expires = c.expires()
	if caller.Subject == "" {
		return access.Caller{}, refused("it does not say whom it is for (%s)", strings.Join(names.Subject, ", "))
	}
	return caller, nil
}

// checkAudience checks that the token is for us. Issuers of tokens without aud bind them to the client.
func (v *Verifier) checkAudience(c claims, client string) error {
	var audience []string
	switch aud := c["aud"].(type) {
	case nil:
		if c["token_use"] != "access" {
			return refused("it does not say for whom it is (aud)")
		}
		audience = []string{client}
	case string:
		audience = []string{aud}
	case []any:
		audience = texts(aud)
	}
	if !slices.ContainsFunc(audience, func(a string) bool { return slices.Contains(v.settings.Audience, a) }) {
		return refused("it is for another audience (aud, or client_id without one)")
	}
	return nil
}

// checkTimes checks exp, which a token must have, nbf and iat.
func (c claims) checkTimes(now time.Time) error {
	seconds := float64(now.UnixMilli()) / 1000
	skew := Skew.Seconds()
	exp, ok := c["exp"].(float64)
	if !ok {
		return refused("it does not say when it expires (exp)")
	}
	if !(exp > seconds-skew) {
		return ErrExpired
	}
	for _, name := range []string{"nbf", "iat"} {
		v, set := c[name]
		from, ok := v.(float64)
		if set && (!ok || math.IsNaN(from) || from > seconds+skew) {
			return refused("it is not valid yet (%s)", name)
		}
	}
	return nil
}

// expires returns when a token expires whose times were checked.
func (c claims) expires() time.Time {
	exp, _ := c["exp"].(float64)
	return time.UnixMilli(int64(min(exp, 1<<40)) * 1000).UTC()
}

// first returns the first claim of these names that the token has, empty if that is no text for people to read.
func (c claims) first(names []string) string {
	for _, name := range names {
		if v, set := c[name]; set {
			text, _ := v.(string)
			if strings.ContainsFunc(text, unicode.IsControl) {
				return ""
			}
			return text
		}
	}
	return ""
}

// all returns what the claims of these names hold, in order and each once. A string holds words with spaces between, in
// an array each string is one. What is not one of them is left out.
func (c claims) all(names []string, is func(string) bool) []string {
	var words []string
	for _, name := range names {
		switch v := c[name].(type) {
		case string:
			words = append(words, strings.Split(v, " ")...)
		case []any:
			words = append(words, texts(v)...)
		}
	}
	words = slices.DeleteFunc(words, func(w string) bool { return !is(w) })
	slices.Sort(words)
	return slices.Compact(words)
}

func texts(list []any) []string {
	var all []string
	for _, v := range list {
		if text, ok := v.(string); ok {
			all = append(all, text)
		}
	}
	return all
}

// isName reports whether a text can be the name of a group, which may have spaces in it.
func isName(text string) bool {
	return text != "" && utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}

// isWord reports whether a text can stand in a list of words with spaces between.
func isWord(text string) bool {
	return isName(text) && !strings.ContainsFunc(text, unicode.IsSpace)
}
