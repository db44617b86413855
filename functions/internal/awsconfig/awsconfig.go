// Package awsconfig is the configuration of the AWS clients of a function.
//
// AWS Lambda gives a function its region and its role's credentials in the environment, where package
// wiring reads them. The SDK's own loader would look for profiles, instance metadata and single sign-on too,
// which a function never has, and would cost it a third of its start.
//
// Every attempt of a request has a time limit below the deadline of any function, so that one connection that never
// answers (the usual cause is a function that was frozen between two invocations) costs an attempt and not the
// invocation: the SDK sends the request again, after a random pause. As many connections stay open as a function
// has requests under way at a time, for a new one costs a TLS handshake.
package awsconfig

import (
	"context"
	"net"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// The limits of an attempt.
const (
	dialLimit    = 2 * time.Second  // until there is a connection
	headerLimit  = 3 * time.Second  // from the end of the request to the first byte of the answer
	attemptLimit = 5 * time.Second  // for all of it
	controlLimit = 20 * time.Second // the same for the control planes of AWS, which are slower
)

// connections is how many connections to a host stay open: more than any function has requests under way.
const connections = 64

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
		HTTPClient: client(headerLimit).WithTimeout(attemptLimit),
	}
	if e.TraceDaemon != "" {
		c.APIOptions = append(c.APIOptions, traces(e.TraceDaemon))
	}
	if e.EndpointURL != "" {
		c.BaseEndpoint = aws.String(e.EndpointURL)
	}
	return c
}

// Streams returns c for answers that may take long to read, such as objects of S3: they have to begin in time.
func Streams(c aws.Config) aws.Config {
	c.HTTPClient = client(headerLimit)
	return c
}

// Control returns c for the control planes of AWS.
func Control(c aws.Config) aws.Config {
	c.HTTPClient = client(controlLimit).WithTimeout(controlLimit)
	return c
}

func client(header time.Duration) *awshttp.BuildableClient {
	return awshttp.NewBuildableClient().
		WithDialerOptions(func(d *net.Dialer) { d.Timeout = dialLimit }).
		WithTransportOptions(func(t *http.Transport) {
			t.MaxIdleConns, t.MaxIdleConnsPerHost = 2*connections, connections
			t.TLSHandshakeTimeout, t.ResponseHeaderTimeout = dialLimit, header
		})
}
