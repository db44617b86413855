package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/railtwin/digitaltwin/functions/internal/clientsecret"
)

// trial asks for a token with a secret. Amazon Cognito takes the fee of one token for it.
type trial struct {
	client   aws.HTTPClient
	pause    time.Duration // between two attempts
	emulator string        // answers for every address of AWS; empty on AWS
}

// attempts is how often a secret is tried: Amazon Cognito may need some seconds until it knows a new one everywhere.
const attempts = 10

// try reports whether a token is given for a secret. No error holds a part of the secret or of an answer.
func (t *trial) try(ctx context.Context, v clientsecret.Value) error {
	var err error
	for i := range attempts {
		if i > 0 {
			select {
			case <-ctx.Done():
				return err
			case <-time.After(t.pause):
			}
		}
		if err = t.ask(ctx, v); err == nil {
			return nil
		}
	}
	return err
}

func (t *trial) ask(ctx context.Context, v clientsecret.Value) error {
	address, err := url.Parse(v.TokenURL)
	if err != nil {
		return fmt.Errorf("the token URL: %w", err)
	}
	if t.emulator != "" {
		base, err := url.Parse(t.emulator)
		if err != nil {
			return err
		}
		address.Scheme, address.Host = base.Scheme, base.Host
	}
	form := url.Values{"grant_type": {"client_credentials"}, "scope": {v.Scope}}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address.String(), strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	request.SetBasicAuth(url.QueryEscape(v.ClientID), url.QueryEscape(v.ClientSecret)) // RFC 6749, 2.3.1
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := t.client.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 1<<20))
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %s", address, response.Status)
	}
	return nil
}
