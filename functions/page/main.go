// Command page is the Lambda function behind the custom resource of the explorer page: while a stack is deployed
// it puts the files of the page into their bucket, and it takes them out again when the stack is deleted.
package main

import (
	"github.com/aws/aws-lambda-go/cfn"

	"github.com/railtwin/digitaltwin/functions/internal/awsconfig"
	"github.com/railtwin/digitaltwin/functions/internal/bucket"
	"github.com/railtwin/digitaltwin/functions/internal/start"
)

func main() { start.Function(open) }

func open() (cfn.CustomResourceLambdaFunction, error) {
	config, err := awsconfig.FromEnv()
	if err != nil {
		return nil, err
	}
	p := &publisher{bucket.NewClient(awsconfig.Control(config))}
	return cfn.LambdaWrap(p.handle), nil
}
