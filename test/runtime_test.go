package test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/constructs"
	"github.com/railtwin/digitaltwin/internal/emulator"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// lambdaRuntime is the runtime interface that AWS Lambda has for a function's process.
type lambdaRuntime struct {
	events  chan []byte
	answers chan string // "error " before an error
}

func (l *lambdaRuntime) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	switch path := strings.TrimPrefix(r.URL.Path, "/2018-06-01/runtime/"); {
	case path == "invocation/next":
		select {
		case event := <-l.events:
			w.Header().Set("Lambda-Runtime-Aws-Request-Id", "1")
			w.Header().Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(time.Now().Add(time.Minute).UnixMilli(), 10))
			_, _ = w.Write(event)
		case <-r.Context().Done():
		}
	case strings.HasSuffix(path, "/response"):
		w.WriteHeader(http.StatusAccepted)
		l.answers <- string(body)
	default: // invocation/1/error, init/error
		w.WriteHeader(http.StatusAccepted)
		l.answers <- "error " + string(body)
	}
}

// function starts a function's binary as AWS Lambda does and returns a way to invoke it.
func function(t *testing.T, folder string, env map[string]string) func(event []byte) string {
	t.Helper()
	l := &lambdaRuntime{events: make(chan []byte), answers: make(chan string, 1)}
	server := httptest.NewServer(l)
	var output bytes.Buffer
	cmd := exec.Command(filepath.Join(folder, "bootstrap"))
	cmd.Env = []string{"AWS_LAMBDA_RUNTIME_API=" + strings.TrimPrefix(server.URL, "http://"), "_HANDLER=bootstrap"}
	for k, v := range env {
		cmd.Env = append(cmd.Env, k+"="+v)
	}
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	exited := make(chan struct{})
	go func() {
		_ = cmd.Wait() // it is killed at the end, or the invocation says that it ended
		close(exited)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-exited
		server.CloseClientConnections()
		server.Close()
	})
	return func(event []byte) string {
		t.Helper()
		select {
		case l.events <- event:
		case <-exited:
			t.Fatalf("%s ended: %s", folder, &output)
		}
		select {
		case answer := <-l.answers:
			return answer
		case <-exited:
			t.Fatalf("%s ended: %s", folder, &output)
		}
		return ""
	}
}

