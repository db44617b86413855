package constructs_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/railtwin/digitaltwin/constructs"
	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/internal/tier"
)

// Ensure that a mistake in cdk.json is named, with the environment and what would be right.
func TestSettingsAreChecked(t *testing.T) {
	for _, c := range []struct{ environments, only, want string }{
		{`null`, "", `"environments" is empty`},
		{`{}`, "", `"environments" is empty`},
		{`{"dev":{"shard":2}}`, "", `unknown field "shard"`},
		{`{"dev":{"shards":"2"}}`, "", `shards`},
		{`{"dev":{},"prod":{}}`, "test", `no environment "test" in cdk.json; there are dev, prod`},
		{`{"dev":{"account":"123"}}`, "", `environment dev: account is "123": want 12 digits`},
		{`{"dev":{"region":"Frankfurt"}}`, "", `want a name such as eu-central-1`},
		{`{"dev":{"removal":"keep"}}`, "", `removal is "keep": want retain or destroy`},
		{`{"dev":{"onDemand":true,"shards":2}}`, "", `onDemand and shards exclude each other`},
		{`{"dev":{"datasets":{"a":{"sourceArn":"arn","shards":2}}}}`, "",
			`dataset a: sourceArn and shards exclude each other`},
		{`{"dev":{"datasets":{"a":{"sourceKeyArn":"arn"}}}}`, "", `sourceArn or bucket is missing`},
		{`{"dev":{"datasets":{"a":{"framing":"csv"}}}}`, "", `unknown framing "csv": choose one of [plain lines gzip]`},
		{`{"dev":{"datasets":{"a":{"charset":"windows-125"}}}}`, "",
			`dataset a: unknown charset "windows-125". Did you mean`},
		{`{"dev":{"datasets":{"a":{"zone":"Zurich"}}}}`, "", `dataset a: unknown zone "Zurich": it is an IANA name`},
		{`{"dev":{"shards":-1}}`, "", `environment dev: shards is -1: want a positive number`},
		{`{"dev":{"people":{"callbackUrls":"x"}}}`, "", `environment dev: people.callbackUrls is a string: want a []string`},
		{`{"dev":{"qualifier":"too long for it"}}`, "", `qualifier is "too long for it": want what cdk bootstrap`},
		{`{"dev":{"deployRole":"deployer"}}`, "", `deployRole is "deployer": want arn:aws:iam::ACCOUNT:role/NAME`},
		{`{"dev":{"apiAccount":"mine"}}`, "", `apiAccount is "mine": want own or shared`},
		{`{"dev":{"capacity":{"read":{"min":5,"max":4},"write":{"min":1,"max":1}}}}`, "",
			`capacity.read is 5 to 4: want a min of at least 1`},
		{`{"dev":{"capacity":{"read":{"min":1,"max":4}}}}`, "", `capacity.write is 0 to 0`},
		{`{"dev":{"capacity":{"read":{"min":1,"max":4},"write":{"min":1,"max":1},"utilisation":95}}}`, "",
			`capacity.utilisation is 95: want 20 to 90 percent`},
		{`{"dev":{"corsOrigins":["https://app.example.com/"]}}`, "",
			`corsOrigins has "https://app.example.com/": want an origin such as`},
		{`{"dev":{"corsOrigins":["http://app.example.com"]}}`, "", `corsOrigins has "http://app.example.com"`},
		{`{"dev":{"corsOrigins":["*","https://app.example.com"]}}`, "",
			`corsOrigins has "*", which is every origin, and 1 more`},
		{`{"dev":{"domain":{"name":"Twin","certificateArn":"arn","hostedZoneId":"z"}}}`, "",
			`domain.name is "Twin": want a name such as twin.example.com`},
		{`{"dev":{"domain":{"name":"twin.example.com"}}}`, "",
			`domain.certificateArn is "": want arn:aws:acm:REGION:ACCOUNT:certificate/ID`},
		{`{"dev":{"domain":{"name":"twin.example.com","hostedZoneId":"z"}}}`, "", `domain.hostedZoneId is "z": want an id`},
		{`{"dev":{"firewall":{"rate":5}}}`, "", `firewall.rate is 5: want 10 to`},
		{`{"dev":{"clients":{"My App":{}}}}`, "", `clients has "My App": want a name of lower case letters`},
		{`{"dev":{"clients":{"app":{"burst":5}}}}`, "", `clients.app has a burst of 5 without a rate`},
		{`{"dev":{"clients":{"app":{"daily":-1}}}}`, "", `daily -1: want positive numbers`},
		{`{"dev":{"people":{}}}`, "", `people.callbackUrls is empty: want where`},
		{`{"dev":{"people":{"callbackUrls":["https://a.example.com/"],"limits":{"burst":1}}}}`, "",
			`people.limits has a burst of 1 without a rate`},
		{`{"dev":{"people":{"callbackUrls":["http://app.example.com/"]}}}`, "",
			`people.callbackUrls has "http://app.example.com/": want a URL with https`},
		{`{"dev":{"people":{"callbackUrls":["https://a.example.com/"],"logoutUrls":["https://a.example.com/#x"]}}}`, "",
			`people.logoutUrls has`},
		{`{"dev":{"alarms":{"emails":["operator"]}}}`, "", `alarms.emails has "operator": want an address such as`},
		{`{"dev":{"alarms":{"topicArn":"operators"}}}`, "",
			`alarms.topicArn is "operators": want arn:aws:sns:REGION:ACCOUNT:NAME`},
		{`{"dev":{"alarms":{"topicArn":"arn:aws:sns:a:123456789012:b","emails":["a@example.com"]}}}`, "",
			`exclude each other`},
		{`{"dev":{"account":"123456789012","deployRole":"arn:aws:iam::210987654321:role/ci"}}`, "",
			`deployRole is of the account 210987654321: want one of 123456789012`},
		{`{"dev":{"region":"eu-central-1","domain":{"name":"twin.example.com","certificateArn":"arn:aws:acm:us-east-1:123456789012:certificate/0"}}}`, "",
			`domain.certificateArn is in the region us-east-1: want one of eu-central-1`},
		{`{"dev":{"region":"eu-central-1","alarms":{"topicArn":"arn:aws:sns:eu-west-1:123456789012:b"}}}`, "",
			`alarms.topicArn is in the region eu-west-1`},
		{`{"dev":{"auth":{"issuer":"http://login.example.com","audience":"twin"}}}`, "",
			`auth.issuer is "http://login.example.com": want a URL with https`},
		{`{"dev":{"auth":{"issuer":"http://localhost:8080","audience":"twin"}}}`, "",
			`want a URL with https, which AWS can reach`},
		{`{"dev":{"auth":{"issuer":"https://login.example.com"}}}`, "",
			`auth.audience is empty: want what the tokens of the API have`},
		{`{"dev":{"auth":{"issuer":"https://login.example.com","audience":"twin","claims":{"groups":"my groups"}}}}`, "",
			`auth.claims.groups has "my groups"`},
		{`{"dev":{"auth":{"issuer":"https://login.example.com","audience":"twin","scope":"read"}}}`, "",
			`unknown field "scope"`},
		{`{"dev":{"auth":{"issuer":"https://login.example.com","audience":"twin"},"clients":{"map":{}}}}`, "",
			`auth and clients exclude each other: with auth your issuer`},
		{`{"dev":{"auth":{"issuer":"https://login.example.com","audience":"twin"},"people":{"callbackUrls":["https://a.example.com/"]}}}`, "", `auth and people exclude each other`},
		{`{"dev":{"auth":{"issuer":"https://login.example.com","audience":"twin"},"tokenMinutes":5}}`, "",
			`auth and tokenMinutes exclude each other`},
		{`{"dev":{"alarms":{"rejectPercent":101}}}`, "", `rejectPercent 101`},
		{`{"dev":{"alarms":{"warningTopicArn":"office"}}}`, "", `alarms.warningTopicArn is "office"`},
		{`{"dev":{"alarms":{"runbook":"docs/operate.md#alarms"}}}`, "", `alarms.runbook is "docs/operate.md#alarms": want`},
		{custom(`"metric":"Speed","dataset":"hsl_hfp","above":1`), "",
			`alarms.custom.A: metric is "Speed": want one of Records,`},
		{custom(`"metric":"Late","above":1`), "", `alarms.custom.A: dataset is missing`},
		{custom(`"metric":"CatalogueStale","dataset":"hsl_hfp","above":1`), "", `CatalogueStale is of the environment`},
		{custom(`"metric":"Late","dataset":"hsl_hfp"`), "", `want one of above and below`},
		{custom(`"metric":"Late","dataset":"hsl_hfp","above":1,"below":1`), "", `want one of above and below`},
		{custom(`"metric":"Late","dataset":"hsl_hfp","above":1,"statistic":"median"`), "", `statistic is "median"`},
		{custom(`"metric":"Late","dataset":"hsl_hfp","above":1,"minutes":60,"times":25`), "", `minutes is 60 and times 25`},
		{custom(`"metric":"Late","dataset":"hsl_hfp","above":1,"severity":"fatal"`), "",
			`severity is "fatal": want critical or warning`},
		{custom(`"metric":"Late","dataset":"wagons","above":1`), "", `the environment has no dataset "wagons"`},
		{`{"dev":{"datasets":{"hsl_hfp":{"quietHours":"22"}}}}`, "", `quietHours is "22": want two different hours`},
		{`{"dev":{"removal":"keep"},"prod":{"account":"1"}}`, "", "removal is"},
		{`{"dev":{"removal":"keep"},"prod":{"account":"1"}}`, "", "account is"},
	} {
		var environments any
		if err := json.Unmarshal([]byte(c.environments), &environments); err != nil {
			t.Fatal(err)
		}
		_, err := constructs.ParseSettings(environments, c.only)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v\nwant %s", c.environments, err, c.want)
		}
	}
}

