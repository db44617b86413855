// Command rotate is the Lambda function that replaces the secrets of clients. An operator calls it to rotate a secret,
// and a rule calls it every day for all clients, to end what has been replaced for the grace time, to clear up after a
// rotation that failed, and to rotate what the settings say.
//
// Amazon Cognito keeps two secrets of a client, which are both good. The new one is tried before it becomes the current
// version in AWS Secrets Manager, and the old one is good for the grace time after that. So no reader finds a dead
// secret, wherever a rotation stops, and calling the function again goes on from there: what it needs to know is what
// Amazon Cognito has and what AWS Secrets Manager says.
package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/railtwin/digitaltwin/functions/internal/awsconfig"
	"github.com/railtwin/digitaltwin/functions/internal/start"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

func main() { start.Function(open) }

func open() (func(context.Context, wiring.RotateEvent) (wiring.Rotated, error), error) {
	settings, err := wiring.FromEnv[wiring.Rotate]()
	if err != nil {
		return nil, err
	}
	days, err := strconv.Atoi(settings.GraceDays)
	if err != nil {
		return nil, fmt.Errorf("rotate: the days of grace: %w", err)
	}
	config, err := awsconfig.FromEnv()
	if err != nil {
		return nil, err
	}
	config = awsconfig.Control(config)
	t := &trial{client: config.HTTPClient, pause: 2 * time.Second}
	if config.BaseEndpoint != nil {
		t.emulator = *config.BaseEndpoint
	}
	r := &rotator{
		userPool: settings.UserPool, grace: time.Duration(days) * 24 * time.Hour,
		pool:    cognitoidentityprovider.NewFromConfig(config),
		secrets: secretsmanager.NewFromConfig(config), try: t.try, now: time.Now,
	}
	return r.handle, nil
}
