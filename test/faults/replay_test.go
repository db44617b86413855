package faults

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/operate"
	"github.com/railtwin/digitaltwin/internal/rejects"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/wiring"
	"github.com/railtwin/digitaltwin/test/lambda"
)

var rejectCount = flag.Int("rejects", 300, "how many rejects are replayed")

// replayed is a replay of rejects onto the twin stream of a pipeline, by the function that operators call.
type replayed struct {
	*pipeline
	operate *lambda.Function
	program *extract.Program
	store   *dynamo.Store
	newest  map[[2]string]twin.Change // the model: by component and metric
	kept    map[string]place          // of each reject, by the sequence number of its record

	checkpoints, kills, writes, throttled atomic.Int64
}

// place is where a reject is kept.
type place struct {
	file string
	line int64
}

// newReplayed starts the function over a pipeline with n rejects.
func newReplayed(t *testing.T, n int) *replayed {
	t.Helper()
	x, err := extractors.Get(dataset)
	if err != nil {
		t.Fatal(err)
	}
	program, err := extract.Compile(dataset+".sql", x.SQL)
	if err != nil {
		t.Fatal(err)
	}
	r := &replayed{pipeline: newPipeline(t), program: program, newest: map[[2]string]twin.Change{},
		kept: map[string]place{}}
	dir, _ := binaries()
	r.operate = r.function(filepath.Join(dir, "operate"), wiring.Operate{
		Environment: "test", Table: "twin", Rejects: bucket, StreamARN: r.aws.Twin.ARN, KeepDays: "30",
	}.Env())
	r.operate.Timeout = 20 * time.Second // so that a long run calls the function again
	r.store = dynamo.New(r.client, "twin", nil)
	pipeline, err := json.Marshal(wiring.Pipeline{SQL: wiring.PackSQL(x.SQL), Framing: wiring.Plain,
		Sources: map[string]string{dataset: r.source.ARN}})
	if err == nil {
		err = r.store.Pipelines().Set(t.Context(), dataset, pipeline)
	}
	if err == nil {
		err = r.store.PutDataset(t.Context(), program.Dataset())
	}
	if err != nil {
		t.Fatal(err)
	}
	r.keep(n)
	r.aws.Twin.Now, r.second.Now, r.second.Pause = time.Now, time.Now,
		func(d time.Duration) { time.Sleep(min(d, time.Second)) }
	return r
}

