package smoke

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/railtwin/digitaltwin/extractors/canary"
	"github.com/railtwin/digitaltwin/internal/client"
)

// httpClient follows no redirect: what is checked is the twin itself.
var httpClient = &http.Client{
	Timeout:       15 * time.Second,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

const maxAnswer = 16 << 20

// get makes one call with a token, or without one.
func (r *run) get(ctx context.Context, path, token string) (status int, body []byte, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.URL+path, nil)
	if err != nil {
		return 0, nil, err
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	if r.Credentials != nil && r.Credentials.APIKey != "" {
		request.Header.Set("X-Api-Key", r.Credentials.APIKey)
	}
	response, err := httpClient.Do(request)
	if err != nil {
		return 0, nil, client.Unreachable("twin", r.URL, err)
	}
	defer response.Body.Close()
	body, err = io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	return response.StatusCode, body, err
}

// read is get with the token of the run, for an answer of 200 that is read as JSON into out.
func (r *run) read(ctx context.Context, path string, out any) error {
	if r.Credentials != nil && r.token == "" {
		return errSkipped
	}
	status, body, err := r.get(ctx, path, r.token)
	switch {
	case err != nil:
		return err
	case status != http.StatusOK:
		return fmt.Errorf("GET %s answers %d, want 200: %s", path, status, short(body))
	}
	if err := json.Unmarshal(body, out); err != nil {
		return fmt.Errorf("GET %s answers no JSON: %w: %s", path, err, short(body))
	}
	return nil
}

func short(body []byte) string { return string(bytes.ToValidUTF8(body[:min(len(body), 200)], nil)) }

func (r *run) health(ctx context.Context) error {
	status, body, err := r.get(ctx, "/v1/health", "")
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("GET /v1/health answers %d, want 200: %s", status, short(body))
	}
	return err
}

// tokenFor asks the issuer for a token with scopes.
func (r *run) tokenFor(ctx context.Context, scopes ...string) (string, error) {
	c := clientcredentials.Config{
		ClientID: r.Credentials.ID, ClientSecret: r.Credentials.Secret, TokenURL: r.Credentials.TokenURL, Scopes: scopes,
		AuthStyle: oauth2.AuthStyleInHeader,
	}
	t, err := c.Token(context.WithValue(ctx, oauth2.HTTPClient, httpClient))
	if err != nil {
		return "", err
	}
	return t.AccessToken, nil
}

func (r *run) getToken(ctx context.Context) (err error) {
	r.token, err = r.tokenFor(ctx, strings.Fields(r.Credentials.Scope)...)
	var answer *oauth2.RetrieveError
	if errors.As(err, &answer) { // its body may hold what was sent
		return fmt.Errorf("%s gives no token: %s %s", r.Credentials.TokenURL, answer.Response.Status, answer.ErrorCode)
	}
	return err
}

// protected is a path that needs a token.
const protected = "/v1/datasets"

func (r *run) withoutToken(ctx context.Context) error {
	for _, token := range []string{"", "no-token"} {
		status, _, err := r.get(ctx, protected, token)
		if err != nil {
			return err
		}
		if status != http.StatusUnauthorized {
			return fmt.Errorf("GET %s with the token %q answers %d, want 401", protected, token, status)
		}
	}
	return nil
}

// wrongScope sees that a scope that the client may not have is refused: by the issuer, or by the twin.
func (r *run) wrongScope(ctx context.Context) error {
	if r.token == "" {
		return errSkipped
	}
	token, err := r.tokenFor(ctx, r.WrongScope)
	var answer *oauth2.RetrieveError
	if errors.As(err, &answer) && answer.Response.StatusCode < 500 {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s answers nothing to the scope %s: %w", r.Credentials.TokenURL, r.WrongScope, err)
	}
	status, _, err := r.get(ctx, protected, token)
	if err == nil && status != http.StatusUnauthorized && status != http.StatusForbidden {
		err = fmt.Errorf("GET %s with a token for %s answers %d, want 401 or 403", protected, r.WrongScope, status)
	}
	return err
}

func (r *run) openAPI(ctx context.Context) error {
	var document struct {
		OpenAPI string         `json:"openapi"`
		Paths   map[string]any `json:"paths"`
	}
	if err := r.read(ctx, "/v1/openapi.json", &document); err != nil {
		return err
	}
	if !strings.HasPrefix(document.OpenAPI, "3.") || document.Paths["/v1/readings"] == nil {
		return fmt.Errorf("GET /v1/openapi.json is no description of a twin: OpenAPI %q with %d "+
			"paths", document.OpenAPI, len(document.Paths))
	}
	return nil
}

// canary puts a record and waits until its reading is served.
func (r *run) canary(ctx context.Context) error {
	nonce, sent := rand.Text(), r.Now().Truncate(time.Millisecond)
	if err := r.Put(ctx, canary.Record(r.Probe, nonce, sent)); err != nil {
		return fmt.Errorf("the record cannot be put: %w", err)
	}
	path := client.TwinPath(canary.Component(r.Probe), canary.Metric)
	deadline := time.Now().Add(r.Wait)
	for {
		var got client.Reading
		err := r.read(ctx, path, &got)
		var value string
		if err == nil {
			err = json.Unmarshal(got.Value, &value)
		}
		switch {
		case err == nil && value == nonce && got.EventTime.Equal(sent) && got.Dataset == canary.Dataset:
			return nil
		case err == nil && value == nonce:
			return fmt.Errorf("GET %s has the event time %s and the dataset %s, want %s and %s", path,
				got.EventTime.Format(time.RFC3339Nano), got.Dataset, sent.Format(time.RFC3339Nano), canary.Dataset)
		case time.Now().After(deadline) && err == nil:
			return fmt.Errorf("after %s GET %s still has an older reading, of "+
				"%s", r.Wait, path, got.EventTime.Format(time.RFC3339))
		case time.Now().After(deadline):
			return fmt.Errorf("after %s there is no reading: %w", r.Wait, err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(min(500*time.Millisecond, r.Wait/4)):
		}
	}
}

// datasets reads the newest event time of each dataset.
func (r *run) datasets(ctx context.Context) error {
	var catalogue struct {
		Datasets []struct {
			Dataset         string  `json:"dataset"`
			NewestEventTime *string `json:"newestEventTime"`
		} `json:"datasets"`
	}
	if err := r.read(ctx, protected, &catalogue); err != nil {
		return err
	}
	for _, d := range catalogue.Datasets {
		r.result.Datasets[d.Dataset] = ""
		if d.NewestEventTime != nil {
			r.result.Datasets[d.Dataset] = *d.NewestEventTime
		}
	}
	if len(r.result.Datasets) == 0 {
		return errors.New("the twin has no datasets")
	}
	return nil
}
