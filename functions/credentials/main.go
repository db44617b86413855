// Command credentials is the Lambda function behind the custom resource of a client: CloudFormation calls it when a
// client is deployed, and it writes what the client reads the API with into the client's secret. What it reads
// from Amazon Cognito and API Gateway goes into the secret and nowhere else: not back to CloudFormation, and not
// into a log.
package main

import (
	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/railtwin/digitaltwin/functions/internal/awsconfig"
	"github.com/railtwin/digitaltwin/functions/internal/start"
)

func main() { start.Function(open) }

func open() (cfn.CustomResourceLambdaFunction, error) {
	config, err := awsconfig.FromEnv()
	if err != nil {
		return nil, err
	}
	config = awsconfig.Control(config)
	c := &credentials{
		clients: cognitoidentityprovider.NewFromConfig(config),
		keys:    apigateway.NewFromConfig(config),
		secrets: secretsmanager.NewFromConfig(config),
	}
	return cfn.LambdaWrap(c.handle), nil
}
