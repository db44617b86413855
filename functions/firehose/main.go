// Command firehose is the Lambda function that runs one extractor over what passes through a delivery stream of
// Amazon Data Firehose, as its processor: changes go into the twin stream and rejects into a bucket on the
// way, and every record goes back as it came. It is one binary for all datasets; the SQL lies beside it.
package main

import (
	"github.com/railtwin/digitaltwin/functions/internal/extraction"
	"github.com/railtwin/digitaltwin/functions/internal/start"
)

func main() { start.Function(open) }

func open() (*processor, error) {
	o, err := extraction.Open()
	if err != nil {
		return nil, err
	}
	return newProcessor(o)
}