// Ensure that the context says what the functions are built for, and that a processor that AWS Lambda has not is an
// error.
func TestArchitecture(t *testing.T) {
	tier.Node(t)
	for given, want := range map[any]constructs.Architecture{nil: constructs.Arm64, "arm64": constructs.Arm64,
		"amd64": constructs.Amd64, "x86_64": ""} {
		context := map[string]any{}
		if given != nil {
			context["arch"] = given
		}
		got, err := constructs.ReadArchitecture(awscdk.NewApp(&awscdk.AppProps{Context: &context}))
		if got != want || (err == nil) != (want != "") {
			t.Errorf("arch %v is %q, %v", given, got, err)
		}
		if err != nil && !strings.Contains(err.Error(), `the context "arch" is "x86_64": want arm64 or amd64`) {
			t.Error(err)
		}
	}
}

// Ensure that what the constructs refuse is a sentence that says which one and what to pass.
func TestBadPropsFailTheSynth(t *testing.T) {
	for _, c := range []struct {
		name     string
		settings string
		want     []string
	}{
		{"name", `{"Dev":{}}`, []string{"DigitalTwinCore Twin", `Environment is "Dev"`}},
		{"word", `{"my-aws":{}}`, []string{`Environment is "my-aws": Amazon Cognito takes no domain with "aws" in it`}},
		{"recovery", `{"dev":{"recoveryDays":36}}`, []string{"RecoveryDays is 36: want 1 to 35"}},
		{"several", `{"dev":{"logDays":8,"tokenMinutes":2}}`,
			[]string{"logs cannot be kept for 8 days", "TokenValidity is 2m0s"}},
		{"dataset", `{"dev":{"datasets":{"nosuch":{}}}}`,
			[]string{`no extractor for the dataset "nosuch"; there are`, "wagon_telemetry"}},
		{"pipeline", `{"dev":{"datasets":{"wagon_telemetry":{"batch":20000,"windowSeconds":301,"parallel":11}}}}`,
			[]string{"PipelineExtractor Pipeline", "Batch is 20000", "Window is 5m1s", "Parallel is 11"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := synthesizeWith(t, c.settings, extractors.All())
			if err == nil {
				t.Fatal("it was synthesized")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error does not say %q:\n%v", want, err)
				}
			}
		})
	}
}