// keep keeps n rejects of wagons, with ties and late ones, and notes what has to win.
func (r *replayed) keep(n int) {
	r.t.Helper()
	random := rand.New(rand.NewPCG(8, 8))
	now := twin.MillisOf(time.Now())
	most := max(n/125, 40) // in a file
	out := r.program.NewOutput()
	for i := 0; i < n; {
		var file []twin.Reject
		for range min(1+random.IntN(most), n-i) {
			at := now - twin.Millis(random.IntN(600))*1000
			reject := twin.Reject{
				Kind: twin.KindRecord, Dataset: dataset, ReceivedAt: now - twin.Millis(n-i),
				Position: twin.Position{Stream: "wagons", Shard: "shardId-000000000001", Sequence: fmt.Sprintf("%09d", i)},
				Payload: fmt.Appendf(nil, `{"header":{"measuredAt":"%s"},"wagon":{"id":"%03d"},"motion":{"speedKmh":%d}}`,
					at, random.IntN(300), random.IntN(120)),
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
		origin := rejects.Origin{Position: file[0].Position, ArrivedAt: file[0].ReceivedAt}
		name := rejects.Key(rejects.ExtractFolder(dataset), origin, f)
		r.aws.PutObject(bucket+"/"+name, f.Data)
		for line, reject := range file {
			r.kept[reject.Position.Sequence] = place{name, int64(line)}
		}
	}
}

// faults throttles stream and table, and kills the processes of both functions: the one that replays right after it has
// put records that are in no checkpoint yet, but not before it has written one since its start.
func (r *replayed) faults() lambda.Faults {
	return lambda.Faults{
		Throttle: func([]byte) bool { return chance(1, 200) },
		Refuse: func(c lambda.Call) string {
			if strings.HasPrefix(c.Operation, "DynamoDB.") && chance(1, 20) {
				r.throttled.Add(1)
				return "ProvisionedThroughputExceededException"
			}
			return ""
		},
		After: func(c lambda.Call) {
			switch {
			case c.Operation == "DynamoDB.UpdateItem" && bytes.Contains(c.Body, []byte("#run#")):
				r.checkpoints.Add(1)
			case c.Operation == "Kinesis.PutRecords" && r.checkpoints.Load() > 0 && (r.kills.Load() == 0 || chance(1, 4)):
				r.checkpoints.Store(0)
				r.kills.Add(1)
				r.operate.Signal(syscall.SIGKILL)
			case c.Operation == "DynamoDB.BatchExecuteStatement" && (r.writes.Add(1) == 3 || chance(1, 20)):
				r.apply.Signal(syscall.SIGKILL)
			}
		},
	}
}

// begin asks for the run as API Gateway does for an operator.
func (r *replayed) begin(n int) *operate.Run {
	r.t.Helper()
	event, err := json.Marshal(map[string]any{
		"httpMethod": "POST", "resource": operate.Path, "path": operate.Path,
		"requestContext": map[string]any{"authorizer": map[string]any{"claims": map[string]any{
			"token_use": "access", "sub": "ann", "client_id": "console", "scope": "twin/operate"}}},
		// It takes six seconds or more, so that there are checkpoints to go on from.
		"body": fmt.Sprintf(`{"kind":"replay","dataset":%q,"dryRun":false,"rate":%d}`, dataset, min(n/6, operate.MaxRate)),
	})
	if err != nil {
		r.t.Fatal(err)
	}
	answer, err := r.operate.Invoke(event)
	var response struct {
		StatusCode int
		Body       string
	}
	run := &operate.Run{}
	if err == nil {
		err = json.Unmarshal(answer, &response)
	}
	if err == nil {
		err = json.Unmarshal([]byte(response.Body), run)
	}
	if err != nil || response.StatusCode != 202 {
		r.t.Fatalf("%s, %v", answer, err)
	}
	r.checkpoints.Store(0) // making it has written one
	return run
}

// stored is the run as its last checkpoint has it.
func (r *replayed) stored(id string) *operate.Run {
	r.t.Helper()
	doc, err := r.store.Runs().Get(r.t.Context(), id)
	run := &operate.Run{}
	if err == nil {
		err = json.Unmarshal(doc.Content, run)
	}
	if err != nil {
		r.t.Fatal(err)
	}
	return run
}

// applying applies what is on the twin stream until its result is called.
func (r *replayed) applying() (finish func()) {
	var done atomic.Bool
	var group sync.WaitGroup
	group.Go(func() {
		for !done.Load() {
			r.second.Drain()
			time.Sleep(20 * time.Millisecond)
		}
		r.second.Drain()
	})
	return func() {
		done.Store(true)
		group.Wait()
	}
}

// Ensure that a replay of many rejects ends with the state of the model, while the process that replays and the
// appliers are killed again and again, and stream and table throttle; that it goes on from its checkpoint each time;
// and that files and the audit log say so.
//
//	go test ./test/faults -run 'TestReplay$' -v -args -rejects 100000
func TestReplay(t *testing.T) {
	t.Parallel() // it waits, mostly
	n := *rejectCount
	r := newReplayed(t, n)
	r.aws.SetFaults(r.faults())
	run := r.begin(n)
	finish := r.applying()
	calls := 0
	checkpoint, begin := run, 0 // from which the process has gone on, and where the stream was then
	for events := r.aws.Invoked(); len(events) > 0; calls++ {
		if len(events) != 1 {
			t.Fatalf("the function has called itself %d times at once", len(events))
		}
		if _, err := r.operate.Invoke(events[0]); err != nil { // AWS Lambda repeats the event
			r.wentOn(checkpoint, begin)
			checkpoint, begin = r.stored(run.ID), r.aws.Twin.Len()
			continue
		}
		events = r.aws.Invoked()
	}
	finish()
	r.aws.SetFaults(lambda.Faults{})
	r.wentOn(checkpoint, begin)
	from := checkpoint.Counts.Records
	if len(r.failures) > 0 || r.apply.Starts() < 2 || from == 0 || r.throttled.Load() == 0 {
		t.Errorf("%d batches are given up, %d processes of apply, %d kills, the last one after %d rejects, %d requests "+
			"throttled",
			len(r.failures), r.apply.Starts(), r.kills.Load(), from, r.throttled.Load())
	}
	r.model()
	r.marked(run.ID)
	r.audited(int64(n))
	t.Logf("%d rejects: the runner was killed %d times, the last time after %d, and called %d times; "+
		"%d processes of apply, %d throttled requests; %d records on the stream",
		n, r.kills.Load(), from, calls, r.apply.Starts(), r.throttled.Load(), r.aws.Twin.Len())
}

// wentOn ensures that the records of the twin stream from begin on hold no reject that the checkpoint has as done.
func (r *replayed) wentOn(run *operate.Run, begin int) {
	r.t.Helper()
	at, again, all := run.Checkpoint, 0, 0
	for _, record := range r.aws.Twin.Records(0, begin, r.aws.Twin.Len()) {
		changes, bad := stream.Decode(record.Data, nil)
		if len(bad) > 0 {
			r.t.Errorf("%v", bad)
		}
		for _, c := range changes {
			all++
			if p := r.kept[c.Position.Sequence]; p.file <= at.After || p.file == at.File && p.line < at.Line {
				again++
			}
		}
	}
	if again > 0 || all == 0 {
		r.t.Errorf("after the checkpoint %+v of %d rejects came %d of %d that it has as done", at, run.Counts.Records, again,
			all)
	}
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

// marked ensures that every file of rejects says which run has replayed it.
func (r *replayed) marked(run string) {
	r.t.Helper()
	for name, tags := range r.aws.Tags() {
		if tags["replayed"] != run {
			r.t.Errorf("%s has the tags %v", name, tags)
		}
	}
}

// audited ensures that the log of the function says who has done what, when and how many, once.
func (r *replayed) audited(n int64) {
	r.t.Helper()
	var actions []string
	for line := range strings.Lines(r.operate.Output()) {
		var entry struct{ Audit *operate.Audit }
		if json.Unmarshal([]byte(line), &entry) != nil || entry.Audit == nil {
			continue
		}
		a := entry.Audit
		actions = append(actions, a.Action)
		if a.By != "ann" || a.Client != "console" || a.Run.Kind != operate.Replay || a.Run.Dataset != dataset ||
			time.Since(a.At) > time.Hour {
			r.t.Errorf("the audit log says %+v, %+v", a, a.Run)
		}
		if c := a.Run.Counts; a.Action == "done" && (c.Records != n || c.Passed != n || c.Changes != n ||
			len(c.Rejected) > 0) {
			r.t.Errorf("the audit log counts %+v, want %d", c, n)
		}
	}
	if got := strings.Join(actions, " "); got != "created done" {
		r.t.Errorf("the audit log says %q", got)
	}
}