// aws is an endpoint for DynamoDB, Kinesis and S3 alike: the first is the emulator, the others take what they
// are given.
func aws(t *testing.T, dynamodb string) (url string, put func() []string) {
	t.Helper()
	var records []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		target := r.Header.Get("X-Amz-Target")
		switch {
		case strings.HasPrefix(target, "Kinesis_20131202.PutRecords"):
			var in struct{ Records []struct{ Data []byte } }
			if err := json.Unmarshal(body, &in); err != nil {
				t.Error(err)
			}
			var out []string
			for _, record := range in.Records {
				records = append(records, string(record.Data))
				out = append(out, `{"SequenceNumber":"1","ShardId":"shardId-000000000000"}`)
			}
			w.Header().Set("Content-Type", "application/x-amz-json-1.1")
			fmt.Fprintf(w, `{"FailedRecordCount":0,"Records":[%s]}`, strings.Join(out, ","))
		case strings.HasPrefix(target, "DynamoDB_"):
			forward(t, w, r, dynamodb, body)
		default: // a PutObject of S3
			w.WriteHeader(http.StatusOK)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL, func() []string { return records }
}

func forward(t *testing.T, w http.ResponseWriter, r *http.Request, url string, body []byte) {
	out, err := http.NewRequestWithContext(r.Context(), r.Method, url, bytes.NewReader(body))
	if err != nil {
		t.Error(err)
		return
	}
	out.Header = r.Header.Clone()
	answer, err := http.DefaultClient.Do(out)
	if err != nil {
		t.Error(err)
		return
	}
	defer func() { _ = answer.Body.Close() }()
	for k, v := range answer.Header {
		w.Header()[k] = v
	}
	w.WriteHeader(answer.StatusCode)
	_, _ = io.Copy(w, answer.Body)
}

// Ensure that the binaries that are deployed start from the variables that the constructs write, and that the
// whole way holds through them: catalogue, extract, apply, query.
func TestBinariesFromRecordToReading(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the functions are Linux binaries")
	}
	out := t.TempDir()
	assets, err := constructs.Build(out, constructs.Architecture(runtime.GOARCH))
	if err != nil {
		t.Fatal(err)
	}
	sql, err := os.ReadFile("../extractors/wagon_telemetry.sql")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := assets.Extractor("extract", "wagon_telemetry", sql); err != nil {
		t.Fatal(err)
	}
	dynamodb := emulator.DynamoDB(t)
	if err := dynamo.CreateTable(context.Background(), emulator.Client(dynamodb), "twin"); err != nil {
		t.Fatal(err)
	}
	endpoint, records := aws(t, dynamodb)
	start := func(folder string, env map[string]string) func([]byte) string {
		for k, v := range (wiring.AWS{Region: "eu-central-1", AccessKeyID: "a", SecretAccessKey: "b", EndpointURL: endpoint}).Env() {
			env[k] = v
		}
		return function(t, filepath.Join(out, runtime.GOARCH, folder), env)
	}

	extract := start("extractors/wagon_telemetry/extract", wiring.Extract{
		Sources:     wiring.NewSources(map[string]string{"wagon_telemetry": "arn:aws:kinesis:eu-central-1:123456789012:stream/wagons"}),
		Environment: "test", Dataset: "wagon_telemetry", Framing: wiring.Plain, StreamARN: "arn:aws:kinesis:eu-central-1:123456789012:stream/twin", Rejects: "rejects",
	}.Env())
	recorded, err := os.ReadFile("../functions/extract/testdata/wagons.json")
	if err != nil {
		t.Fatal(err)
	}
	if got := extract(recorded); got != `{"batchItemFailures":[]}` {
		t.Fatalf("extract answers %s", got)
	}

	apply := start("apply", wiring.Apply{Environment: "test", Table: "twin", Rejects: "rejects"}.Env())
	if got := apply(twinEvent(t, records())); got != `{"batchItemFailures":[]}` {
		t.Fatalf("apply answers %s", got)
	}

	// The catalogue says which datasets there are; its answer goes to CloudFormation.
	answers := make(chan string, 1)
	cloudFormation := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		answers <- string(b)
	}))
	defer cloudFormation.Close()
	catalogue := start("catalogue", wiring.Catalogue{Table: "twin"}.Env())
	request, err := json.Marshal(map[string]any{
		"RequestType": "Create", "ResponseURL": cloudFormation.URL, "StackId": "s", "RequestId": "r", "LogicalResourceId": "l",
		"ResourceProperties": map[string]string{wiring.DatasetProperty: `{"Name":"wagon_telemetry"}`},
	})
	if err != nil {
		t.Fatal(err)
	}
	catalogue(request)
	if got := <-answers; !strings.Contains(got, `"Status":"SUCCESS"`) || !strings.Contains(got, `"PhysicalResourceId":"dataset/wagon_telemetry"`) {
		t.Fatalf("CloudFormation hears %s", got)
	}

	query := start("query", wiring.Query{Table: "twin", TokenURL: "https://example.com/token", Scope: "twin/read"}.Env())
	got := query([]byte(`{"httpMethod":"GET","resource":"/v1/components/{component}/metrics/{metric}","path":"/v1/components/wagon:31-83-5375-707-9/metrics/speed"}`))
	if !strings.Contains(got, `"statusCode":200`) || !strings.Contains(got, `\"value\":82.4`) {
		t.Errorf("query answers %s", got)
	}
}

// twinEvent makes the event of records of the twin stream.
func twinEvent(t *testing.T, records []string) []byte {
	t.Helper()
	var list []any
	for i, r := range records {
		list = append(list, map[string]any{
			"kinesis": map[string]any{"sequenceNumber": strconv.Itoa(i), "data": []byte(r), "approximateArrivalTimestamp": 1763962201.5},
			"eventID": "shardId-000000000000:" + strconv.Itoa(i), "eventSourceARN": "arn:aws:kinesis:eu-central-1:123456789012:stream/twin",
		})
	}
	if list == nil {
		t.Fatal("nothing was put into the twin stream")
	}
	b, err := json.Marshal(map[string]any{"Records": list})
	if err != nil {
		t.Fatal(err)
	}
	return b
}
