package test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/constructs"
	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

var environments = []string{"dev", "prod"}

// Ensure that nothing is noticed about the app that a person would have to read at every synth.
func TestNoWarnings(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(everything(t).dir, "*.metadata.json"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != len(everything(t).stacks) {
		t.Fatalf("%d files of annotations for %d stacks", len(files), len(everything(t).stacks))
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var metadata map[string][]struct {
			Type string
			Data any
		}
		if err := json.Unmarshal(b, &metadata); err != nil {
			t.Fatal(err)
		}
		if len(metadata) == 0 {
			t.Errorf("%s is empty", file)
		}
		for path, entries := range metadata {
			for _, e := range entries {
				if e.Type == "aws:cdk:warning" || e.Type == "aws:cdk:error" {
					t.Errorf("%s: %v", path, e.Data)
				}
			}
		}
	}
}

// datasets are what cdk.json deploys in an environment.
func datasets(t *testing.T, environment string) []string {
	t.Helper()
	settings, err := constructs.ParseSettings(contextOfApp()["environments"], environment)
	if err != nil {
		t.Fatal(err)
	}
	if len(settings[0].Datasets) == 0 {
		t.Fatalf("%s has no datasets", environment)
	}
	return slices.Sorted(maps.Keys(settings[0].Datasets))
}

// Ensure that an environment is one core stack and one stack for every dataset.
func TestStacks(t *testing.T) {
	a := theApp(t)
	var want, got []string
	for _, e := range environments {
		want = append(want, "DigitalTwin-"+e)
		for _, dataset := range datasets(t, e) {
			want = append(want, "DigitalTwin-"+e+"-"+strings.ReplaceAll(dataset, "_", "-"))
		}
	}
	for _, s := range a.stacks {
		got = append(got, s.name)
	}
	checkSizes(t, everything(t))
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("stacks %v\nwant   %v", got, want)
	}
}

// Ensure that an environment of 40 datasets is synthesized, with one stack for each: a dataset more makes no
// other stack greater.
func TestFortyDatasets(t *testing.T) {
	real := extractors.OnGo()
	var all []extractors.Extractor
	for i := range 40 {
		all = append(all, extractors.Extractor{Name: fmt.Sprintf("dataset_%02d", i), SQL: real[i%len(real)].SQL})
	}
	a, err := synthesizeWith(t, `{"big":{"removal":"destroy"}}`, all) // as dev is
	if err != nil {
		t.Fatal(err)
	}
	if len(a.stacks) != 41 {
		t.Errorf("%d stacks, want the core's and 40", len(a.stacks))
	}
	core := len(a.one(t, "big", "Twin/Table").stack.Resources)
	if few := len(theApp(t).one(t, "dev", "Twin/Table").stack.Resources); core != few {
		t.Errorf("the core has %d resources, and %d in dev with %d datasets", core, few, len(datasets(t, "dev")))
	}
	checkSizes(t, a)
}

// checkSizes ensures that stacks are far from the 500 resources at which CloudFormation stops.
func checkSizes(t *testing.T, a *app) {
	t.Helper()
	for _, s := range a.stacks {
		if n := len(s.Resources); n == 0 || n > 200 {
			t.Errorf("%s has %d resources", s.name, n)
		}
	}
}

// Ensure that every trigger does what DESIGN 8 says: it asks until the records are 20 hours old, narrows a
// failing batch down, takes partial failures, and keeps what it gave up on with its payload in the bucket.
func TestTriggersLoseNothing(t *testing.T) {
	triggers := theApp(t).all("AWS::Lambda::EventSourceMapping")
	if want := len(environments) + len(datasets(t, "dev")) + len(datasets(t, "prod")); len(triggers) != want {
		t.Fatalf("%d triggers, want %d", len(triggers), want)
	}
	for _, m := range triggers {
		for name, want := range map[string]any{
			"MaximumRecordAgeInSeconds":  72000.0,
			"MaximumRetryAttempts":       -1.0,
			"BisectBatchOnFunctionError": true,
			"FunctionResponseTypes":      []any{"ReportBatchItemFailures"},
			"StartingPosition":           "TRIM_HORIZON",
			"Enabled":                    true,
		} {
			if got := m.get(name); !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %s is %v, want %v", m.path, name, got, want)
			}
		}
		if got := m.text("DestinationConfig", "OnFailure", "Destination"); got != "${Twin/Rejects.Arn}" {
			t.Errorf("%s: given up records go to %q", m.path, got)
		}
		policy := strings.TrimSuffix(m.name(), "Trigger") + "Policy"
		if !slices.ContainsFunc(m.DependsOn, func(id string) bool { return m.stack.target(id) == policy }) {
			t.Errorf("%s does not wait for its policy, but for %v", m.path, m.DependsOn)
		}
	}
	for _, s := range theApp(t).all("AWS::Kinesis::Stream") {
		if s.get("RetentionPeriodHours") != 24.0 {
			t.Errorf("%s keeps records for %v hours; triggers try for 20", s.path, s.get("RetentionPeriodHours"))
		}
	}
}

