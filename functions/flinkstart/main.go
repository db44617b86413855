// Command flinkstart is the Lambda function behind the custom resource of an extractor on Apache Flink:
// CloudFormation makes an application that does not run, so it calls this function to start it once it is
// there, and to stop it before it goes.
package main

import (
	"time"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-sdk-go-v2/service/kinesisanalyticsv2"

	"github.com/railtwin/digitaltwin/functions/internal/awsconfig"
	"github.com/railtwin/digitaltwin/functions/internal/start"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

func main() { start.Function(open) }

func open() (cfn.CustomResourceLambdaFunction, error) {
	settings, err := wiring.FromEnv[wiring.FlinkStart]()
	if err != nil {
		return nil, err
	}
	config, err := awsconfig.FromEnv()
	if err != nil {
		return nil, err
	}
	s := &starter{client: kinesisanalyticsv2.NewFromConfig(awsconfig.Control(config)), name: settings.Application,
		pause: 5 * time.Second}
	return cfn.LambdaWrap(s.handle), nil
}
