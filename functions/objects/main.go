// Command objects is the Lambda function that runs one extractor over objects of Amazon S3: what a delivery
// stream has delivered, or what somebody else puts there. A queue names the objects, changes go into the twin
// stream, and rejects into a bucket. It is one binary for all datasets; the SQL lies beside it.
package main

import (
	"context"

	"github.com/aws/aws-lambda-go/events"

	"github.com/railtwin/digitaltwin/functions/internal/extraction"
	"github.com/railtwin/digitaltwin/functions/internal/start"
)

func main() { start.Function(open) }

func open() (func(context.Context, events.SQSEvent) (events.SQSEventResponse, error), error) {
	o, err := extraction.Open()
	if err != nil {
		return nil, err
	}
	return newObjects(o, o.S3).handle, nil
}
