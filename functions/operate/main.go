// Command operate is the Lambda function behind /v1/operations: it does what an operator asks for, see package operate.
//
// API Gateway calls it for each call of the API. It calls itself for the work of a run, without waiting, and again from
// the checkpoint when its time is nearly over. Two that work on one run find out by the version of the run, and one
// stops. A run that has stopped, because of a fault that lasted, goes on when somebody looks at it. A schedule calls it
// for the metrics of active runs and paused datasets.
package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/railtwin/digitaltwin/functions/internal/awsconfig"
	"github.com/railtwin/digitaltwin/functions/internal/bucket"
	"github.com/railtwin/digitaltwin/functions/internal/gateway"
	"github.com/railtwin/digitaltwin/functions/internal/start"
	"github.com/railtwin/digitaltwin/internal/api"
	"github.com/railtwin/digitaltwin/internal/operate"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	"github.com/railtwin/digitaltwin/internal/stream"
	streamkinesis "github.com/railtwin/digitaltwin/internal/stream/kinesis"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

func main() { start.Function(open) }

func open() (*operator, error) {
	settings, err := wiring.FromEnv[wiring.Operate]()
	if err != nil {
		return nil, err
	}
	environment, err := wiring.FromEnv[wiring.AWS]()
	if err != nil {
		return nil, err
	}
	days, err := strconv.Atoi(settings.KeepDays)
	if err != nil {
		return nil, fmt.Errorf("operate: the days for which runs are kept: %w", err)
	}
	rules, err := gateway.Rules(settings.Clients, "") // it serves no readings
	if err != nil {
		return nil, err
	}
	config := awsconfig.New(environment)
	return newOperator(parts{
		table: dynamo.New(dynamodb.NewFromConfig(config), settings.Table, nil),
		s3:    bucket.NewClient(awsconfig.Streams(config)),
		sink:  streamkinesis.New(kinesis.NewFromConfig(config, streamkinesis.Bodies), settings.StreamARN),
		// The answer to a call that does not wait comes at once; the control plane is slower.
		lambda:  lambda.NewFromConfig(awsconfig.Control(config)),
		streams: func(role string) streams { return kinesis.NewFromConfig(reader(config, role)) },
		buckets: func(role string) buckets { return bucket.NewClient(awsconfig.Streams(reader(config, role))) },
		now:     time.Now, grants: rules, metrics: os.Stdout,
	}, settings, environment.Function, time.Duration(days)*24*time.Hour), nil
}

// parts are the services that the function uses.
type parts struct {
	table  *dynamo.Store
	s3     s3API
	sink   stream.Sink
	lambda interface {
		invoker
		mappings
	}
	streams func(role string) streams
	buckets func(role string) buckets
	now     func() time.Time
	grants  operate.Grants
	metrics io.Writer // the log of the function
}

// reader is the configuration of clients that read a source as the role of an extractor.
func reader(config aws.Config, role string) aws.Config {
	options := func(o *stscreds.AssumeRoleOptions) { o.RoleSessionName, o.Policy = "rebuild", aws.String(onlyReads) }
	config.Credentials = aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(sts.NewFromConfig(config), role, options))
	return config
}

// onlyReads is what the function may do of all that the role of an extractor may.
const onlyReads = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*","Action":[` +
	`"kinesis:DescribeStreamSummary","kinesis:GetRecords","kinesis:GetShardIterator","kinesis:ListShards","kms:Decrypt",` +
	`"s3:GetObject","s3:ListBucket"]}]}`

// sourcePause is the time between two reads of a source.
const sourcePause = time.Second

// newOperator returns the function with a name over services. It keeps runs for so long.
func newOperator(p parts, settings wiring.Operate, function string, keep time.Duration) *operator {
	deployed := &pipelines{documents: p.table.Pipelines(), now: p.now}
	m := &meter{environment: settings.Environment, out: p.metrics, now: p.now}
	kept := &progress{Runs: &runs{p.table.Runs(), keep}, meter: m}
	o := &operator{
		starter: starter{p.lambda, function}, progress: kept,
		watcher: &watcher{runs: kept, datasets: p.table.Datasets, meter: m},
	}
	service := operate.New(operate.Config{
		Runs:  kept,
		Store: p.table, Extractors: deployed, Sink: p.sink,
		Rejects: &files{
			client: p.s3, bucket: settings.Rejects, now: p.now,
			batches: batches{twinStream: settings.StreamARN, dataset: deployed.datasetOf},
		},
		Pauser: &pauser{lambda: p.lambda, pipelines: deployed, catalogue: p.table, now: p.now},
		Source: &source{
			pipelines: deployed, streams: p.streams, buckets: p.buckets, now: p.now, pause: sourcePause,
		},
		Audit: auditLog{slog.Default()},
		Start: o.start, Now: p.now, Grants: p.grants,
	})
	o.step = service.Step
	o.api = &gateway.Handler{
		HTTP: operate.Handler(service), Origins: gateway.NewOrigins(settings.Origins), TooLarge: api.TooLarge,
	}
	return o
}
