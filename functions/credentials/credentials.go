package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// The parts of the AWS clients that are used.
type (
	clientReader interface {
		DescribeUserPoolClient(context.Context, *cognitoidentityprovider.DescribeUserPoolClientInput, ...func(*cognitoidentityprovider.Options)) (*cognitoidentityprovider.DescribeUserPoolClientOutput, error)
	}
	keyReader interface {
		GetApiKey(context.Context, *apigateway.GetApiKeyInput, ...func(*apigateway.Options)) (*apigateway.GetApiKeyOutput, error)
	}
	secretWriter interface {
		PutSecretValue(context.Context, *secretsmanager.PutSecretValueInput, ...func(*secretsmanager.Options)) (*secretsmanager.PutSecretValueOutput, error)
	}
)

type credentials struct {
	clients clientReader
	keys    keyReader
	secrets secretWriter
}

// value is what stands in the secret.
type value struct {
	ClientID     string `json:"clientId"`
	ClientSecret string `json:"clientSecret"`
	TokenURL     string `json:"tokenUrl"`
	Scope        string `json:"scope"`
	APIURL       string `json:"apiUrl"`
	APIKey       string `json:"apiKey,omitempty"`
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
	slog.Info("a secret was written", "request", e.RequestType, "client", p.Client, "secret", p.Secret)
	return id, nil, nil
}

func (c *credentials) write(ctx context.Context, p wiring.Credentials) error {
	v := value{ClientID: p.Client, TokenURL: p.TokenURL, Scope: p.Scope, APIURL: p.APIURL}
	client, err := c.clients.DescribeUserPoolClient(ctx, &cognitoidentityprovider.DescribeUserPoolClientInput{
		UserPoolId: aws.String(p.UserPool), ClientId: aws.String(p.Client),
	})
	if err != nil {
		return fmt.Errorf("reading the client: %w", err)
	}
	if client.UserPoolClient == nil || aws.ToString(client.UserPoolClient.ClientSecret) == "" {
		return errors.New("the client has no secret; it must be made with one")
	}
	v.ClientSecret = *client.UserPoolClient.ClientSecret
	if p.APIKey != "" {
		key, err := c.keys.GetApiKey(ctx, &apigateway.GetApiKeyInput{ApiKey: aws.String(p.APIKey), IncludeValue: aws.Bool(true)})
		if err != nil {
			return fmt.Errorf("reading the API key %s: %w", p.APIKey, err)
		}
		if v.APIKey = aws.ToString(key.Value); v.APIKey == "" {
			return fmt.Errorf("the API key %s has no value", p.APIKey)
		}
	}
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = c.secrets.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{
		SecretId: aws.String(p.Secret), SecretString: aws.String(string(text)),
	})
	if err != nil {
		return fmt.Errorf("writing the secret: %w", err)
	}
	return nil
}
