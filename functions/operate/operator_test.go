package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/railtwin/digitaltwin/internal/emulator"
	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/operate"
	"github.com/railtwin/digitaltwin/internal/rejects"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// account is the function with a table of the emulator, a bucket, a stream and AWS Lambda in memory.
type account struct {
	*testing.T
	*operator
	bucket  *memory
	table   *dynamo.Store
	queue   [][]byte        // events of the function that calls itself
	enabled map[string]bool // triggers
	put     []twin.Change   // changes on the twin stream
	fault   func(action string) error
}

const sql = `SET 'twin.interval' = '10 s';
CREATE TABLE wagons (id STRING, speed DOUBLE, sentAt TIMESTAMP_LTZ(3))
WITH ('format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601', 'json.ignore-parse-errors' = 'true');
INSERT INTO digitaltwin SELECT CONCAT('wagon:', id), 'speed', JSON_STRING(speed), 'km/h', sentAt FROM wagons;`

const function = "arn:aws:lambda:eu-central-1:123456789012:function:extract-wagons"

// newAccount returns an account whose operators may operate some datasets, or all without any.
func newAccount(t *testing.T, operate ...string) *account {
	return newAccountWith(t, func(p *parts) {
		if len(operate) > 0 {
			p.grants = granted(operate)
		}
	})
}

