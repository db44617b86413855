package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
)

// logIn logs the first client in, whose secret the outputs name.
func (r *rehearsal) logIn(ctx context.Context) error {
	name, err := r.output("MachineCredentials")
	if err != nil {
		return err
	}
	r.consumer, err = r.newConsumer(ctx, "consumer", name)
	return err
}

// refusals asks without a token, with what is none, with one for something else, and for what there is not.
func (r *rehearsal) refusals(ctx context.Context) error {
	stranger, err := r.stranger(ctx)
	if err != nil {
		return err
	}
	anybody, forger, elsewhere, keyless := *r.consumer, *r.consumer, *r.consumer, *r.consumer
	anybody.token, anybody.key, keyless.key = "", "", ""
	forger.token = r.consumer.token[:len(r.consumer.token)-8] + "AAAAAAAA"
	elsewhere.base = strings.Replace(elsewhere.base, "/_user_request_", "x/_user_request_", 1)
	var errs []error
	for _, c := range []struct {
		who    *consumer
		name   string
		path   string
		status int
	}{
		{r.consumer, "the consumer", "/v1/datasets", http.StatusOK},
		{&anybody, "anybody", "/v1/health", http.StatusOK},
		{&anybody, "anybody", "/v1/datasets", http.StatusUnauthorized},
		{&forger, "a forger", "/v1/datasets", http.StatusUnauthorized},
		{stranger, "a client with another scope", "/v1/datasets", http.StatusUnauthorized},
		{&keyless, "a client without a key", "/v1/datasets", http.StatusForbidden},
		{&elsewhere, "the consumer", "/v1/datasets (of another stage)", http.StatusForbidden},
		{r.consumer, "the consumer", "/v1/nothing", http.StatusNotFound},
		{r.consumer, "the consumer", "/v1/components/wagon:0", http.StatusNotFound},
		{r.consumer, "the consumer", "/v1/readings?limit=x", http.StatusBadRequest},
	} {
		path, _, _ := strings.Cut(c.path, " ")
		a, err := c.who.get(ctx, path)
		if err != nil {
			return err
		}
		if a.status != c.status {
			errs = append(errs, fmt.Errorf("%s asks for %s: %s, want %d", c.name, c.path, a, c.status))
		}
		if kind := a.header.Get("Content-Type"); a.status >= 400 && c.who != &elsewhere &&
			kind != "application/problem+json" {
			errs = append(errs, fmt.Errorf("%s asks for %s: the error is %s", c.name, c.path, kind))
		}
	}
	return errors.Join(errs...)
}

// stranger is a client of the user pool that may do something else than read the twin.
func (r *rehearsal) stranger(ctx context.Context) (*consumer, error) {
	pool, err := r.output("UserPoolId")
	if err != nil {
		return nil, err
	}
	client := cognitoidentityprovider.NewFromConfig(r.config())
	if _, err := client.CreateResourceServer(ctx, &cognitoidentityprovider.CreateResourceServerInput{
		UserPoolId: &pool, Identifier: aws.String("other"), Name: aws.String("other"),
		Scopes: []types.ResourceServerScopeType{{ScopeName: aws.String("read"),
			ScopeDescription: aws.String("Something else")}},
	}); err != nil {
		return nil, err
	}
	made, err := client.CreateUserPoolClient(ctx, &cognitoidentityprovider.CreateUserPoolClientInput{
		UserPoolId: &pool, ClientName: aws.String("stranger"), GenerateSecret: true,
		AllowedOAuthFlows: []types.OAuthFlowType{types.OAuthFlowTypeClientCredentials}, AllowedOAuthFlowsUserPoolClient: true,
		AllowedOAuthScopes: []string{"other/read"},
	})
	if err != nil {
		return nil, err
	}
	address, err := r.output("ApiUrl")
	if err != nil {
		return nil, err
	}
	return r.login(ctx, secret{
		ClientID: aws.ToString(made.UserPoolClient.ClientId), ClientSecret: aws.ToString(made.UserPoolClient.ClientSecret),
		Scope: "other/read", APIURL: address, APIKey: r.consumer.key,
	})
}
