package constructs_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesisfirehose"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"

	"github.com/railtwin/digitaltwin/constructs"
	"github.com/railtwin/digitaltwin/extractors"
)

// bikes is an extractor of two source tables.
var bikes = extractors.Extractor{Name: "bikes", SQL: []byte(`CREATE TABLE stations (id STRING, name STRING, ts TIMESTAMP_LTZ(3)) WITH ('format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601', 'json.ignore-parse-errors' = 'true');
CREATE TABLE states (id STRING, bikes INT, ts TIMESTAMP_LTZ(3)) WITH ('format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601', 'json.ignore-parse-errors' = 'true');
INSERT INTO digitaltwin SELECT id, 'name', JSON_STRING(name), CAST(NULL AS STRING), ts FROM stations;
INSERT INTO digitaltwin SELECT id, 'bikes', JSON_STRING(bikes), '1', ts FROM states;`)}

const (
	streamOfOthers = "arn:aws:kinesis:eu-central-1:123456789012:stream/stations"
	keyOfOthers    = "arn:aws:kms:eu-central-1:123456789012:key/0"
	inOneRegion    = `"account":"123456789012","region":"eu-central-1",`
)

// withBikes synthesizes an environment with the dataset bikes and these settings of it.
func withBikes(t *testing.T, settings string) (*app, error) {
	t.Helper()
	return synthesizeWith(t, `{"dev":{`+inOneRegion+`"datasets":{"bikes":`+settings+`}}}`, []extractors.Extractor{bikes})
}

// Ensure that every table has its own stream and trigger, that the function knows which table reads which, and that
// its role may read both, and only them.
func TestSourcesByTable(t *testing.T) {
	a, err := withBikes(t, `{"sources":{"stations":{"sourceArn":"`+streamOfOthers+`","sourceKeyArn":"`+keyOfOthers+
		`"},"states":{"shards":2}}}`)
	if err != nil {
		t.Fatal(err)
	}
	if got := a.one(t, "dev", "Pipeline/Extract/Trigger").Text("EventSourceArn"); got != streamOfOthers {
		t.Errorf("stations are read from %s", got)
	}
	if got := a.one(t, "dev",
		"Pipeline/Extract/Triggerstates").Text("EventSourceArn"); got != "${Pipeline/states/Source.Arn}" {
		t.Errorf("states are read from %s", got)
	}
	sources := a.one(t, "dev", "Pipeline/Extract/Function").Text("Environment", "Variables", "TWIN_SOURCES")
	if want := `{"states":"${Pipeline/states/Source.Arn}","stations":"` + streamOfOthers + `"}`; sources != want {
		t.Errorf("the function is told %s, want %s", sources, want)
	}
	var read []string
	for _, s := range a.statements() {
		if s.owner.Name() == "Pipeline/Extract/Policy" && slices.Contains(s.actions, "kinesis:GetRecords") {
			read = append(read, s.on...)
		}
	}
	slices.Sort(read)
	if want := []string{"${Pipeline/states/Source.Arn}",
		"arn:aws:kinesis:${AWS::Region}:${AWS::AccountId}:stream/stations"}; !slices.Equal(read, want) {
		t.Errorf("the role reads %v, want %v", read, want)
	}
	if a.one(t, "dev", "Pipeline/states/Source").Get("ShardCount") != 2.0 {
		t.Error("the new stream has not 2 shards")
	}
}

// Ensure that tables that read the same stream share its trigger: a function cannot read a stream twice.
func TestTablesShareAStream(t *testing.T) {
	one := `{"sourceArn":"` + streamOfOthers + `"}`
	for _, settings := range []string{one, `{"sources":{"stations":` + one + `,"states":` + one + `}}`} {
		a, err := withBikes(t, settings)
		if err != nil {
			t.Fatal(err)
		}
		triggers := 0
		for _, m := range a.All("AWS::Lambda::EventSourceMapping") {
			if m.Text("EventSourceArn") == streamOfOthers {
				triggers++
			}
		}
		sources := ""
		for _, f := range a.All("AWS::Lambda::Function") {
			sources += f.Text("Environment", "Variables", "TWIN_SOURCES")
		}
		if want := `{"states":"` + streamOfOthers + `","stations":"` + streamOfOthers + `"}`; triggers != 1 ||
			sources != want {
			t.Errorf("%s: %d triggers, the function is told %s", settings, triggers, sources)
		}
	}
}

