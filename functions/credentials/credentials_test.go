package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"github.com/railtwin/digitaltwin/functions/internal/clientsecret"
	"github.com/railtwin/digitaltwin/functions/internal/clientsecret/clientsecrettest"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

const (
	clientSecret = "the-clients-secret"
	apiKey       = "the-clients-key"
)

// account is Amazon Cognito, API Gateway and Secrets Manager with one client.
type account struct {
	*clientsecrettest.Manager
	secret, key string
	fails       string // the action that fails
}

func newAccount() *account {
	a := &account{Manager: clientsecrettest.New("arn:secret"), secret: clientSecret, key: apiKey}
	a.Before = a.fail
	return a
}

func (a *account) fail(action string) error {
	if a.fails == action {
		return errors.New("AccessDenied: " + action)
	}
	return nil
}

func (a *account) DescribeUserPoolClient(_ context.Context, in *cognitoidentityprovider.DescribeUserPoolClientInput,
	_ ...func(*cognitoidentityprovider.Options)) (*cognitoidentityprovider.DescribeUserPoolClientOutput, error) {
	if aws.ToString(in.UserPoolId) != "pool" || aws.ToString(in.ClientId) != "client" {
		return nil, errors.New("ResourceNotFoundException")
	}
	return &cognitoidentityprovider.DescribeUserPoolClientOutput{
		UserPoolClient: &types.UserPoolClientType{ClientSecret: aws.String(a.secret)},
	}, a.fail("DescribeUserPoolClient")
}

func (a *account) GetApiKey(_ context.Context, in *apigateway.GetApiKeyInput,
	_ ...func(*apigateway.Options)) (*apigateway.GetApiKeyOutput, error) {
	out := &apigateway.GetApiKeyOutput{}
	if aws.ToString(in.ApiKey) == "key" && aws.ToBool(in.IncludeValue) {
		out.Value = aws.String(a.key)
	}
	return out, a.fail("GetApiKey")
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
	want := clientsecret.Value{
		ClientID: "client", ClientSecret: clientSecret, TokenURL: "https://users/oauth2/token", Scope: "twin/read",
		APIURL: "https://api/twin/v1",
	}
	withKey := want
	withKey.APIKey = apiKey
	for _, c := range []struct {
		kind cfn.RequestType
		key  string
		want clientsecret.Value
	}{
		{cfn.RequestCreate, "", want},
		{cfn.RequestUpdate, "key", withKey},
	} {
		a := newAccount()
		f := &credentials{a, a, a}
		id, data, err := f.handle(t.Context(), request(c.kind, func(p *wiring.Credentials) { p.APIKey = c.key }))
		if err != nil || id != "credentials/client" || data != nil {
			t.Fatalf("%s: %s, %v, %v", c.kind, id, data, err)
		}
		if got := a.Current(); got != c.want {
			t.Errorf("%s: the secret is %+v", c.kind, got)
		}
	}
	if log.Len() == 0 || strings.Contains(log.String(), clientSecret) || strings.Contains(log.String(), apiKey) {
		t.Errorf("the log is %s", &log)
	}
}

// Ensure that a deployment never writes an old secret back: it keeps what a rotation put into place, also one that
// happens while it writes, changes what else is in the secret, and writes nothing where nothing has changed. Another
// client's secret it replaces.
func TestRotatedSecretStays(t *testing.T) {
	rotated := clientsecret.Value{ClientID: "client", ClientSecret: "rotated", SecretID: "2",
		TokenURL: "https://users/oauth2/token", Scope: "twin/read", APIURL: "https://old/v1"}
	a := newAccount()
	a.Put(rotated)
	f := &credentials{a, a, a}
	update := func() {
		t.Helper()
		if _, _, err := f.handle(t.Context(), request(cfn.RequestUpdate, nil)); err != nil {
			t.Fatal(err)
		}
	}
	update()
	want := rotated
	want.APIURL = "https://api/twin/v1"
	if got := a.Current(); got != want {
		t.Fatalf("after an update: %+v", got)
	}
	n := len(a.Versions)
	if update(); len(a.Versions) != n {
		t.Error("an update that changes nothing writes")
	}
	again := rotated
	again.ClientSecret, again.SecretID = "rotated again", "3"
	a.Before = func(action string) error {
		if action == "UpdateSecretVersionStage" && again.SecretID != "" {
			a.Put(again)
			again.SecretID = ""
		}
		return nil
	}
	a.Put(rotated)
	update()
	want.ClientSecret, want.SecretID = "rotated again", "3"
	if got := a.Current(); got != want {
		t.Errorf("after a rotation in between: %+v", got)
	}
	a.Before = nil
	other := rotated
	other.ClientID = "the client before"
	a.Put(other)
	update()
	if got := a.Current(); got.ClientID != "client" || got.ClientSecret != clientSecret || got.SecretID != "" {
		t.Errorf("the secret of a new client is %+v", got)
	}
}

// Ensure that a deletion touches nothing, whatever it is given: the secret may be another client's by then.
func TestDeletion(t *testing.T) {
	a := newAccount()
	f := &credentials{a, a, a}
	id, _, err := f.handle(t.Context(), cfn.Event{RequestType: cfn.RequestDelete, PhysicalResourceID: "credentials/old"})
	if err != nil || id != "credentials/old" || len(a.Versions) > 0 {
		t.Errorf("%s, %v, %v", id, err, a.Versions)
	}
}

// Ensure that a deployment fails with the reason, and that no reason holds a secret.
func TestFaults(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*account, *wiring.Credentials)
		want   string
	}{
		{"no client", func(_ *account, p *wiring.Credentials) { p.Client = "other" },
			"credentials: client other: reading the client: ResourceNotFound"},
		{"no right", func(a *account, _ *wiring.Credentials) { a.fails = "DescribeUserPoolClient" },
			"AccessDenied: DescribeUserPoolClient"},
		{"no secret", func(a *account, _ *wiring.Credentials) { a.secret = "" }, "has no secret"},
		{"no right to the key", func(a *account, _ *wiring.Credentials) { a.fails = "GetApiKey" },
			"reading the API key key: AccessDenied"},
		{"no key", func(a *account, _ *wiring.Credentials) { a.key = "" }, "the API key key has no value"},
		{"no right to write", func(a *account, _ *wiring.Credentials) { a.fails = "PutSecretValue" },
			"writing the secret: AccessDenied"},
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
		if len(a.Versions) > 0 {
			t.Errorf("%s: written %v", c.name, a.Versions)
		}
	}
}
