package constructs_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// applicationARN is the application of the environment sources, as text writes it.
const applicationARN = "arn:aws:kinesisanalytics:${AWS::Region}:${AWS::AccountId}:application/DigitalTwin-sources-shelly_pro3em"

// Ensure that an application keeps its state encrypted with its own key, goes on from it after an update, and scales
// as it is told.
func TestApplication(t *testing.T) {
	a := everything(t)
	app := a.one(t, "sources", "Pipeline/Flink/Application")
	for path, want := range map[string]any{
		"RuntimeEnvironment": "FLINK-2_2", "ApplicationName": "DigitalTwin-sources-shelly_pro3em",
		"RunConfiguration/ApplicationRestoreConfiguration/ApplicationRestoreType":                            "RESTORE_FROM_LATEST_SNAPSHOT",
		"RunConfiguration/FlinkRunConfiguration/AllowNonRestoredState":                                       true,
		"ApplicationConfiguration/ApplicationSnapshotConfiguration/SnapshotsEnabled":                         true,
		"ApplicationConfiguration/ApplicationSystemRollbackConfiguration/RollbackEnabled":                    true,
		"ApplicationConfiguration/ApplicationEncryptionConfiguration/KeyType":                                "CUSTOMER_MANAGED_KEY",
		"ApplicationConfiguration/FlinkApplicationConfiguration/ParallelismConfiguration/ConfigurationType":  "CUSTOM",
		"ApplicationConfiguration/FlinkApplicationConfiguration/ParallelismConfiguration/Parallelism":        2.0,
		"ApplicationConfiguration/FlinkApplicationConfiguration/ParallelismConfiguration/ParallelismPerKPU":  2.0,
		"ApplicationConfiguration/FlinkApplicationConfiguration/ParallelismConfiguration/AutoScalingEnabled": true,
		"ApplicationConfiguration/FlinkApplicationConfiguration/CheckpointConfiguration/ConfigurationType":   "CUSTOM",
		"ApplicationConfiguration/FlinkApplicationConfiguration/CheckpointConfiguration/CheckpointInterval":  30000.0,
		"ApplicationConfiguration/FlinkApplicationConfiguration/MonitoringConfiguration/MetricsLevel":        "APPLICATION",
	} {
		if got := app.Get(strings.Split(path, "/")...); got != want {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
	if got := app.Text("ApplicationConfiguration", "ApplicationEncryptionConfiguration",
		"KeyId"); got != "${Pipeline/Flink/StateKey.Arn}" {
		t.Errorf("the state is encrypted with %s", got)
	}
	logging := a.one(t, "sources", "Pipeline/Flink/Logging")
	if got := logging.Text("CloudWatchLoggingOption", "LogStreamARN"); !strings.HasSuffix(got,
		":log-group:${Pipeline/Flink/Logs}:log-stream:flink") {
		t.Errorf("it logs to %s", got)
	}
}

// Ensure that the application gets what it reads and writes from its property groups.
func TestPropertyGroups(t *testing.T) {
	app := everything(t).one(t, "sources", "Pipeline/Flink/Application")
	groups := app.Get("ApplicationConfiguration", "EnvironmentProperties", "PropertyGroups").([]any)
	got := map[string]map[string]string{}
	for _, g := range groups {
		group := g.(map[string]any)
		got[group["PropertyGroupId"].(string)] = map[string]string{}
		for k, v := range group["PropertyMap"].(map[string]any) {
			got[group["PropertyGroupId"].(string)][k] = app.Stack.Text(v)
		}
	}
	want := wiring.Flink{
		Dataset: "shelly_pro3em",
		Tables: map[string]wiring.FlinkSource{"shelly_pro3em": {
			StreamARN: "${Pipeline/Source.Arn}", Region: "eu-central-1", Start: "2026-11-28T06:00:00Z",
			Consumer: "digitaltwin-sources-shelly_pro3em",
		}},
		Sink: wiring.FlinkSink{StreamARN: "${Twin/Stream.Arn}", Region: "eu-central-1"},
	}.Groups()
	if !maps.EqualFunc(got, want, maps.Equal[map[string]string, map[string]string]) {
		t.Errorf("the groups are %v\nwant           %v", got, want)
	}
}

// Ensure that the application's role is for that application only, and has named rights.
func TestApplicationRole(t *testing.T) {
	a := everything(t)
	found := false
	for _, s := range a.statements() {
		if s.owner.Name() == "Pipeline/Flink/Role" && s.owner.Stack.Environment == "sources" && s.trust {
			found = true
			if !slices.Equal(s.principals, []string{"kinesisanalytics.amazonaws.com"}) ||
				!slices.Contains(s.when, "ArnEquals aws:SourceArn "+applicationARN) ||
				!slices.Contains(s.when, "StringEquals aws:SourceAccount ${AWS::AccountId}") {
				t.Errorf("it is trusted: %s", s)
			}
		}
	}
	if !found {
		t.Fatal("there is no role")
	}
	for action, on := range map[string]string{
		"kinesis:GetRecords": "${Pipeline/Source.Arn}", "kinesis:SubscribeToShard": "${Pipeline/Consumer.ConsumerARN}",
		"kinesis:PutRecords":      "${Twin/Stream.Arn}",
		"logs:DescribeLogStreams": "${Pipeline/Flink/Logs.Arn}",
	} {
		if !may(a, "Pipeline/Flink/Policy", action, on) {
			t.Errorf("the role may not %s on %s", action, on)
		}
	}
	for _, action := range []string{"kinesisanalytics:DescribeApplication", "kinesisanalytics:StartApplication",
		"kinesisanalytics:StopApplication"} {
		if !may(a, "Pipeline/Flink/Starter/Policy", action, applicationARN) {
			t.Errorf("the starter may not %s", action)
		}
	}
}

// Ensure that the application is started when all that it needs is there, and its catalogue entry too; that the
// starter is called again when the code changes; and that a paused one is not started.
func TestApplicationStarts(t *testing.T) {
	r := everything(t).one(t, "sources", "Pipeline/Flink/Running/Default")
	if r.Text("Running") != "true" || r.Text("Code") == "" {
		t.Errorf("the starter is asked %v", r.Properties)
	}
	for _, want := range []string{"Pipeline/Flink/Application", "Pipeline/Flink/Logging", "Pipeline/Flink/Starter/Policy",
		"Pipeline/CatalogueEntry/Default"} {
		if !slices.ContainsFunc(r.DependsOn, func(id string) bool { return r.Stack.Target(id) == want }) {
			t.Errorf("it does not wait for %s: %v", want, r.DependsOn)
		}
	}
	a, err := synthesizeWith(t, `{"dev":{"datasets":{"shelly_pro3em":{"engine":"flink","paused":true}}}}`,
		extractors.All())
	if err != nil {
		t.Fatal(err)
	}
	if got := a.one(t, "dev", "Pipeline/Flink/Running/Default").Text("Running"); got != "false" {
		t.Errorf("a paused application is asked to run: %s", got)
	}
}

// windowed is an extractor that only Flink runs.
var windowed = extractors.Extractor{Name: "windowed", SQL: []byte(
	`CREATE TABLE speeds (id STRING, v DOUBLE, ts TIMESTAMP_LTZ(3), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
WITH ('format' = 'json', 'json.ignore-parse-errors' = 'true', 'json.timestamp-format.standard' = 'ISO-8601');
INSERT INTO digitaltwin SELECT id, 'speed.max', JSON_STRING(MAX(v)), 'km/h', window_end
FROM TABLE(TUMBLE(TABLE speeds, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY id, window_start, window_end;`)}

// Ensure that Flink is chosen and never slipped into: a file that needs it says where, how to choose it, and what it
// costs; where every extractor is deployed, it is left out; and what Flink cannot do is refused.
func TestFlinkIsChosen(t *testing.T) {
	all := []extractors.Extractor{windowed, bikes}
	for settings, want := range map[string][]string{
		`{"windowed":{}}`: {"windowed.sql:4:71: needs Flink: GROUP BY aggregates over many records",
			"Engine: constructs.Flink", `"engine": "flink"`, "about 190 USD a month"},
		`{"windowed":{"engine":"flink","charset":"latin1"}}`:                                                       {"props.Charset is latin1", "raw.charset"},
		`{"windowed":{"engine":"flink","framing":"lines"}}`:                                                        {"props.Framing is lines", "must be plain"},
		`{"windowed":{"engine":"flink","batch":10}}`:                                                               {"props.Batch, Window and Parallel are of Lambda's trigger"},
		`{"windowed":{"engine":"flink","bucket":"lake"}}`:                                                          {"the source of speeds is no Kinesis stream"},
		`{"windowed":{"engine":"flink","firehoseRoleArn":"arn:aws:iam::123456789012:role/d"}}`:                     {"the source of speeds is no Kinesis stream"},
		`{"windowed":{"engine":"flink","flink":{"parallelism":257,"parallelismPerKpu":9,"checkpointSeconds":-1}}}`: {"Parallelism is 257", "ParallelismPerKPU is 9", "Checkpoint is -1s"},
		`{"bikes":{"flink":{"parallelism":2}}}`:                                                                    {"props.Flink is for Engine: constructs.Flink"},
	} {
		_, err := synthesizeWith(t, `{"dev":{"datasets":`+settings+`}}`, all)
		for _, w := range want {
			if err == nil || !strings.Contains(err.Error(), w) {
				t.Errorf("%s: %v\nwant %s", settings, err, w)
			}
		}
	}
	if a, err := synthesizeWith(t, `{"dev":{"datasets":{"windowed":{"engine":"flink"}}}}`, all); err != nil ||
		len(a.All("AWS::KinesisAnalyticsV2::Application")) != 1 {
		t.Errorf("chosen: %v", err)
	}
	if a, err := synthesizeWith(t, `{"dev":{}}`, all); err != nil ||
		len(a.All("AWS::KinesisAnalyticsV2::Application")) != 0 || len(a.Stacks) != 2 {
		t.Errorf("everything: %v", err)
	}
}

// Ensure that the example environments hold an extractor on Flink behind one setting, which is off for its price.
func TestFlinkIsOffInTheExample(t *testing.T) {
	context := contextOfApp()
	example := context["environments"].(map[string]any)
	for _, environment := range environments {
		motion, _ := example[environment].(map[string]any)["datasets"].(map[string]any)["wagon_motion"].(map[string]any)
		if motion["off"] != true || motion["engine"] != "flink" {
			t.Errorf("%s: wagon_motion is %v", environment, motion)
		}
		delete(motion, "off")
	}
	for _, app := range theApp(t).All("AWS::KinesisAnalyticsV2::Application") {
		t.Errorf("%s is deployed", app.Path)
	}
	a, err := synthesize(t.TempDir(), context, extractors.All())
	if err != nil {
		t.Fatal(err)
	}
	if n := len(a.All("AWS::KinesisAnalyticsV2::Application")); n != len(environments) {
		t.Errorf("switched on there are %d applications, want %d", n, len(environments))
	}
}
