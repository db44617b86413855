// Command empty is the Lambda function behind the custom resource of a disposable bucket: when the stack of the
// bucket is deleted, CloudFormation calls it first, and it deletes what is in the bucket. CloudFormation itself
// deletes only a bucket that is empty.
package main

import (
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/railtwin/digitaltwin/functions/internal/awsconfig"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

func main() {
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stderr, nil)))
	aws, err := wiring.FromEnv[wiring.AWS]()
	if err != nil {
		slog.Error("the function cannot start", "error", err)
		os.Exit(1)
	}
	// A bucket is a host of its own name, which an emulator does not have.
	e := &emptier{s3.NewFromConfig(awsconfig.New(aws), func(o *s3.Options) { o.UsePathStyle = aws.EndpointURL != "" })}
	lambda.Start(cfn.LambdaWrap(e.handle))
}
