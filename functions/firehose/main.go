// Command firehose is the Lambda function that runs one extractor over what passes through a delivery stream of
// Amazon Data Firehose, as its processor: changes go into the twin stream and rejects into a bucket on the
// way, and every record goes back as it came. It is one binary for all datasets; the SQL lies beside it.
package main

import (
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/railtwin/digitaltwin/functions/internal/extraction"
)

func main() {
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stderr, nil)))
	p, err := start()
	if err != nil {
		slog.Error("the function cannot start", "error", err)
		os.Exit(1)
	}
	lambda.Start(p)
}

func start() (*processor, error) {
	o, err := extraction.Open()
	if err != nil {
		return nil, err
	}
	tables, err := o.Bindings.Tables("") // of one source, which need not be named
	if err != nil {
		return nil, err
	}
	return newProcessor(o.Config, tables), nil
}
