// Command objects is the Lambda function that runs one extractor over objects of Amazon S3: what a delivery
// stream has delivered, or what somebody else puts there. A queue names the objects, changes go into the twin
// stream, and rejects into a bucket. It is one binary for all datasets; the SQL lies beside it.
package main

import (
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/railtwin/digitaltwin/functions/internal/extraction"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

func main() {
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stderr, nil)))
	o, err := extraction.Open()
	if err != nil {
		slog.Error("the function cannot start", "error", err)
		os.Exit(1)
	}
	framing := o.Framing
	o.Framing = wiring.Plain // of the records that were taken out of an object
	x := &objects{Extraction: extraction.New(o.Config), bindings: o.Bindings, framing: framing, client: o.S3}
	lambda.Start(x.handle)
}
