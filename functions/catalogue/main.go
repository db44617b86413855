// Command catalogue is the Lambda function behind the custom resource of a dataset: CloudFormation calls it
// when a PipelineExtractor is deployed, and it writes the dataset's entry into the catalogue, or takes it out.
package main

import (
	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/railtwin/digitaltwin/functions/internal/awsconfig"
	"github.com/railtwin/digitaltwin/functions/internal/start"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

func main() { start.Function(open) }

func open() (cfn.CustomResourceLambdaFunction, error) {
	settings, err := wiring.FromEnv[wiring.Catalogue]()
	if err != nil {
		return nil, err
	}
	config, err := awsconfig.FromEnv()
	if err != nil {
		return nil, err
	}
	table := dynamo.New(dynamodb.NewFromConfig(config), settings.Table, nil)
	c := &catalogue{table, table.Pipelines()}
	return cfn.LambdaWrap(c.handle), nil
}
