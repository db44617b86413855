package extraction

import (
	"os"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/railtwin/digitaltwin/functions/internal/awsconfig"
	"github.com/railtwin/digitaltwin/functions/internal/batch"
	"github.com/railtwin/digitaltwin/functions/internal/bucket"
	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/framing"
	"github.com/railtwin/digitaltwin/internal/rejects"
	streamkinesis "github.com/railtwin/digitaltwin/internal/stream/kinesis"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// Opened is what a function finds in its environment.
type Opened struct {
	Config
	Bindings Bindings
	S3       *s3.Client // for objects, which may take long to read
}

// Open reads the settings of a function and compiles the SQL beside its binary.
func Open() (*Opened, error) {
	settings, err := wiring.FromEnv[wiring.Extract]()
	if err != nil {
		return nil, err
	}
	config, err := awsconfig.FromEnv()
	if err != nil {
		return nil, err
	}
	program, err := compile(settings.Dataset)
	if err != nil {
		return nil, err
	}
	bindings, err := Bind(program, settings.Sources)
	if err != nil {
		return nil, err
	}
	return &Opened{Bindings: bindings, S3: bucket.NewClient(awsconfig.Streams(config)), Config: Config{
		Config: batch.Config{
			Environment: settings.Environment, Metrics: os.Stdout, Now: time.Now,
			Rejects: &bucket.Bucket{Client: bucket.NewClient(config), Name: settings.Rejects,
				Prefix: rejects.ExtractFolder(settings.Dataset)},
		},
		Source: framing.Source{Framing: settings.Framing, Charset: settings.Charset}, Program: program,
		Sink: streamkinesis.New(kinesis.NewFromConfig(config, streamkinesis.Bodies), settings.StreamARN),
	}}, nil
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
