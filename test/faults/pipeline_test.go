package faults

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/internal/emulator"
	"github.com/railtwin/digitaltwin/internal/rejects"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	"github.com/railtwin/digitaltwin/internal/wiring"
	"github.com/railtwin/digitaltwin/test/lambda"
)

const (
	dataset = "wagon_telemetry"
	bucket  = "rejects"
)

// binaries are the functions, built for this machine once, and their folder, which outlives the first test.
var binaries = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "digitaltwin-faults-")
	if err != nil {
		return "", err
	}
	for _, name := range []string{"extract", "apply", "operate"} {
		cmd := exec.Command("go", "build", "-tags=lambda.norpc", "-o", filepath.Join(dir, name, "bootstrap"),
			"./functions/"+name)
		cmd.Dir = filepath.Join("..", "..")
		if out, err := cmd.CombinedOutput(); err != nil {
			return dir, fmt.Errorf("%s: %w\n%s", cmd, err, out)
		}
	}
	x, err := extractors.Get(dataset)
	if err != nil {
		return dir, err
	}
	rules := fmt.Sprintf(`{"grants":[{"who":"client:console","operate":{"datasets":%q}}]}`, dataset)
	return dir, errors.Join(os.WriteFile(filepath.Join(dir, "extract", wiring.SQLFile), x.SQL, 0o644),
		os.WriteFile(filepath.Join(dir, "operate", wiring.RulesFile), []byte(rules), 0o644))
})

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, _ := binaries(); dir != "" {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

// pipeline is the way of a dataset from its source stream into the table, in the functions' binaries.
type pipeline struct {
	t      *testing.T
	aws    *lambda.AWS
	client *dynamodb.Client

	source         *lambda.Stream
	arrived        int // records of the source
	extract, apply *lambda.Function
	first, second  *lambda.Mapping // of extract and of apply
	failures       []lambda.Failure
	clock          time.Time // of the mappings
}

// arrival is when the first record arrives at the source, and interval the time to the next one.
var arrival = time.Date(2026, 11, 23, 5, 31, 0, 0, time.UTC)

const interval = 10 * time.Second

// newPipeline starts a pipeline over an empty table, with mappings as the constructs make them but for the size of
// the source's batches.
func newPipeline(t *testing.T) *pipeline {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("the functions are stopped and killed by signals as Linux has them")
	}
	dir, err := binaries()
	if err != nil {
		t.Fatal(err)
	}
	url := emulator.DynamoDB(t)
	p := &pipeline{t: t, client: emulator.Client(url), aws: lambda.NewAWS(t, url), source: lambda.NewStream("wagons", 1),
		clock: arrival}
	if err := dynamo.CreateTable(t.Context(), p.client, "twin"); err != nil {
		t.Fatal(err)
	}
	p.source.Now = func() time.Time { return arrival.Add(time.Duration(p.arrived) * interval) }
	p.aws.Twin.Now = func() time.Time { return p.clock }
	p.extract = p.function(filepath.Join(dir, "extract"), wiring.Extract{
		Environment: "test", Dataset: dataset, Framing: wiring.Plain, StreamARN: p.aws.Twin.ARN, Rejects: bucket,
		Sources: wiring.NewSources(map[string]string{dataset: p.source.ARN}),
	}.Env())
	p.apply = p.function(filepath.Join(dir, "apply"),
		wiring.Apply{Environment: "test", Table: "twin", Rejects: bucket}.Env())
	p.first, p.second = p.mapping(p.extract, p.source, 60), p.mapping(p.apply, p.aws.Twin, 500)
	return p
}

func (p *pipeline) function(folder string, env map[string]string) *lambda.Function {
	for k, v := range (wiring.AWS{Region: "eu-central-1", AccessKeyID: "a", SecretAccessKey: "b",
		EndpointURL: p.aws.URL}).Env() {
		env[k] = v
	}
	f := lambda.New(p.t, folder, env)
	p.t.Cleanup(func() {
		if p.t.Failed() {
			p.t.Logf("%s said:\n%s", filepath.Base(folder), f.Output())
		}
	})
	return f
}

