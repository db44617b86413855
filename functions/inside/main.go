// Command inside is the Lambda function behind the calls of the API that tell of the twin itself: what came in lately,
// which it asks Amazon CloudWatch, and the SQL of a dataset, which the deployment has put beside the catalogue. It
// reads no readings. It is a function of its own because it alone asks Amazon CloudWatch, and so that what answers
// reads starts without a client for that and without the SQL engine.
package main

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/railtwin/digitaltwin/functions/internal/awsconfig"
	"github.com/railtwin/digitaltwin/functions/internal/gateway"
	"github.com/railtwin/digitaltwin/functions/internal/start"
	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/api"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

func main() { start.Function(open) }

func open() (*gateway.Handler, error) {
	settings, err := wiring.FromEnv[wiring.Inside]()
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
	table := dynamo.New(dynamodb.NewFromConfig(config), settings.Table, nil)
	return newHandler(table, cloudwatch.NewFromConfig(config), rules, settings, time.Now), nil
}

// newHandler returns the function's handler over a table and Amazon CloudWatch.
func newHandler(table *dynamo.Store, metrics metricData, rules *access.Rules, settings wiring.Inside,
	now func() time.Time) *gateway.Handler {
	told := &inside{pipelines: table.Pipelines(), activity: activity{
		datasets: table.Datasets, pipelines: table.Pipelines(), metrics: metrics, environment: settings.Environment, now: now,
	}}
	return &gateway.Handler{
		HTTP: api.CompressBehind(api.New(api.Config{
			Reader: table, CatalogueAge: wiring.CatalogueAge, Base: gateway.Base, Authenticated: true, Rules: rules,
			Inside: told,
		})),
		Origins: gateway.NewOrigins(settings.Origins), TooLarge: api.TooLarge,
	}
}