// Ensure that a mistake about sources is an error that says which, and what to do.
func TestBadSources(t *testing.T) {
	for settings, want := range map[string]string{
		`{"sources":{"stations":{}}}`: "bikes.sql declares the source " +
			"tables stations, states, but props.Sources binds stations: bind states",
		`{"sources":{"stations":{},"states":{},"docks":{}}}`: "binds docks, states, " +
			"stations: take out docks",
		`{"sources":{"stations":{},"docks":{}}}`: "bind states and take out docks",
		`{"sources":{}}`:                         "dataset bikes: sources is empty",
		`{"shards":2,"sources":{"stations":{},"states":{}}}`: "exclude each other: one for " +
			"each table, or one for all",
		`{"sources":{"stations":{"sourceArn":"x","bucket":"y"},"states":{}}}`: "dataset bikes: sources: " +
			"stations: sourceArn and bucket exclude each other",
		`{"sources":{"stations":{"prefix":"y"},"states":{}}}`: "prefix is for objects; bucket " +
			"is missing",
		`{"onDemand":true,"shards":1}`: "shards and onDemand exclude " +
			"each other",
		`{"sourceArn":"arn:aws:kinesis:eu-central-1:12:stream/a"}`: `"arn:aws:kinesis:eu-central-1:12:stream/a" is no stream: want arn:aws:kinesis:REGION:ACCOUNT:stream/NAME`,
		`{"sourceArn":"` + streamOfOthers + `/consumer/c:1"}`: "is a consumer of a stream: " +
			"pass the stream's ARN, and set FanOut",
		`{"sourceArn":"arn:aws:firehose:eu-central-1:123456789012:deliverystream/a"}`: "is a delivery stream: where a " +
			"Kinesis stream feeds it, pass that stream's ARN",
		`{"sourceArn":"arn:aws:kinesis:us-east-1:123456789012:stream/a"}`: "is not in the region of the " +
			"stack, eu-central-1",
		`{"sourceArn":"` + streamOfOthers + `","sourceKeyArn":"alias/a"}`: `"alias/a" is no key`,
		`{"fanOut":true,"sourceArn":"arn:aws:kinesis:eu-central-1:210987654321:stream/a"}`: "is a stream of another " +
			"account, which enhanced fan-out cannot read",
		`{"firehoseRoleArn":"wagons"}`: `DirectPuts("wagons"): want the role of the delivery stream`,
		`{"firehoseRoleArn":"arn:aws:iam::123456789012:role/d","paused":true}`: "cannot be paused; take it out of the " +
			"delivery stream",
		`{"firehoseRoleArn":"arn:aws:iam::123456789012:role/d","batch":10}`: "are for Kinesis streams, and no source is one",
		`{"bucket":"Lake"}`:  `"Lake" is no name of a bucket`,
		`{"start":"now"}`:    `props.Start: "now" is nowhere to start: want TRIM_HORIZON, LATEST or a time`,
		`{"engine":"spark"}`: `props.Engine is "spark": want "lambda" or "flink"`,
	} {
		if _, err := withBikes(t, settings); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v\nwant %s", settings, err, want)
		}
	}
}

// may reports whether a policy allows an action on a resource.
func may(a *app, policy, action, on string) bool {
	return slices.ContainsFunc(a.statements(), func(s *statement) bool {
		return s.owner.Name() == policy && s.effect == "Allow" && slices.Contains(s.actions, action) &&
			slices.Contains(s.on, on)
	})
}

