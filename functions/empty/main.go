// Command empty is the Lambda function behind the custom resource of a disposable bucket: when the stack of the
// bucket is deleted, CloudFormation calls it first, and it deletes what is in the bucket. CloudFormation itself
// deletes only a bucket that is empty.
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
	e := &emptier{bucket.NewClient(awsconfig.Control(config))}
	return cfn.LambdaWrap(e.handle), nil
}
