// Command follow is the Lambda function behind GET /v1/changes: it streams to its caller what changes, out of the log
// of the change feed, or answers his long poll. An invocation serves one follower, for as long as a function may run.
package main

import (
	"context"
	"encoding/json"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/railtwin/digitaltwin/functions/internal/awsconfig"
	"github.com/railtwin/digitaltwin/functions/internal/gateway"
	"github.com/railtwin/digitaltwin/functions/internal/start"
	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/api"
	"github.com/railtwin/digitaltwin/internal/feed/dynamolog"
	"github.com/railtwin/digitaltwin/internal/feed/seats"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

func main() { start.Function(open) }

// handler is what AWS Lambda calls.
type handler func(context.Context, json.RawMessage) (*events.APIGatewayProxyStreamingResponse, error)

func open() (handler, error) {
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
	bounds, err := wiring.FromEnv[wiring.Follow]()
	if err != nil {
		return nil, err
	}
	usual, clients, err := bounds.Followers.Numbers()
	if err != nil {
		return nil, err
	}
	client := dynamodb.NewFromConfig(config)
	changes := api.Changes{
		Log:   dynamolog.New(client, settings.Changes, dynamolog.Options{}),
		Seats: &seats.Seats{Book: dynamolog.NewSeats(client, settings.Changes), Usual: usual, Clients: clients},
	}
	return newHandler(dynamo.New(client, settings.Table, nil), changes, rules, settings), nil
}

// newHandler returns the function's handler over a store and its changes.
func newHandler(reader api.Reader, changes api.Changes, rules *access.Rules, settings wiring.Query) handler {
	s := &gateway.Streamer{
		HTTP: api.Compress(api.New(api.Config{ // API Gateway does not compress what it streams
			Reader: reader, CatalogueAge: wiring.CatalogueAge, Base: gateway.Base, Authenticated: true, Rules: rules,
			Changes: changes,
		})),
		Origins: gateway.NewOrigins(settings.Origins),
	}
	return s.Handle
}
