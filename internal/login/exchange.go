package login

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/railtwin/digitaltwin/internal/client"
	"github.com/railtwin/digitaltwin/internal/tabular"
)

// machineToken gets a token for a machine's id and secret.
func (p *Profile) machineToken(ctx context.Context, c *Credentials) (*oauth2.Token, error) {
	config := clientcredentials.Config{
		ClientID: c.ID, ClientSecret: c.Secret, TokenURL: p.TokenURL, Scopes: p.Scopes,
		AuthStyle: oauth2.AuthStyleInHeader,
	}
	t, err := config.Token(context.WithValue(ctx, oauth2.HTTPClient, plain))
	if err != nil {
		return nil, p.refused(err, "check the client ID and the secret in "+c.Source+"; was the secret rotated?")
	}
	return t, nil
}

// config is the OAuth 2.0 client by which people sign in.
func (p *Profile) config(redirect string) *oauth2.Config {
	return &oauth2.Config{
		ClientID: p.ClientID, Scopes: p.Scopes, RedirectURL: redirect,
		Endpoint: oauth2.Endpoint{AuthURL: p.SignInURL, TokenURL: p.TokenURL, AuthStyle: oauth2.AuthStyleInParams},
	}
}

// renewed gets a new token for a refresh token.
func (p *Profile) renewed(ctx context.Context, refresh, again string) (*oauth2.Token, error) {
	ctx = context.WithValue(ctx, oauth2.HTTPClient, plain)
	t, err := p.config("").TokenSource(ctx, &oauth2.Token{RefreshToken: refresh}).Token()
	if err != nil {
		return nil, p.refused(err, "sign in again: "+again)
	}
	return t, nil
}

// refused words an error of the token endpoint. What the endpoint answered beside its code and description is left out:
// it may hold what was sent.
func (p *Profile) refused(err error, cure string) error {
	var answer *oauth2.RetrieveError
	var sent *url.Error
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &answer) && answer.ErrorCode != "":
		why := tabular.Printable(answer.ErrorCode)
		if answer.ErrorDescription != "" {
			why += " (" + tabular.Printable(answer.ErrorDescription) + ")"
		}
		return &refusal{fmt.Sprintf("%s gives no token: %s; %s", p.TokenURL, why, cure), answer.ErrorCode}
	case errors.As(err, &answer) && answer.Response != nil && answer.Response.StatusCode/100 == 3:
		return fmt.Errorf("%s redirects to %q, which is not followed, so that no secret goes there; "+
			"log in again with the right URL", p.TokenURL, answer.Response.Header.Get("Location"))
	case errors.As(err, &answer) && answer.Response != nil:
		return fmt.Errorf("%s gives no token: it answers %s; %s", p.TokenURL, tabular.Printable(answer.Response.Status), cure)
	case errors.As(err, &sent):
		return client.Unreachable("token endpoint", p.TokenURL, err)
	}
	return fmt.Errorf("%s gives no token: its answer is not that of a token endpoint; %s", p.TokenURL, cure)
}

// refusal is an answer of the token endpoint with a code of RFC 6749, 5.2.
type refusal struct{ text, code string }

func (r *refusal) Error() string { return r.text }

// Revoke ends a refresh token at the issuer, and with it the access tokens of the same sign-in (RFC 7009).
func (p *Profile) Revoke(ctx context.Context, t *Token) error {
	if t == nil || t.Refresh == "" || p.RevocationURL == "" {
		return nil
	}
	form := url.Values{"token": {t.Refresh}, "token_type_hint": {"refresh_token"}, "client_id": {p.ClientID}}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.RevocationURL, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := plain.Do(request)
	if err != nil {
		return client.Unreachable("issuer", p.RevocationURL, err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", p.RevocationURL, tabular.Printable(response.Status))
	}
	return nil
}
