// Package awsconfig is the configuration of the AWS clients of a function.
//
// AWS Lambda gives a function its region and its role's credentials in the environment, where package
// wiring reads them. The SDK's own loader would look for profiles, instance metadata and single sign-on too,
// which a function never has, and would cost it a third of its start.
package awsconfig

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// FromEnv returns the configuration that the process's environment describes.
func FromEnv() (aws.Config, error) {
	e, err := wiring.FromEnv[wiring.AWS]()
	return New(e), err
}

// New returns the configuration that e describes.
func New(e wiring.AWS) aws.Config {
	c := aws.Config{
		Region: e.Region,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{
				AccessKeyID: e.AccessKeyID, SecretAccessKey: e.SecretAccessKey, SessionToken: e.SessionToken, Source: "AWS Lambda",
			}, nil
		}),
	}
	if e.EndpointURL != "" {
		c.BaseEndpoint = aws.String(e.EndpointURL)
	}
	return c
}