// Ensure that a dataset's first record finds its policies in the catalogue.
func TestTriggersWaitForTheCatalogue(t *testing.T) {
	for _, m := range theApp(t).all("AWS::Lambda::EventSourceMapping") {
		if strings.HasPrefix(m.name(), "Twin/") {
			continue
		}
		if !slices.ContainsFunc(m.DependsOn, func(id string) bool {
			r, ok := m.stack.Resources[id]
			return ok && r.Type == "Custom::DigitalTwinDataset"
		}) {
			t.Errorf("%s depends on %v", m.path, m.DependsOn)
		}
	}
}

// Ensure that every method but GET /v1/health asks for a token with the scope that reads, that the methods
// are the routes, and that all of them check what they are given.
func TestEveryMethodIsAuthorised(t *testing.T) {
	for _, e := range environments {
		var got []string
		for _, m := range theApp(t).all("AWS::ApiGateway::Method") {
			if m.stack.Environment != e {
				continue
			}
			path, _, _ := strings.Cut(strings.TrimPrefix(m.name(), "Twin/Api/Default"), "/"+m.text("HttpMethod"))
			got = append(got, m.text("HttpMethod")+" "+path)
			if m.text("RequestValidatorId") != "${Twin/Api/Validator}" {
				t.Errorf("%s checks nothing", m.path)
			}
			if path == "/v1/health" {
				if m.text("AuthorizationType") != "NONE" {
					t.Errorf("%s is %s; a health check has no token", m.path, m.text("AuthorizationType"))
				}
				continue
			}
			if m.text("AuthorizationType") != "COGNITO_USER_POOLS" || m.text("AuthorizerId") != "${Twin/Authorizer}" {
				t.Errorf("%s is authorised by %s %s", m.path, m.text("AuthorizationType"), m.text("AuthorizerId"))
			}
			if scopes := m.text("AuthorizationScopes"); scopes != "twin/read" && scopes != "${Twin/Users/ResourceServer}/read" {
				t.Errorf("%s asks for the scopes %q", m.path, scopes)
			}
		}
		var want []string
		for _, r := range constructs.Routes {
			for _, method := range r.Methods() {
				want = append(want, method+" "+r.Path)
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: methods %v\nwant %v", e, got, want)
		}
	}
}

// Ensure that API Gateway lets through what the OpenAPI document describes, and nothing else.
func TestRoutesAreTheDocumented(t *testing.T) {
	b, err := os.ReadFile("../internal/api/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Paths map[string]map[string]any
	}
	if err := json.Unmarshal(b, &document); err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for path, methods := range document.Paths {
		for method := range methods {
			if method != "parameters" {
				want = append(want, strings.ToUpper(method)+" "+path)
			}
		}
	}
	for _, r := range constructs.Routes {
		got = append(got, r.Method+" "+r.Path)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("routes %v\ndocumented %v", got, want)
	}
}

// Ensure that the authorizer asks the pool that the machine client is of, and that this client can get
// tokens of the one scope only, by its secret only, which is in no template.
func TestMachineClient(t *testing.T) {
	for _, e := range environments {
		a := theApp(t)
		if got := a.one(t, e, "Twin/Authorizer").text("ProviderARNs"); got != "${Twin/Users.Arn}" {
			t.Errorf("the authorizer asks %s", got)
		}
		c := a.one(t, e, "Twin/Users/Machine")
		for name, want := range map[string]string{
			"UserPoolId": "${Twin/Users}", "GenerateSecret": "true", "AllowedOAuthFlows": "client_credentials",
			"AllowedOAuthScopes": "${Twin/Users/ResourceServer}/read", "AllowedOAuthFlowsUserPoolClient": "true",
		} {
			if got := c.text(name); got != want {
				t.Errorf("%s: %s is %s, want %s", c.path, name, got, want)
			}
		}
	}
}

// holdsData are the types of resources whose loss is a loss of data.
var holdsData = []string{"AWS::Kinesis::Stream", "AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::Cognito::UserPool", "AWS::KMS::Key"}

// Ensure that in prod nothing that holds data goes with its stack, and that dev is disposable.
func TestRemoval(t *testing.T) {
	want := map[string]string{"dev": "Delete", "prod": "Retain"}
	for _, kind := range append([]string{"AWS::Logs::LogGroup"}, holdsData...) {
		for _, r := range theApp(t).all(kind) {
			if r.DeletionPolicy != want[r.stack.Environment] {
				t.Errorf("%s is %s when its stack is deleted, want %s", r.path, r.DeletionPolicy, want[r.stack.Environment])
			}
		}
	}
	table, pool := theApp(t).one(t, "prod", "Twin/Table"), theApp(t).one(t, "prod", "Twin/Users")
	if table.get("DeletionProtectionEnabled") != true || pool.text("DeletionProtection") != "ACTIVE" {
		t.Error("the table or the users of prod can be deleted")
	}
	if table.get("PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled") != true {
		t.Error("the table of prod has no point-in-time recovery")
	}
}

// Ensure that nothing that holds data has a name of its own: it could not be replaced, nor be there twice.
func TestNoPhysicalNames(t *testing.T) {
	names := []string{"Name", "TableName", "BucketName", "UserPoolName", "FunctionName", "RoleName", "LogGroupName", "StreamName", "DashboardName"}
	for _, s := range theApp(t).stacks {
		for _, r := range s.Resources {
			switch r.Type {
			case "AWS::Lambda::EventSourceMapping", "AWS::Lambda::Permission": // FunctionName is a reference
				continue
			case "AWS::ApiGateway::RestApi", "AWS::ApiGateway::Authorizer", "AWS::Cognito::UserPoolResourceServer":
				continue // required, or a title
			}
			for _, name := range names {
				// What names a log group by the API's id is as unique as that.
				if v := r.text(name); v != "" && !(r.Type == "AWS::Logs::LogGroup" && strings.Contains(v, "${Twin/Api}")) {
					t.Errorf("%s has the name %s", r.path, v)
				}
			}
		}
	}
}

// Ensure that environments do not meet in one account: what must be named differs by the environment's name.
func TestEnvironmentsDoNotMeet(t *testing.T) {
	a := everything(t)
	for kind, name := range map[string]string{"AWS::Cognito::UserPoolDomain": "Domain", "AWS::ApiGateway::RestApi": "Name"} {
		names := map[string]string{}
		for _, r := range a.all(kind) {
			v := r.text(name)
			if other := names[v]; other != "" || v == "" {
				t.Errorf("%s and %s are both named %q", r.path, other, v)
			}
			names[v] = r.path
		}
		if len(names) != len(environments)+len(environmentsOfTests()) {
			t.Errorf("%d of %s, want one in each environment", len(names), kind)
		}
	}
	for e, want := range map[string]int{"dev": 1, "prod": 1, "demand": 1, "sources": 1, "full": 0} { // full shares it
		accounts := a.in(e, "AWS::ApiGateway::Account")
		if len(accounts) != want {
			t.Errorf("%s sets the account's role %d times, want %d", e, len(accounts), want)
		}
		for _, r := range accounts {
			if role := a.one(t, e, "Twin/ApiLogsRole"); r.DeletionPolicy != "Retain" || role.DeletionPolicy != "Retain" {
				t.Errorf("%s would take the logs of other environments with it", r.path)
			}
		}
	}
}

// Ensure that the keys let the role deploy that deploys, whatever the bootstrap was.
func TestKeysKnowTheDeployment(t *testing.T) {
	deployers := map[string]string{
		"dev": "/cdk-hnb659fds-cfn-exec-role-", "prod": "/cdk-hnb659fds-cfn-exec-role-", "demand": "/cdk-twins-cfn-exec-role-", "full": ":role/ci/deployer",
		"sources": "/cdk-hnb659fds-cfn-exec-role-",
	}
	found := 0
	for _, s := range everything(t).statements() {
		if s.owner.Type != "AWS::KMS::Key" || !strings.HasPrefix(s.sid, "Deployments") {
			continue
		}
		found++
		if when := strings.Join(s.when, "\n"); !strings.Contains(when, deployers[s.owner.stack.Environment]) {
			t.Errorf("%s: %s lets another role deploy:\n%s", s.owner.path, s.sid, s)
		}
	}
	if found < 12 {
		t.Errorf("only %d statements let a deployment work", found)
	}
}

// Ensure that the qualifier of an app's context, which is where the CDK itself looks for it, is the keys' too.
func TestKeysKnowTheQualifierOfTheContext(t *testing.T) {
	context := contextOfApp()
	context["@aws-cdk/core:bootstrapQualifier"] = "other"
	context["environments"] = map[string]any{"dev": map[string]any{"datasets": map[string]any{}}}
	needNode(t)
	a, err := synthesize(t.TempDir(), context, extractors.All())
	if err != nil {
		t.Fatal(err)
	}
	if policy := a.one(t, "dev", "Twin/ChangesKey").text("KeyPolicy"); !strings.Contains(policy, "role/cdk-other-cfn-exec-role-") {
		t.Errorf("the key lets somebody else deploy: %s", policy)
	}
}

// Ensure that a disposable environment goes as a whole: the bucket is emptied when nothing writes into it any more,
// and only where it has the tag for it.
func TestDisposableBucket(t *testing.T) {
	a := everything(t)
	for _, e := range []string{"dev", "demand"} {
		emptied := a.one(t, e, "Twin/RejectsEmptied/Default")
		if emptied.text("Bucket") != "${Twin/Rejects}" || emptied.text("ServiceToken") != "${Twin/Empty/Function.Arn}" {
			t.Errorf("%s: %v", emptied.path, emptied.Properties)
		}
		for _, later := range []string{"Twin/Empty/Policy", "Twin/Rejects/Policy"} { // is deleted after it
			if !slices.ContainsFunc(emptied.DependsOn, func(id string) bool { return emptied.stack.target(id) == later }) {
				t.Errorf("%s does not depend on %s", emptied.path, later)
			}
		}
		if trigger := a.one(t, e, "Twin/Apply/Trigger"); !slices.Contains(trigger.DependsOn, emptied.id) {
			t.Errorf("%s would still write rejects", trigger.path)
		}
	}
	for _, b := range a.all("AWS::S3::Bucket") {
		disposable := b.DeletionPolicy == "Delete"
		if tagged := strings.Contains(b.text("Tags"), `{"Key":"`+wiring.EmptyTag+`","Value":"true"}`); tagged != disposable {
			t.Errorf("%s: tagged to be emptied: %t, disposable: %t", b.path, tagged, disposable)
		}
	}
	for _, e := range []string{"prod", "full"} {
		if len(a.in(e, "Custom::DigitalTwinEmptyBucket")) > 0 {
			t.Errorf("%s would be emptied", e)
		}
	}
}

// Ensure that everything is encrypted with the key of its kind of data, and that keys rotate.
func TestEncryption(t *testing.T) {
	a := theApp(t)
	for _, e := range environments {
		for name, want := range map[[2]string]string{
			{"Twin/Stream", "StreamEncryption/KeyId"}:          "${Twin/ChangesKey.Arn}",
			{"Twin/Stream", "StreamEncryption/EncryptionType"}: "KMS",
			{"Twin/Table", "SSESpecification/KMSMasterKeyId"}:  "${Twin/ReadingsKey.Arn}",
			{"Twin/Table", "SSESpecification/SSEType"}:         "KMS",
			{"Pipeline/Source", "StreamEncryption/KeyId"}:      "${Pipeline/SourceKey.Arn}",
		} {
			if got := a.one(t, e, name[0]).text(strings.Split(name[1], "/")...); got != want {
				t.Errorf("%s %s: %s is %q, want %q", e, name[0], name[1], got, want)
			}
		}
		rules, _ := a.one(t, e, "Twin/Rejects").get("BucketEncryption", "ServerSideEncryptionConfiguration").([]any)
		if len(rules) != 1 || !strings.Contains(a.stacks[0].text(rules[0]), "aws:kms") {
			t.Errorf("%s: the bucket is encrypted by %v", e, rules)
		}
	}
	for _, g := range a.all("AWS::Logs::LogGroup") {
		if g.text("KmsKeyId") != "${Twin/LogsKey.Arn}" || g.get("RetentionInDays") == nil {
			t.Errorf("%s has the key %q and is kept for %v days", g.path, g.text("KmsKeyId"), g.get("RetentionInDays"))
		}
	}
	for _, k := range a.all("AWS::KMS::Key") {
		if k.get("EnableKeyRotation") != true {
			t.Errorf("%s does not rotate", k.path)
		}
	}
}

// Ensure that rejects are nobody else's to see, and gone after the days in cdk.json.
func TestRejectsBucket(t *testing.T) {
	for _, b := range theApp(t).all("AWS::S3::Bucket") {
		for _, block := range []string{"BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"} {
			if b.get("PublicAccessBlockConfiguration", block) != true {
				t.Errorf("%s: %s is not set", b.path, block)
			}
		}
		rules, _ := b.get("LifecycleConfiguration", "Rules").([]any)
		if len(rules) != 1 || rules[0].(map[string]any)["ExpirationInDays"] != map[string]float64{"dev": 7, "prod": 30}[b.stack.Environment] || rules[0].(map[string]any)["Status"] != "Enabled" {
			t.Errorf("%s keeps objects by %v", b.path, rules)
		}
	}
}

// Ensure that every function gets exactly the variables that it reads, for today's processors and runtime.
func TestFunctionsAreWired(t *testing.T) {
	want := map[string]map[string]string{
		"Twin/Apply": wiring.Apply{}.Env(), "Twin/Query": wiring.Query{}.Env(),
		"Twin/Catalogue": wiring.Catalogue{}.Env(), "Pipeline/Extract": wiring.Extract{}.Env(),
		"Twin/Credentials": {}, "Twin/Empty": {}, // which are told everything by their custom resources
	}
	seen := map[string]bool{}
	for _, f := range theApp(t).all("AWS::Lambda::Function") {
		name := strings.TrimSuffix(f.name(), "/Function")
		seen[name] = true
		variables, _ := f.get("Environment", "Variables").(map[string]any)
		got := slices.Sorted(maps.Keys(variables))
		if w := slices.Sorted(maps.Keys(want[name])); !slices.Equal(got, w) {
			t.Errorf("%s has the variables %v, reads %v", f.path, got, w)
		}
		for variable := range variables {
			if f.text("Environment", "Variables", variable) == "" {
				t.Errorf("%s: %s is empty", f.path, variable)
			}
		}
		if f.text("Runtime") != "provided.al2023" || f.text("Architectures") != "arm64" || f.text("Handler") != "bootstrap" {
			t.Errorf("%s runs %s on %s by %s", f.path, f.text("Runtime"), f.text("Architectures"), f.text("Handler"))
		}
		if got := f.text("LoggingConfig", "LogGroup"); got != "${"+name+"/Logs}" {
			t.Errorf("%s logs to %s", f.path, got)
		}
	}
	if len(seen) != len(want) {
		t.Errorf("functions %v, want %v", seen, slices.Sorted(maps.Keys(want)))
	}
}

// Ensure that the stage writes access and error logs without readings or tokens, and refuses a flood.
func TestStage(t *testing.T) {
	for _, s := range theApp(t).all("AWS::ApiGateway::Stage") {
		if s.text("AccessLogSetting", "DestinationArn") != "${Twin/AccessLogs.Arn}" {
			t.Errorf("%s logs calls to %s", s.path, s.text("AccessLogSetting", "DestinationArn"))
		}
		settings, _ := s.get("MethodSettings").([]any)
		if len(settings) != 1 {
			t.Fatalf("%s has the settings %v", s.path, settings)
		}
		m := settings[0].(map[string]any)
		if m["LoggingLevel"] != "ERROR" || m["DataTraceEnabled"] != false || m["ThrottlingRateLimit"] == nil || m["ThrottlingBurstLimit"] == nil {
			t.Errorf("%s has the settings %v", s.path, m)
		}
	}
	for _, api := range theApp(t).all("AWS::ApiGateway::RestApi") {
		if api.text("EndpointConfiguration", "Types") != "REGIONAL" {
			t.Errorf("%s is %s", api.path, api.text("EndpointConfiguration", "Types"))
		}
		if api.get("BinaryMediaTypes") != nil {
			t.Errorf("%s would hand bodies over in base64, check none of them, and fail preflights", api.path)
		}
	}
}

// Ensure that a consumer and an operator find what they need.
func TestOutputs(t *testing.T) {
	for _, s := range theApp(t).stacks {
		if strings.Count(s.name, "-") > 1 {
			continue
		}
		for _, want := range []string{"ApiUrl", "TokenUrl", "Scope", "MachineClientId", "MachineCredentials", "UserPoolId", "TableName", "RejectsBucket"} {
			found := false
			for name, o := range s.Outputs {
				found = found || strings.Contains(name, want) && s.text(o.Value) != ""
			}
			if !found {
				t.Errorf("%s has no output %s", s.name, want)
			}
		}
	}
}