// newAccountWith returns an account with changed parts.
func newAccountWith(t *testing.T, change func(*parts)) *account {
	client := emulator.Client(emulator.DynamoDB(t))
	table := fmt.Sprint("twin-", strings.ReplaceAll(t.Name(), "/", "-"))
	if err := dynamo.CreateTable(t.Context(), client, table); err != nil {
		t.Fatal(err)
	}
	a := &account{T: t, bucket: newMemory(), table: dynamo.New(client, table, &dynamo.Options{ForgetWait: -1}),
		enabled: map[string]bool{"m1": true, "m2": true},
		fault:   func(string) error { return nil }}
	program, err := extract.Compile("wagons.sql", []byte(sql))
	if err != nil {
		t.Fatal(err)
	}
	pipeline, err := json.Marshal(wiring.Pipeline{SQL: wiring.PackSQL([]byte(sql)), Framing: wiring.Plain,
		Functions: []string{function},
		Sources:   map[string]string{"wagons": "arn:aws:kinesis:eu-central-1:123456789012:stream/wagons"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.table.PutDataset(t.Context(), program.Dataset()); err != nil {
		t.Fatal(err)
	}
	if err := a.table.Pipelines().Set(t.Context(), "wagons", pipeline); err != nil {
		t.Fatal(err)
	}
	state, err := a.table.BeginUpgrade(t.Context(), true) // so that something can be forgotten
	state.NotBefore = time.Time{}
	if err == nil {
		err = a.table.Upgrade(t.Context(), &state)
	}
	if err != nil {
		t.Fatal(err)
	}
	services := parts{table: a.table, s3: a.bucket, sink: a, lambda: a, now: time.Now, metrics: io.Discard}
	change(&services)
	settings := wiring.Operate{Environment: "test", Rejects: "rejects", StreamARN: twinStream}
	a.operator = newOperator(services, settings, "operate", time.Hour)
	return a
}

func (a *account) PutRecords(_ context.Context, records []stream.Record) ([]error, error) {
	if err := a.fault("PutRecords"); err != nil {
		return nil, err
	}
	for _, r := range records {
		changes, bad := stream.Decode(r.Data, nil)
		if len(bad) > 0 {
			a.Errorf("%d bad changes", len(bad))
		}
		a.put = append(a.put, changes...)
	}
	return make([]error, len(records)), nil
}

func (a *account) Invoke(_ context.Context, in *lambda.InvokeInput, _ ...func(*lambda.Options)) (*lambda.InvokeOutput,
	error) {
	if *in.FunctionName != "operate" || in.InvocationType != types.InvocationTypeEvent {
		a.Errorf("calls %s, %s", *in.FunctionName, in.InvocationType)
	}
	if err := a.fault("Invoke"); err != nil {
		return nil, err
	}
	a.queue = append(a.queue, in.Payload)
	return &lambda.InvokeOutput{}, nil
}

func (a *account) ListEventSourceMappings(context.Context, *lambda.ListEventSourceMappingsInput,
	...func(*lambda.Options)) (*lambda.ListEventSourceMappingsOutput, error) {
	of := map[string]string{"m1": function + ":start-latest",
		"m2": "arn:aws:lambda:eu-central-1:123456789012:function:apply"}
	out := &lambda.ListEventSourceMappingsOutput{}
	for _, id := range slices.Sorted(maps.Keys(of)) {
		out.EventSourceMappings = append(out.EventSourceMappings,
			types.EventSourceMappingConfiguration{UUID: aws.String(id), FunctionArn: aws.String(of[id])})
	}
	return out, a.fault("ListEventSourceMappings")
}

func (a *account) UpdateEventSourceMapping(_ context.Context, in *lambda.UpdateEventSourceMappingInput,
	_ ...func(*lambda.Options)) (*lambda.UpdateEventSourceMappingOutput, error) {
	a.enabled[*in.UUID] = *in.Enabled
	return &lambda.UpdateEventSourceMappingOutput{}, a.fault("UpdateEventSourceMapping")
}

var operatorClaims = map[string]any{"token_use": "access", "client_id": "ops", "sub": "ops",
	"scope": "twin/read twin/operate"}

// call sends a request as API Gateway hands it over, with the claims of a token.
func (a *account) call(claims map[string]any, method, resource, path, body string,
	change func(*events.APIGatewayProxyRequest)) events.APIGatewayProxyResponse {
	a.Helper()
	e := events.APIGatewayProxyRequest{HTTPMethod: method, Resource: resource, Path: path, Body: body}
	if claims != nil {
		e.RequestContext.Authorizer = map[string]any{"claims": claims}
	}
	if change != nil {
		change(&e)
	}
	payload, err := json.Marshal(e)
	if err != nil {
		a.Fatal(err)
	}
	answer, err := a.operator.Invoke(a.Context(), payload)
	if err != nil {
		a.Fatal(err)
	}
	var r events.APIGatewayProxyResponse
	if err := json.Unmarshal(answer, &r); err != nil {
		a.Fatal(err)
	}
	return r
}

// run asks for a run and works on it until it has ended.
func (a *account) run(request string) *operate.Run {
	a.Helper()
	r := a.call(operatorClaims, "POST", "/v1/operations", "/v1/operations", request, nil)
	if r.StatusCode != http.StatusAccepted {
		a.Fatalf("%s: %d %s", request, r.StatusCode, r.Body)
	}
	var run operate.Run
	if err := json.Unmarshal([]byte(r.Body), &run); err != nil {
		a.Fatal(err)
	}
	for n := 0; len(a.queue) > 0; n++ {
		event := a.queue[0]
		a.queue = a.queue[1:]
		ctx, cancel := context.WithTimeout(a.Context(), time.Minute)
		if _, err := a.operator.Invoke(ctx, event); err != nil {
			a.Logf("%s: %v", event, err)
			a.queue = append(a.queue, event) // as AWS Lambda does
		}
		cancel()
		if n > 100 {
			a.Fatal("the run does not end")
		}
	}
	return a.read(run.ID)
}

func (a *account) read(id string) *operate.Run {
	a.Helper()
	r := a.call(operatorClaims, "GET", "/v1/operations/{run}", "/v1/operations/"+id, "", nil)
	var run operate.Run
	if err := json.Unmarshal([]byte(r.Body), &run); err != nil || r.StatusCode != http.StatusOK {
		a.Fatalf("%d %s, %v", r.StatusCode, r.Body, err)
	}
	return &run
}

// keepRejects keeps source records as rejects of today.
func (a *account) keepRejects(records ...string) (name string) {
	var list []twin.Reject
	for i, text := range records {
		r := twin.Reject{Kind: twin.KindRecord, Dataset: "wagons", Payload: []byte(text),
			ReceivedAt: twin.MillisOf(time.Now().Add(-time.Minute)),
			Position:   twin.Position{Stream: "wagons", Shard: "shardId-000000000000", Sequence: fmt.Sprint(i + 1)}}
		r.Note(twin.Problem{Reason: twin.Unreadable, Detail: "no", Column: "speed", Offset: -1})
		list = append(list, r)
	}
	file := rejects.Encode(list)
	name = rejects.Key(rejects.ExtractFolder("wagons"),
		rejects.Origin{Position: list[0].Position, ArrivedAt: list[0].ReceivedAt}, file)
	a.bucket.objects[name] = &kept{data: file.Data, tags: map[string]string{}}
	return name
}

func record(id string, speed float64) string {
	return fmt.Sprintf(`{"id":%q,"speed":%g,"sentAt":%q}`, id, speed, time.Now().UTC().Format("2006-01-02T15:04:05.000Z"))
}

// Ensure that rejects are replayed through the SQL that was deployed, with their own arrival and position, after faults
// of the stream and lost calls of the function, and that the log says who has done what, without a payload.
func TestReplay(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewJSONHandler(&log, nil)))
	defer slog.SetDefault(before)
	a := newAccount(t)
	name := a.keepRejects(record("1", 80), record("2", 81))
	const batch = "aws/lambda/m1/shardId-000000000000/2026/11/29/x"
	a.bucket.objects[strings.Replace(batch, "2026/11/29", time.Now().UTC().Format("2006/01/02"), 1)] = &kept{
		data: batchFile(t, function, "arn:aws:kinesis:eu-central-1:123456789012:stream/wagons", true,
			[]byte(record("3", 82))),
	}
	dry := a.run(`{"kind":"replay","dataset":"wagons","from":"2020-01-01T00:00:00Z"}`)
	if dry.State != operate.Done || dry.Counts.Passed < 2 || len(a.put) != 0 {
		t.Fatalf("a dry run: %+v, %d changes were put", dry, len(a.put))
	}
	faults := 1
	a.fault = func(action string) error {
		if action == "PutRecords" && faults > 0 {
			faults--
			return fmt.Errorf("throttled")
		}
		return nil
	}
	run := a.run(`{"kind":"replay","dataset":"wagons","from":"2020-01-01T00:00:00Z","dryRun":false,"rate":10000}`)
	if run.State != operate.Done || run.Counts.Passed != 3 || run.Counts.Changes != 3 || run.Extractor == "" {
		t.Fatalf("%+v", run)
	}
	components := map[string]bool{}
	for _, c := range a.put {
		components[c.Component] = true
		if c.Position.Stream != "wagons" || c.ReceivedAt == 0 {
			t.Errorf("%+v", c)
		}
	}
	if !maps.Equal(components, map[string]bool{"wagon:1": true, "wagon:2": true, "wagon:3": true}) ||
		a.bucket.objects[name].tags[tagReplayed] != run.ID {
		t.Errorf("%v were put; the file has the tags %v", components, a.bucket.objects[name].tags)
	}
	if n := strings.Count(log.String(), `"msg":"audit"`); n < 4 || !strings.Contains(log.String(), `"by":"ops"`) ||
		strings.Contains(log.String(), "sentAt") {
		t.Errorf("the log is %s", &log)
	}
}

// Ensure that pausing stops the triggers of the dataset and of no other, that the catalogue says so, and that one that
// has no trigger is refused.
func TestPause(t *testing.T) {
	a := newAccount(t)
	paused := func() twin.Millis {
		datasets, err := a.table.Datasets(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return datasets[0].Paused
	}
	if run := a.run(`{"kind":"pause","dataset":"wagons"}`); run.State != operate.Done || !a.enabled["m1"] {
		t.Fatalf("a dry run: %+v, %v", run, a.enabled)
	}
	if run := a.run(`{"kind":"pause","dataset":"wagons","dryRun":false}`); run.State != operate.Done || a.enabled["m1"] ||
		!a.enabled["m2"] || paused() == 0 {
		t.Errorf("%+v, %v, %v", run, a.enabled, paused())
	}
	if run := a.run(`{"kind":"resume","dataset":"wagons","dryRun":false}`); run.State != operate.Done ||
		!a.enabled["m1"] || paused() != 0 {
		t.Errorf("%+v, %v, %v", run, a.enabled, paused())
	}
	if err := a.table.Pipelines().Set(t.Context(), "wagons", []byte(`{}`)); err != nil {
		t.Fatal(err)
	}
	if run := a.run(`{"kind":"pause","dataset":"wagons","dryRun":false}`); run.State != operate.Failed ||
		!strings.HasPrefix(run.Error, "wagons has no trigger") || paused() != 0 {
		t.Errorf("%+v, %v", run, paused())
	}
}

// Ensure that a run that calls the function again and again stops in the end, that two that work on the same run do it
// once, and that a call that is lost is made up for by whoever looks.
func TestNoEndlessCalls(t *testing.T) {
	a := newAccount(t)
	a.step = func(context.Context, string, time.Time) (bool, error) { return true, nil }
	calls := 0
	for a.queue = [][]byte{[]byte(`{"run":"r"}`)}; len(a.queue) > 0; calls++ {
		event := a.queue[0]
		a.queue = nil
		if _, err := a.operator.Invoke(t.Context(), event); err != nil {
			t.Fatal(err)
		}
	}
	if calls != maxCalls {
		t.Errorf("%d calls", calls)
	}
}

// Ensure that a forget goes through the function, waits and all, and leaves nothing of the component.
func TestForget(t *testing.T) {
	a := newAccount(t)
	run := a.run(`{"kind":"forget","component":"wagon:1","dryRun":false}`)
	if run.State != operate.Done || run.Counts.Components != 1 {
		t.Errorf("%+v", run)
	}
}