func (p *pipeline) mapping(f *lambda.Function, s *lambda.Stream, batch int) *lambda.Mapping {
	m := lambda.Deployed(s, f.Invoke)
	m.Batch = batch
	m.Now = func() time.Time { return p.clock }
	m.Pause = func(time.Duration) { p.clock = p.clock.Add(time.Hour) } // so that twenty hours pass quickly
	m.Failed = func(f lambda.Failure) {
		p.failures = append(p.failures, f)
		key, body := f.Object(s.ARN, p.clock)
		p.aws.PutObject(bucket+"/"+key, body)
	}
	return m
}

// put puts records into the source.
func (p *pipeline) put(records ...[]byte) {
	for _, r := range records {
		p.source.Put("wagons", r)
		p.arrived++
	}
}

// run reads the source to its end, and then the twin stream.
func (p *pipeline) run() {
	p.first.Drain()
	p.second.Drain()
}

// state is the whole table, an item a line, but for the newest event times, which are written now and then only.
func (p *pipeline) state() []string {
	p.t.Helper()
	var items []string
	for pages := dynamodb.NewScanPaginator(p.client,
		&dynamodb.ScanInput{TableName: aws.String("twin")}); pages.HasMorePages(); {
		page, err := pages.NextPage(context.Background())
		if err != nil {
			p.t.Fatal(err)
		}
		for _, item := range page.Items {
			if _, ok := item["newest"]; ok {
				continue
			}
			b, err := json.Marshal(item)
			if err != nil {
				p.t.Fatal(err)
			}
			items = append(items, string(b))
		}
	}
	slices.Sort(items)
	return items
}

// rejected are the rejects in the bucket, as "reason payload". A file that is written again is there once.
func (p *pipeline) rejected() []string {
	p.t.Helper()
	var all []string
	for name, body := range p.aws.Objects() {
		if !strings.HasPrefix(name, bucket+"/rejects/") {
			continue
		}
		for r, err := range rejects.Decode(bytes.NewReader(body)) {
			if err != nil {
				p.t.Fatalf("%s: %v", name, err)
			}
			all = append(all, fmt.Sprintf("%s %s", r.Reason(), r.Payload))
		}
	}
	slices.Sort(all)
	return all
}

// payload is the event in the one failure in the bucket.
func (p *pipeline) payload() []byte {
	p.t.Helper()
	for name, body := range p.aws.Objects() {
		if strings.HasPrefix(name, bucket+"/aws/lambda/") {
			var failure struct{ Payload string }
			if err := json.Unmarshal(body, &failure); err != nil {
				p.t.Fatalf("%s: %v", name, err)
			}
			return []byte(failure.Payload)
		}
	}
	p.t.Fatal("no failure is in the bucket")
	return nil
}

// undisturbed is what a run without faults makes of records.
func undisturbed(t *testing.T, records ...[]byte) []string {
	t.Helper()
	p := newPipeline(t)
	p.put(records...)
	p.run()
	if len(p.failures) > 0 || p.extract.Starts() != 1 || p.apply.Starts() != 1 {
		t.Fatalf("the run without faults had some: %v, %d and %d starts", p.failures, p.extract.Starts(), p.apply.Starts())
	}
	state := p.state()
	if len(state) < 5 {
		t.Fatalf("the run without faults left %d items", len(state))
	}
	return state
}

// same ensures that nothing of the faults is seen in the table.
func (p *pipeline) same(want []string) {
	p.t.Helper()
	got := p.state()
	if !slices.Equal(got, want) {
		for i := range max(len(got), len(want)) {
			if i >= len(got) || i >= len(want) || got[i] != want[i] {
				p.t.Fatalf("%d items, without faults %d; the first that differs is %d:\n%s\n%s", len(got), len(want), i,
					strings.Join(got[min(i, len(got)):min(i+1, len(got))], ""),
					strings.Join(want[min(i, len(want)):min(i+1, len(want))], ""))
			}
		}
	}
}