// Ensure that the settings of a dataset reach its trigger and its source.
func TestPipelineSettings(t *testing.T) {
	const arn, key = "arn:aws:kinesis:eu-central-1:123456789012:stream/theirs",
		"arn:aws:kms:eu-central-1:123456789012:key/0"
	a, err := synthesizeWith(t, `{"dev":{"account":"123456789012","region":"eu-central-1","onDemand":true,"datasets":{
		"wagon_telemetry":{"sourceArn":"`+arn+`","sourceKeyArn":"`+key+`","framing":"gzip","charset":"windows-1252","batch":1000,"windowSeconds":5,"parallel":3,"paused":true}}}}`,
		extractors.All())
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Stacks) != 2 {
		t.Errorf("%d stacks, want the core's and one dataset's", len(a.Stacks))
	}
	m := a.one(t, "dev", "Pipeline/Extract/Trigger")
	for name, want := range map[string]any{
		"BatchSize": 1000.0, "MaximumBatchingWindowInSeconds": 5.0, "ParallelizationFactor": 3.0, "Enabled": false,
		"EventSourceArn": arn,
	} {
		if got := m.Get(name); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	for name, want := range map[string]string{"TWIN_FRAMING": "gzip", "TWIN_CHARSET": "windows-1252"} {
		if got := a.one(t, "dev", "Pipeline/Extract/Function").Text("Environment", "Variables", name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	policy := a.one(t, "dev", "Pipeline/Extract/Policy").Text("PolicyDocument")
	if !strings.Contains(policy, arn) || !strings.Contains(policy, key) {
		t.Errorf("the role cannot read the stream or decrypt it: %s", policy)
	}
	if a.one(t, "dev", "Twin/Stream").Text("StreamModeDetails", "StreamMode") != "ON_DEMAND" {
		t.Error("the twin stream is not on demand")
	}
}

// Ensure that a mistake in an SQL file fails the synth with file, line and column, and that several files
// are all reported.
func TestBadSQLFailsTheSynth(t *testing.T) {
	_, err := synthesizeWith(t, `{"dev":{}}`, []extractors.Extractor{
		{Name: "one", SQL: []byte("CREATE TABLE t (a STRIN) WITH ('format' = 'json');\n")},
		{Name: "two", SQL: []byte("SELEC")},
	})
	if err == nil {
		t.Fatal("it was synthesized")
	}
	for _, want := range []string{"one.sql:1:19: ", "two.sql:1:1: ", "^"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q:\n%v", want, err)
		}
	}
}

// custom are settings with one alarm of these settings, and a description.
func custom(alarm string) string {
	return `{"dev":{"datasets":{"hsl_hfp":{}},"alarms":{"custom":{"A":{` + alarm + `,"description":"Look."}}}}}`
}
