// Command flinkstart is the Lambda function behind the custom resource of an extractor on Apache Flink:
// CloudFormation makes an application that does not run, so it calls this function to start it once it is
// there, and to stop it before it goes.
package main

import (
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/kinesisanalyticsv2"

	"github.com/railtwin/digitaltwin/functions/internal/awsconfig"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

func main() {
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stderr, nil)))
	s, err := start()
	if err != nil {
		slog.Error("the function cannot start", "error", err)
		os.Exit(1)
	}
	lambda.Start(cfn.LambdaWrap(s.handle))
}

func start() (*starter, error) {
	settings, err := wiring.FromEnv[wiring.FlinkStart]()
	if err != nil {
		return nil, err
	}
	aws, err := wiring.FromEnv[wiring.AWS]()
	if err != nil {
		return nil, err
	}
	return &starter{client: kinesisanalyticsv2.NewFromConfig(awsconfig.New(aws)), name: settings.Application, pause: 5 * time.Second}, nil
}
