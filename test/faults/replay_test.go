package faults

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"

	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/operate"
	"github.com/railtwin/digitaltwin/internal/operate/disk"
	"github.com/railtwin/digitaltwin/internal/rejects"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	streamkinesis "github.com/railtwin/digitaltwin/internal/stream/kinesis"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/test/lambda"
)

var rejectCount = flag.Int("rejects", 0, "how many rejects are replayed; 0 for no replay")

// replayed is a replay of rejects onto the twin stream of a pipeline.
type replayed struct {
	*pipeline
	program *extract.Program
	store   *dynamo.Store
	folder  string
	dir     *disk.Dir
	service *operate.Service
	newest  map[[2]string]twin.Change // the model: by component and metric
}

// Deployed implements [operate.Extractors].
func (r *replayed) Deployed(context.Context, string, string) (operate.Extractor, error) {
	return operate.Extractor{SQL: []byte(r.program.SQL())}, nil
}

// restart opens what a process has that was started again.
func (r *replayed) restart() {
	r.t.Helper()
	if r.dir != nil {
		_ = r.dir.Close()
	}
	var err error
	if r.dir, err = disk.Open(r.folder, time.Now); err != nil {
		r.t.Fatal(err)
	}
	client := kinesis.New(kinesis.Options{Region: "eu-central-1", BaseEndpoint: aws.String(r.aws.URL), Retryer: aws.NopRetryer{},
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", "")}, streamkinesis.Bodies)
	r.service = operate.New(operate.Config{
		Runs: r.dir.Runs, Rejects: r.dir.Rejects, Audit: r.dir.Audit, Store: r.store, Extractors: r,
		Sink:  streamkinesis.New(client, r.aws.Twin.ARN),
		Start: func(context.Context, string) error { return nil },
	})
}

// keep keeps n rejects of wagons in files of up to 80, with ties and late ones, and notes what has to win.
func (r *replayed) keep(n int) {
	r.t.Helper()
	random := rand.New(rand.NewPCG(8, 8))
	now := twin.MillisOf(time.Now())
	out := r.program.NewOutput()
	for i := 0; i < n; {
		var file []twin.Reject
		for range min(1+random.IntN(80), n-i) {
			at := now - twin.Millis(random.IntN(600))*1000
			reject := twin.Reject{
				Kind: twin.KindRecord, Dataset: dataset, ReceivedAt: now - twin.Millis(n-i), Position: twin.Position{Stream: "wagons", Shard: "shardId-000000000001", Sequence: fmt.Sprintf("%09d", i)},
				Payload: fmt.Appendf(nil, `{"header":{"measuredAt":"%s"},"wagon":{"id":"%03d"},"motion":{"speedKmh":%d}}`, at, random.IntN(300), random.IntN(120)),
			}
			i++
			reject.Note(twin.Problem{Reason: twin.Unreadable, Detail: "it was once", Offset: -1})
			file = append(file, reject)
			r.program.Run(reject.Payload, out)
			for j := range out.Rows {
				c := r.program.Change(&out.Rows[j], reject.ReceivedAt, reject.Position)
				key := [2]string{c.Component, c.Metric}
				if old, ok := r.newest[key]; !ok || c.Rank().Wins(old.Rank()) {
					r.newest[key] = c
				}
			}
		}
		f := rejects.Encode(file)
		name := rejects.Key(rejects.ExtractFolder(dataset), rejects.Origin{Position: file[0].Position, ArrivedAt: file[0].ReceivedAt}, f)
		if err := r.dir.Rejects.Write(r.t.Context(), name, f.Data, operate.Mark{}); err != nil {
			r.t.Fatal(err)
		}
	}
}

// Ensure that a replay of many rejects ends with the state of the model, while the process that replays is killed again and
// again, the twin stream and the table throttle, and appliers are killed; that it goes on from its checkpoint each
// time; and that the audit log says how many there were.
//
//	go test ./test/faults -run TestReplay -v -timeout 1h -args -rejects 100000
func TestReplay(t *testing.T) {
	if *rejectCount == 0 {
		t.Log("it takes minutes: run it by itself, with -args -rejects 2000")
		return
	}
	x, err := extractors.Get(dataset)
	if err != nil {
		t.Fatal(err)
	}
	program, err := extract.Compile(dataset+".sql", x.SQL)
	if err != nil {
		t.Fatal(err)
	}
	r := &replayed{pipeline: newPipeline(t), program: program, folder: t.TempDir(), newest: map[[2]string]twin.Change{}}
	r.store = dynamo.New(r.client, "twin", nil)
	if err := r.store.PutDataset(t.Context(), program.Dataset()); err != nil {
		t.Fatal(err)
	}
	r.restart()
	n := *rejectCount
	r.keep(n)

	var puts, writes, throttled atomic.Int64
	var kill atomic.Pointer[context.CancelFunc] // of the step under way
	r.aws.SetFaults(lambda.Faults{
		Throttle: func([]byte) bool { return chance(1, 200) },
		Refuse: func(c lambda.Call) string {
			if strings.HasPrefix(c.Operation, "DynamoDB.") && chance(1, 20) {
				throttled.Add(1)
				return "ProvisionedThroughputExceededException"
			}
			return ""
		},
		After: func(c lambda.Call) {
			switch {
			case c.Operation == "Kinesis.PutRecords" && puts.Add(1)%37 == 0:
				(*kill.Load())() // what was put is not in a checkpoint yet
			case c.Operation == "DynamoDB.BatchExecuteStatement" && writes.Add(1)%7 == 0:
				r.apply.Signal(syscall.SIGKILL)
			}
		},
	})
	ctx := access.NewContext(t.Context(), access.Caller{Subject: "ann", Client: "console", Scopes: []string{access.ScopeOperate}})
	no := false
	run, err := r.service.Create(ctx, operate.Request{Kind: operate.Replay, Dataset: dataset, DryRun: &no, Rate: operate.MaxRate})
	if err != nil {
		t.Fatal(err)
	}
	kills, applied, again := 0, 0, int64(0)
	for more := true; more; {
		step, cancel := context.WithCancel(t.Context())
		kill.Store(&cancel)
		stored, err := r.dir.Runs.Read(t.Context(), run.ID)
		if err != nil {
			t.Fatal(err)
		}
		if stored.Counts.Records > 0 && stored.Counts.Records < int64(n) {
			again++
		}
		more, err = r.service.Step(step, run.ID, time.Now().Add(5*time.Second))
		if step.Err() != nil {
			kills++
			r.restart()
			more = true
		} else if err != nil {
			t.Fatal(err)
		}
		cancel()
		if applied++; applied%3 == 0 {
			r.second.Drain()
		}
	}
	r.second.Drain()
	if len(r.failures) > 0 || r.apply.Starts() < 2 && n > 1000 || kills == 0 || throttled.Load() == 0 {
		t.Errorf("%d batches are given up, %d processes of apply, %d kills, %d requests throttled", len(r.failures), r.apply.Starts(), kills, throttled.Load())
	}
	r.aws.SetFaults(lambda.Faults{})
	r.model()
	last := r.audited()
	if last.Action != "done" || last.By != "ann" || last.Client != "console" || last.Run.Counts.Records != int64(n) || last.Run.Counts.Passed != int64(n) || last.Run.Dataset != dataset {
		t.Errorf("the audit log says %+v, %+v", last, last.Run)
	}
	t.Logf("%d rejects, %d changes: %d kills of the runner, %d steps that went on in the middle, %d processes of apply, %d throttled requests",
		n, last.Run.Counts.Changes, kills, again, r.apply.Starts(), throttled.Load())
}

// model ensures that the table holds what the model does.
func (r *replayed) model() {
	r.t.Helper()
	query := store.ComponentQuery{Datasets: []string{dataset}, Limit: 1000}
	components, err := r.store.Components(r.t.Context(), query)
	if err != nil {
		r.t.Fatal(err)
	}
	readings, err := r.store.Readings(r.t.Context(), store.ReadingQuery{Components: components, Datasets: query.Datasets})
	if err != nil {
		r.t.Fatal(err)
	}
	wrong := 0
	for _, got := range readings {
		c := r.newest[[2]string{got.Component, got.Metric}]
		if got != c.Reading() {
			if wrong++; wrong < 5 {
				r.t.Errorf("got  %+v\nwant %+v", got, c.Reading())
			}
		}
	}
	if len(readings) != len(r.newest) || wrong > 0 {
		r.t.Errorf("%d readings, want %d; %d are wrong", len(readings), len(r.newest), wrong)
	}
}

// audited is the last line of the audit log.
func (r *replayed) audited() (last operate.Audit) {
	r.t.Helper()
	f, err := os.Open(filepath.Join(r.folder, "audit.log"))
	if err != nil {
		r.t.Fatal(err)
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		last = operate.Audit{}
		if err := json.Unmarshal(s.Bytes(), &last); err != nil {
			r.t.Fatal(err)
		}
	}
	return last
}
