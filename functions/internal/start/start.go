// Package start is what every function begins with: it logs as JSON, which Amazon CloudWatch can search by field,
// and a function that cannot start says why, once, and ends, so that AWS Lambda reports its start as failed.
package start

import (
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
)

// Function opens the function's handler, which is what [lambda.Start] takes, and hands it every event. It does
// not return.
func Function[H any](open func() (H, error)) {
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stderr, nil)))
	boundMemory()
	handler, err := open()
	if err != nil {
		slog.Error("the function cannot start", "error", err)
		os.Exit(1)
	}
	lambda.Start(handler)
}
