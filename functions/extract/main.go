// Command extract is the Lambda function that runs one extractor: records of a Kinesis stream in, changes
// into the twin stream, and rejects into a bucket. It is one binary for all datasets; the SQL lies beside it.
package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/railtwin/digitaltwin/functions/internal/awsconfig"
	"github.com/railtwin/digitaltwin/functions/internal/bucket"
	"github.com/railtwin/digitaltwin/internal/extract"
	streamkinesis "github.com/railtwin/digitaltwin/internal/stream/kinesis"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

func main() {
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stderr, nil)))
	x, err := start()
	if err != nil {
		slog.Error("the function cannot start", "error", err)
		os.Exit(1)
	}
	lambda.Start(x)
}

func start() (*extractor, error) {
	settings, err := wiring.FromEnv[wiring.Extract]()
	if err != nil {
		return nil, err
	}
	aws, err := wiring.FromEnv[wiring.AWS]()
	if err != nil {
		return nil, err
	}
	program, err := compile(settings.Dataset)
	if err != nil {
		return nil, err
	}
	config := awsconfig.New(aws)
	x := &extractor{
		environment: settings.Environment, framing: settings.Framing, program: program,
		sink: streamkinesis.New(kinesis.NewFromConfig(config), settings.StreamARN),
		rejects: &bucket.Bucket{
			Client: s3.NewFromConfig(config, func(o *s3.Options) { o.UsePathStyle = aws.EndpointURL != "" }),
			Name:   settings.Rejects, Prefix: "rejects/extract/" + settings.Dataset,
		},
		metrics: os.Stdout, now: time.Now,
	}
	return x.prepare(), nil
}

// compile compiles the SQL beside the binary. It was compiled when the app was synthesized, so an error here
// means that binary and SQL do not belong together.
func compile(dataset string) (*extract.Program, error) {
	binary, err := os.Executable()
	if err != nil {
		return nil, err
	}
	sql, err := os.ReadFile(filepath.Join(filepath.Dir(binary), wiring.SQLFile))
	if err != nil {
		return nil, err
	}
	return extract.Compile(dataset+".sql", sql)
}
