package test

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/emulator"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	"github.com/railtwin/digitaltwin/internal/wiring"
	"github.com/railtwin/digitaltwin/test/lambda"
)

// Ensure that the binaries that are deployed start from the variables that the constructs write, and that the
// whole way holds through them: catalogue, extract, apply, query.
func TestBinariesFromRecordToReading(t *testing.T) {
	dir := functionsThatRun(t)
	dynamodb := emulator.DynamoDB(t)
	if err := dynamo.CreateTable(context.Background(), emulator.Client(dynamodb), "twin"); err != nil {
		t.Fatal(err)
	}
	aws := lambda.NewAWS(t, dynamodb)
	start := func(folder string, env map[string]string) func([]byte) string {
		maps.Copy(env, wiring.AWS{Region: "eu-central-1", AccessKeyID: "a", SecretAccessKey: "b", EndpointURL: aws.URL}.Env())
		f := lambda.New(t, filepath.Join(dir, folder), env)
		return func(event []byte) string {
			answer, err := f.Invoke(event)
			if err != nil {
				t.Fatalf("%s: %v\n%s", folder, err, f.Output())
			}
			return string(answer)
		}
	}

	extract := start("extract", wiring.Extract{
		Sources: wiring.NewSources(map[string]string{
			"wagon_telemetry": "arn:aws:kinesis:eu-central-1:123456789012:stream/wagons",
		}),
		Environment: "test", Dataset: "wagon_telemetry", Framing: wiring.Plain, StreamARN: aws.Twin.ARN, Rejects: "rejects",
	}.Env())
	recorded, err := os.ReadFile("../functions/extract/testdata/wagons.json")
	if err != nil {
		t.Fatal(err)
	}
	if got := extract(recorded); got != `{"batchItemFailures":[]}` {
		t.Fatalf("extract answers %s", got)
	}

	apply := start("apply", wiring.Apply{Environment: "test", Table: "twin", Rejects: "rejects"}.Env())
	records := aws.Twin.Records(0, 0, 100)
	if len(records) == 0 {
		t.Fatal("nothing was put into the twin stream")
	}
	if got := apply(aws.Twin.Event(records)); got != `{"batchItemFailures":[]}` {
		t.Fatalf("apply answers %s", got)
	}

	// The catalogue says which datasets there are; its answer goes to CloudFormation.
	catalogue := start("catalogue", wiring.Catalogue{Table: "twin"}.Env())
	entry := &map[string]interface{}{wiring.DatasetProperty: `{"Name":"wagon_telemetry"}`}
	if got := cloudFormationHears(t, "Create", "", entry, func(event []byte) { catalogue(event) }); !strings.Contains(got,
		`"Status":"SUCCESS"`) || !strings.Contains(got, `"PhysicalResourceId":"dataset/wagon_telemetry"`) {
		t.Fatalf("CloudFormation hears %s", got)
	}

	rules := `{"grants": [{"who": "client:machine", "read": {"datasets": "wagon_telemetry"}}]}`
	if err := os.WriteFile(filepath.Join(dir, "query", wiring.RulesFile), []byte(rules), 0o644); err != nil {
		t.Fatal(err)
	}
	query := start("query", wiring.Query{Clients: wiring.NewIDs(map[string]string{"machine": "7c5"}), Table: "twin",
		Issuer: "https://example.com", TokenURL: "https://example.com/token", Scope: "twin/read"}.Env())
	got := query([]byte(`{"httpMethod":"GET","resource":"/v1/components/{component}/metrics/{metric}","path":"/v1/components/wagon:31-83-5375-707-9/metrics/speed",
		"requestContext":{"authorizer":{"claims":{"sub":"7c5","client_id":"7c5","token_use":"access","scope":"twin/read"}}}}`))
	if !strings.Contains(got, `"statusCode":200`) || !strings.Contains(got, `\"value\":82.4`) {
		t.Errorf("query answers %s", got)
	}
}
