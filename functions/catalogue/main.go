// Command catalogue is the Lambda function behind the custom resource of a dataset: CloudFormation calls it
// when a PipelineExtractor is deployed, and it writes the dataset's entry into the catalogue, or takes it out.
package main

import (
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/railtwin/digitaltwin/functions/internal/awsconfig"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

func main() {
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stderr, nil)))
	c, err := start()
	if err != nil {
		slog.Error("the function cannot start", "error", err)
		os.Exit(1)
	}
	lambda.Start(cfn.LambdaWrap(c.handle))
}

func start() (*catalogue, error) {
	settings, err := wiring.FromEnv[wiring.Catalogue]()
	if err != nil {
		return nil, err
	}
	aws, err := wiring.FromEnv[wiring.AWS]()
	if err != nil {
		return nil, err
	}
	return &catalogue{dynamo.New(dynamodb.NewFromConfig(awsconfig.New(aws)), settings.Table, nil)}, nil
}
