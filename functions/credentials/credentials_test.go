package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

const (
	clientSecret = "the-clients-secret"
	apiKey       = "the-clients-key"
)

// account is Amazon Cognito, API Gateway and Secrets Manager with one client.
type account struct {
	secret, key string
	written     map[string]string // by ARN
	fails       string            // the action that fails
}

func newAccount() *account {
	return &account{secret: clientSecret, key: apiKey, written: map[string]string{}}
}

func (a *account) fail(action string) error {
	if a.fails == action {
		return errors.New("AccessDenied: " + action)
	}
	return nil
}

func (a *account) DescribeUserPoolClient(_ context.Context, in *cognitoidentityprovider.DescribeUserPoolClientInput, _ ...func(*cognitoidentityprovider.Options)) (*cognitoidentityprovider.DescribeUserPoolClientOutput, error) {
	if aws.ToString(in.UserPoolId) != "pool" || aws.ToString(in.ClientId) != "client" {
		return nil, errors.New("ResourceNotFoundException")
	}
	return &cognitoidentityprovider.DescribeUserPoolClientOutput{
		UserPoolClient: &types.UserPoolClientType{ClientSecret: aws.String(a.secret)},
	}, a.fail("DescribeUserPoolClient")
}

func (a *account) GetApiKey(_ context.Context, in *apigateway.GetApiKeyInput, _ ...func(*apigateway.Options)) (*apigateway.GetApiKeyOutput, error) {
	out := &apigateway.GetApiKeyOutput{}
	if aws.ToString(in.ApiKey) == "key" && aws.ToBool(in.IncludeValue) {
		out.Value = aws.String(a.key)
	}
	return out, a.fail("GetApiKey")
}

func (a *account) PutSecretValue(_ context.Context, in *secretsmanager.PutSecretValueInput, _ ...func(*secretsmanager.Options)) (*secretsmanager.PutSecretValueOutput, error) {
	if err := a.fail("PutSecretValue"); err != nil {
		return nil, err
	}
	a.written[aws.ToString(in.SecretId)] = aws.ToString(in.SecretString)
	return &secretsmanager.PutSecretValueOutput{}, nil
}

func request(kind cfn.RequestType, change func(*wiring.Credentials)) cfn.Event {
	p := wiring.Credentials{
		UserPool: "pool", Client: "client", Secret: "arn:secret", TokenURL: "https://users/oauth2/token",
		Scope: "twin/read", APIURL: "https://api/twin/v1",
	}
	if change != nil {
		change(&p)
	}
	return cfn.Event{RequestType: kind, PhysicalResourceID: "credentials/client", ResourceProperties: *p.Properties()}
}

// Ensure that the secret holds all that a client needs, whether keys are asked for or not, and that neither
// CloudFormation nor the log gets to see any of it.
func TestSecretIsWrittenAndNotShown(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewJSONHandler(&log, nil)))
	defer slog.SetDefault(before)
	for _, c := range []struct {
		kind cfn.RequestType
		key  string
		want value
	}{
		{cfn.RequestCreate, "", value{"client", clientSecret, "https://users/oauth2/token", "twin/read", "https://api/twin/v1", ""}},
		{cfn.RequestUpdate, "key", value{"client", clientSecret, "https://users/oauth2/token", "twin/read", "https://api/twin/v1", apiKey}},
	} {
		a := newAccount()
		f := &credentials{a, a, a}
		id, data, err := f.handle(t.Context(), request(c.kind, func(p *wiring.Credentials) { p.APIKey = c.key }))
		if err != nil || id != "credentials/client" || data != nil {
			t.Fatalf("%s: %s, %v, %v", c.kind, id, data, err)
		}
		var got value
		if err := json.Unmarshal([]byte(a.written["arn:secret"]), &got); err != nil || got != c.want {
			t.Errorf("%s: the secret is %s, %v", c.kind, a.written["arn:secret"], err)
		}
	}
	if log.Len() == 0 || strings.Contains(log.String(), clientSecret) || strings.Contains(log.String(), apiKey) {
		t.Errorf("the log is %s", &log)
	}
}

// Ensure that a deletion touches nothing, whatever it is given: the secret may be another client's by then.
func TestDeletion(t *testing.T) {
	a := newAccount()
	f := &credentials{a, a, a}
	id, _, err := f.handle(t.Context(), cfn.Event{RequestType: cfn.RequestDelete, PhysicalResourceID: "credentials/old"})
	if err != nil || id != "credentials/old" || len(a.written) > 0 {
		t.Errorf("%s, %v, %v", id, err, a.written)
	}
}

// Ensure that a deployment fails with the reason, and that no reason holds a secret.
func TestFaults(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*account, *wiring.Credentials)
		want   string
	}{
		{"no client", func(_ *account, p *wiring.Credentials) { p.Client = "other" }, "credentials: client other: reading the client: ResourceNotFound"},
		{"no right", func(a *account, _ *wiring.Credentials) { a.fails = "DescribeUserPoolClient" }, "AccessDenied: DescribeUserPoolClient"},
		{"no secret", func(a *account, _ *wiring.Credentials) { a.secret = "" }, "has no secret"},
		{"no right to the key", func(a *account, _ *wiring.Credentials) { a.fails = "GetApiKey" }, "reading the API key key: AccessDenied"},
		{"no key", func(a *account, _ *wiring.Credentials) { a.key = "" }, "the API key key has no value"},
		{"no right to write", func(a *account, _ *wiring.Credentials) { a.fails = "PutSecretValue" }, "writing the secret: AccessDenied"},
		{"no properties", func(_ *account, p *wiring.Credentials) { *p = wiring.Credentials{} }, "Secret is missing"},
	} {
		a := newAccount()
		f := &credentials{a, a, a}
		_, _, err := f.handle(t.Context(), request(cfn.RequestCreate, func(p *wiring.Credentials) {
			p.APIKey = "key"
			c.change(a, p)
		}))
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), clientSecret) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
		if len(a.written) > 0 {
			t.Errorf("%s: written %v", c.name, a.written)
		}
	}
}
