// Command query is the Lambda function behind the REST API: it makes an HTTP request of what API Gateway
// hands over, and lets internal/api answer it from the table.
package main

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/railtwin/digitaltwin/functions/internal/awsconfig"
	"github.com/railtwin/digitaltwin/functions/internal/gateway"
	"github.com/railtwin/digitaltwin/functions/internal/start"
	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/api"
	"github.com/railtwin/digitaltwin/internal/feed"
	"github.com/railtwin/digitaltwin/internal/feed/dynamolog"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

func main() { start.Function(open) }

func open() (*gateway.Handler, error) {
	settings, err := wiring.FromEnv[wiring.Query]()
	if err != nil {
		return nil, err
	}
	config, err := awsconfig.FromEnv()
	if err != nil {
		return nil, err
	}
	rules, err := gateway.Rules(settings.Clients, settings.Reserved)
	if err != nil {
		return nil, err
	}
	client := dynamodb.NewFromConfig(config)
	var log feed.Log
	if settings.Changes != "" {
		log = dynamolog.New(client, settings.Changes, dynamolog.Options{})
	}
	return newHandler(dynamo.New(client, settings.Table, nil), log, rules, settings), nil
}

// newHandler returns the function's handler over a store, and the log of its changes, nil without one. The change feed
// itself is served by functions/follow; what is here finds what has changed since a time.
func newHandler(reader api.Reader, log feed.Log, rules *access.Rules, settings wiring.Query) *gateway.Handler {
	return &gateway.Handler{
		HTTP: api.CompressBehind(api.New(api.Config{
			Reader: reader, CatalogueAge: wiring.CatalogueAge, Base: gateway.Base, Authenticated: true, Rules: rules,
			OAuth: oauth(settings), Operations: true, Changes: api.Changes{Log: log}, InsideElsewhere: settings.Inside != "",
		})),
		Origins: gateway.NewOrigins(settings.Origins), TooLarge: api.TooLarge,
	}
}

// oauth is how a caller gets a token.
func oauth(settings wiring.Query) *api.OAuth {
	o := &api.OAuth{Issuer: settings.Issuer, TokenURL: settings.TokenURL, Scope: settings.Scope}
	if settings.SignInClient != "" {
		o.SignIn = &api.SignIn{
			URL: settings.SignInURL, ClientID: settings.SignInClient, Scopes: strings.Fields(settings.SignInScopes),
			Redirects: strings.Fields(settings.Redirects),
		}
	}
	return o
}
