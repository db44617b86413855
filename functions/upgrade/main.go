// Command upgrade is the Lambda function that brings the table into the form that this version writes, see
// [dynamo.Store.Upgrade]. CloudFormation calls it once the functions that write this form are deployed; an operator
// calls it to go on, to repeat it, and to delete the items of the form before.
package main

import (
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/railtwin/digitaltwin/functions/internal/awsconfig"
	"github.com/railtwin/digitaltwin/functions/internal/start"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

func main() { start.Function(open) }

func open() (handler, error) {
	settings, err := wiring.FromEnv[wiring.Upgrade]()
	if err != nil {
		return nil, err
	}
	config, err := awsconfig.FromEnv()
	if err != nil {
		return nil, err
	}
	u := &upgrader{dynamo.New(dynamodb.NewFromConfig(config), settings.Table, nil)}
	return u.invoke, nil
}