// Ensure that an app that makes its streams, buckets and delivery streams itself hooks them by their constructs: a
// delivery stream of the app gets its processor and may call it, a producer may put into a new stream, and reading
// starts where the app says.
func TestSourcesOfTheApp(t *testing.T) {
	a, err := synthesizeApp(t, func(app awscdk.App, assets constructs.Assets) error {
		stack := awscdk.NewStack(app, jsii.String("DigitalTwin-own"), nil)
		core, err := constructs.NewDigitalTwinCore(stack, "Twin",
			constructs.DigitalTwinCoreProps{Environment: "own", Assets: assets})
		if err != nil {
			return err
		}
		data := awscdk.NewStack(app, jsii.String("DigitalTwin-own-data"), nil)
		bucket := awss3.NewBucket(data, jsii.String("Lake"),
			&awss3.BucketProps{Encryption: awss3.BucketEncryption_KMS, EventBridgeEnabled: jsii.Bool(true)})
		stream := awskinesis.NewStream(data, jsii.String("Stream"), nil)
		shared := constructs.NewStream(1)
		for id, sources := range map[string]map[string]constructs.Source{
			"One": {"stations": constructs.Objects(bucket, "stations/"), "states": constructs.DirectPuts("")},
			"Two": {"stations": constructs.Stream(stream), "states": constructs.Stream(stream)},
			"New": {"stations": shared, "states": shared},
		} {
			props := constructs.PipelineExtractorProps{Core: core, Dataset: bikes.Name + id, SQL: bikes.SQL, Sources: sources}
			if id == "Two" {
				props.Start = constructs.StartAt(time.Unix(1763962200, 0))
			}
			x, err := constructs.NewPipelineExtractor(awscdk.NewStack(app, jsii.String("DigitalTwin-own-"+id), nil), "Pipeline",
				props)
			if err != nil {
				return err
			}
			producer := awsiam.NewRole(awscdk.Stack_Of(x.Node), jsii.String("Producer"),
				&awsiam.RoleProps{AssumedBy: awsiam.NewServicePrincipal(jsii.String("lambda.amazonaws.com"), nil)})
			if id == "New" {
				x.GrantPut(producer)
			}
			if id != "One" {
				continue
			}
			processor, err := x.Inputs[1].DataProcessor()
			if err != nil {
				return err
			}
			if _, err := x.Inputs[0].DataProcessor(); err == nil {
				t.Error("objects have a processor")
			}
			awskinesisfirehose.NewDeliveryStream(awscdk.Stack_Of(x.Node), jsii.String("Delivery"),
				&awskinesisfirehose.DeliveryStreamProps{
					Destination: awskinesisfirehose.NewS3Bucket(bucket,
						&awskinesisfirehose.S3BucketProps{Processors: &[]awskinesisfirehose.IDataProcessor{processor}}),
				})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, m := range a.All("AWS::Lambda::EventSourceMapping") {
		counts[m.Stack.Name]++
		if m.Stack.Name == "DigitalTwin-own-Two" && (m.Text("StartingPosition") != "AT_TIMESTAMP" ||
			m.Get("StartingPositionTimestamp") != 1763962200.0) {
			t.Errorf("reading starts at %s %v", m.Text("StartingPosition"), m.Get("StartingPositionTimestamp"))
		}
	}
	if counts["DigitalTwin-own-One"] != 1 || counts["DigitalTwin-own-Two"] != 1 || counts["DigitalTwin-own-New"] != 1 {
		t.Errorf("triggers %v, want one in each stack", counts)
	}
	for _, d := range a.All("AWS::KinesisFirehose::DeliveryStream") {
		b, err := json.Marshal(d.Properties)
		if err != nil || !strings.Contains(string(b), `"Type":"Lambda"`) {
			t.Errorf("the delivery stream has no processor: %s", b)
		}
	}
	if n := len(a.All("AWS::Kinesis::Stream")); n != 3 {
		t.Errorf("%d streams, want the twin's, the app's and a new one", n)
	}
}
