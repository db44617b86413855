// Command changes is the Lambda function that tells followers what writes to the table have changed. The stream of the
// table hands it the items as they were before; it compares what readers are served now, and puts the difference into
// the log of the change feed. So a change is told whoever wrote it, and also when the writer crashed right after.
package main

import (
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/railtwin/digitaltwin/functions/internal/awsconfig"
	"github.com/railtwin/digitaltwin/functions/internal/start"
	"github.com/railtwin/digitaltwin/internal/feed/dynamolog"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

func main() { start.Function(open) }

func open() (*teller, error) {
	settings, err := wiring.FromEnv[wiring.Changes]()
	if err != nil {
		return nil, err
	}
	config, err := awsconfig.FromEnv()
	if err != nil {
		return nil, err
	}
	client := dynamodb.NewFromConfig(config)
	return &teller{
		store: dynamo.New(client, settings.Table, nil), log: &dynamolog.Writer{Client: client, Table: settings.Log},
		environment: settings.Environment, metrics: os.Stdout, now: time.Now,
	}, nil
}
