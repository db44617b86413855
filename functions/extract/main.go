// Command extract is the Lambda function that runs one extractor: records of Kinesis streams in, changes
// into the twin stream, and rejects into a bucket. It is one binary for all datasets; the SQL lies beside it.
package main

import (
	"github.com/railtwin/digitaltwin/functions/internal/extraction"
	"github.com/railtwin/digitaltwin/functions/internal/start"
)

func main() { start.Function(open) }

func open() (*extractor, error) {
	o, err := extraction.Open()
	if err != nil {
		return nil, err
	}
	return newExtractor(o), nil
}
