// Command apply is the Lambda function that brings the changes of the twin stream into the table, where the
// newest reading of every component.metric stays, and keeps the changes that it must refuse in a bucket.
package main

import (
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/railtwin/digitaltwin/functions/internal/awsconfig"
	"github.com/railtwin/digitaltwin/functions/internal/bucket"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

func main() {
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stderr, nil)))
	a, err := start()
	if err != nil {
		slog.Error("the function cannot start", "error", err)
		os.Exit(1)
	}
	lambda.Start(a)
}

func start() (*applier, error) {
	settings, err := wiring.FromEnv[wiring.Apply]()
	if err != nil {
		return nil, err
	}
	aws, err := wiring.FromEnv[wiring.AWS]()
	if err != nil {
		return nil, err
	}
	config := awsconfig.New(aws)
	return &applier{
		environment: settings.Environment,
		store:       store.NewApplier(dynamo.New(dynamodb.NewFromConfig(config), settings.Table, nil), nil),
		rejects: &bucket.Bucket{
			Client: s3.NewFromConfig(config, func(o *s3.Options) { o.UsePathStyle = aws.EndpointURL != "" }),
			Name:   settings.Rejects, Prefix: "rejects/apply",
		},
		metrics: os.Stdout, now: time.Now,
	}, nil
}
