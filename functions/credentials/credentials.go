package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"

	"github.com/railtwin/digitaltwin/functions/internal/clientsecret"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// The parts of the AWS clients that are used.
type (
	clientReader interface {
		DescribeUserPoolClient(context.Context, *cognitoidentityprovider.DescribeUserPoolClientInput,
			...func(*cognitoidentityprovider.Options)) (*cognitoidentityprovider.DescribeUserPoolClientOutput, error)
	}
	keyReader interface {
		GetApiKey(context.Context, *apigateway.GetApiKeyInput, ...func(*apigateway.Options)) (*apigateway.GetApiKeyOutput,
			error)
	}
)

type credentials struct {
	clients clientReader
	keys    keyReader
	secrets clientsecret.Store
}

// handle does what CloudFormation asks for. The resource is identified by the client: when that is made again,
// CloudFormation deletes the old one once the new one is there. A deletion has nothing to do: the secret goes by
// itself, and by then may be another client's.
func (c *credentials) handle(ctx context.Context, e cfn.Event) (id string, data map[string]interface{}, err error) {
	if e.RequestType == cfn.RequestDelete {
		return e.PhysicalResourceID, nil, nil
	}
	p, err := wiring.FromProperties[wiring.Credentials](e.ResourceProperties)
	if err != nil {
		return e.PhysicalResourceID, nil, fmt.Errorf("credentials: %w", err)
	}
	id = "credentials/" + p.Client
	if err := c.write(ctx, p); err != nil {
		return id, nil, fmt.Errorf("credentials: client %s: %w", p.Client, err)
	}
	slog.Info("the secret is up to date", "request", e.RequestType, "client", p.Client, "secret", p.Secret)
	return id, nil, nil
}

// attempts is how often a secret is written that somebody else writes too.
const attempts = 3

// write brings the secret of a client up to date. While it is at it, a rotation may put another version into place:
// then it begins anew with that.
func (c *credentials) write(ctx context.Context, p wiring.Credentials) error {
	for attempt := 1; ; attempt++ {
		now, version, err := clientsecret.Read(ctx, c.secrets, p.Secret)
		if err != nil {
			return err
		}
		v, err := c.value(ctx, p, now)
		if err != nil || v == now {
			return err
		}
		if err = clientsecret.Replace(ctx, c.secrets, p.Secret, version, v); err == nil || attempt == attempts {
			return err
		}
	}
}

// value is what a client needs. The client's secret itself is taken from Amazon Cognito only where what is there holds
// none of this client yet: later ones come by rotation, and Amazon Cognito does not say which of two it would give.
func (c *credentials) value(ctx context.Context, p wiring.Credentials, now clientsecret.Value) (v clientsecret.Value,
	err error) {
	v = clientsecret.Value{ClientID: p.Client, TokenURL: p.TokenURL, Scope: p.Scope, APIURL: p.APIURL}
	if now.ClientID == p.Client {
		v.ClientSecret, v.SecretID = now.ClientSecret, now.SecretID
	} else if v.ClientSecret, err = c.clientSecret(ctx, p); err != nil {
		return v, err
	}
	if p.APIKey == "" {
		return v, nil
	}
	key, err := c.keys.GetApiKey(ctx, &apigateway.GetApiKeyInput{ApiKey: aws.String(p.APIKey),
		IncludeValue: aws.Bool(true)})
	if err != nil {
		return v, fmt.Errorf("reading the API key %s: %w", p.APIKey, err)
	}
	if v.APIKey = aws.ToString(key.Value); v.APIKey == "" {
		return v, fmt.Errorf("the API key %s has no value", p.APIKey)
	}
	return v, nil
}

// clientSecret is the secret that a client was made with.
func (c *credentials) clientSecret(ctx context.Context, p wiring.Credentials) (string, error) {
	client, err := c.clients.DescribeUserPoolClient(ctx, &cognitoidentityprovider.DescribeUserPoolClientInput{
		UserPoolId: aws.String(p.UserPool), ClientId: aws.String(p.Client),
	})
	if err != nil {
		return "", fmt.Errorf("reading the client: %w", err)
	}
	if client.UserPoolClient == nil || aws.ToString(client.UserPoolClient.ClientSecret) == "" {
		return "", errors.New("the client has no secret; it must be made with one")
	}
	return *client.UserPoolClient.ClientSecret, nil
}
