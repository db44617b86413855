// Command apply is the Lambda function that brings the changes of the twin stream into the table, where the
// newest reading of every component.metric stays, and keeps the changes that it must refuse in a bucket.
package main

import (
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/railtwin/digitaltwin/functions/internal/awsconfig"
	"github.com/railtwin/digitaltwin/functions/internal/batch"
	"github.com/railtwin/digitaltwin/functions/internal/bucket"
	"github.com/railtwin/digitaltwin/functions/internal/start"
	"github.com/railtwin/digitaltwin/internal/rejects"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

func main() { start.Function(open) }

func open() (*applier, error) {
	settings, err := wiring.FromEnv[wiring.Apply]()
	if err != nil {
		return nil, err
	}
	config, err := awsconfig.FromEnv()
	if err != nil {
		return nil, err
	}
	a := &applier{
		Config: batch.Config{
			Environment: settings.Environment, Metrics: os.Stdout, Now: time.Now,
			Rejects: &bucket.Bucket{Client: bucket.NewClient(config), Name: settings.Rejects, Prefix: rejects.ApplyFolder},
		},
		decode: stream.Decode,
	}
	a.applyTo(store.NewApplier(dynamo.New(dynamodb.NewFromConfig(config), settings.Table, nil), nil))
	return a, nil
}
