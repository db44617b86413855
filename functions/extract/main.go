// Command extract is the Lambda function that runs one extractor: records of Kinesis streams in, changes
// into the twin stream, and rejects into a bucket. It is one binary for all datasets; the SQL lies beside it.
package main

import (
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/railtwin/digitaltwin/functions/internal/extraction"
)

func main() {
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stderr, nil)))
	o, err := extraction.Open()
	if err != nil {
		slog.Error("the function cannot start", "error", err)
		os.Exit(1)
	}
	lambda.Start(&extractor{Extraction: extraction.New(o.Config), bindings: o.Bindings})
}
