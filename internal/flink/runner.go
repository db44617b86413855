package flink

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	extractflink "github.com/railtwin/digitaltwin/functions/extract-flink"
	"github.com/railtwin/digitaltwin/internal/jvm"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// Runner is the built runner.
type Runner struct{ classPath string }

// Project is the Maven project of the runner, with local streams in place of Kinesis.
var Project = jvm.Project{Name: "extract-flink", Sources: extractflink.Sources, Profile: "local"}

// Build builds the runner, unless that is done. The error is a [jvm.ErrUnavailable] where it cannot
// be built on this machine.
func Build(ctx context.Context) (Runner, error) {
	classPath, err := Project.Build(ctx)
	return Runner{classPath}, err
}

// Job is an extractor with what it reads and where its changes go.
type Job struct {
	Dataset string
	SQL     []byte
	Sources map[string]*Stream // by source table
	Sink    Sink               // takes the records of the twin stream
	// Savepoint is where an earlier run of the dataset was stopped, whose position is taken up; "" for none.
	Savepoint string
	// Groups changes the property groups, if it is not nil.
	Groups func(groups map[string]map[string]string)
}

// Run is a job that was started.
type Run struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	server *server
	dir    string
	stderr jvm.Tail
	done   chan struct{}
	err    error // once done
	mu     sync.Mutex
	counts Counts
	saved  chan string
}

// Counts is what a job has lost since its start, under the names that its metrics have on AWS.
type Counts struct {
	Unreadable       int64 // records that the format of their table could not read, wholly or in part
	QueryFailed      int64 // records that the query failed on, and the rest of which was given up
	DroppedNull      int64 // rows without a component, metric, value or event time
	DroppedNotFinite int64 // rows whose value is NaN or Infinity
	DroppedBadTime   int64 // rows whose event time is outside the years 1 to 9999
}

// Start starts a job, which ends with its streams, with ctx or by [Run.Savepoint].
func (r Runner) Start(ctx context.Context, job Job) (*Run, error) {
	run := &Run{done: make(chan struct{}), saved: make(chan string, 1)}
	streams := map[string]*Stream{}
	for table, s := range job.Sources {
		streams[arn(table)] = s
	}
	var err error
	if run.dir, err = os.MkdirTemp("", "twin-flink-"); err != nil {
		return nil, fmt.Errorf("flink: %w", err)
	}
	if run.server, err = serve(ctx, streams, job.Sink); err != nil {
		os.RemoveAll(run.dir)
		return nil, err
	}
	if err := run.start(r, job); err != nil {
		run.server.close()
		os.RemoveAll(run.dir)
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { run.in.Close() }) // the JVM ends at the end of its input
	go func() {
		defer stop()
		<-run.done
	}()
	return run, nil
}

func (run *Run) start(r Runner, job Job) error {
	groups, sql := filepath.Join(run.dir, "groups.json"), filepath.Join(run.dir, "extractor.sql")
	text, err := json.Marshal(propertyGroups(job))
	if err != nil {
		return err
	}
	if err := errors.Join(os.WriteFile(groups, text, 0o600), os.WriteFile(sql, job.SQL, 0o600)); err != nil {
		return fmt.Errorf("flink: %w", err)
	}
	args := []string{groups, sql}
	if job.Savepoint != "" {
		args = append(args, job.Savepoint)
	}
	run.cmd = jvm.Program{
		ClassPath: r.classPath, Main: "digitaltwin.local.Main", Temp: run.dir,
		Options: []string{"-XX:+UseSerialGC", "-Xmx512m", "-XX:TieredStopAtLevel=1"}, Args: args,
	}.Command()
	run.cmd.Env = append(run.cmd.Environ(), run.server.environment()...)
	run.cmd.Stderr = &run.stderr
	if run.in, err = run.cmd.StdinPipe(); err != nil {
		return err
	}
	out, err := run.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := run.cmd.Start(); err != nil {
		return fmt.Errorf("flink: %w", err)
	}
	go run.follow(out)
	return nil
}

// propertyGroup is how the file of property groups has one.
type propertyGroup struct {
	ID  string            `json:"PropertyGroupId"`
	Map map[string]string `json:"PropertyMap"`
}

// propertyGroups returns the groups that the job would have on AWS.
func propertyGroups(job Job) []propertyGroup {
	settings := wiring.Flink{
		Dataset: job.Dataset, Tables: map[string]wiring.FlinkSource{},
		Sink: wiring.FlinkSink{StreamARN: arn("twin"), Region: region},
	}
	for table := range job.Sources {
		settings.Tables[table] = wiring.FlinkSource{StreamARN: arn(table), Region: region, Start: "TRIM_HORIZON"}
	}
	groups := settings.Groups()
	if job.Groups != nil {
		job.Groups(groups)
	}
	var out []propertyGroup
	for _, id := range slices.Sorted(maps.Keys(groups)) {
		out = append(out, propertyGroup{id, groups[id]})
	}
	return out
}

const region = "local"

func arn(stream string) string {
	return "arn:aws:kinesis:" + region + ":000000000000:stream/" + strings.ReplaceAll(stream, " ", "-")
}

// event is a line that the JVM writes.
type event struct {
	Event         string
	Message, Path string
	Counts        Counts
}

// follow reads what the JVM says, until it ends.
func (run *Run) follow(out io.Reader) {
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	var failed error
	ended := false
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			continue
		}
		switch e.Event {
		case "failed":
			failed = errors.New(e.Message)
		case "finished":
			ended = true
		case "savepoint":
			run.saved <- e.Path
		case "counted":
			run.mu.Lock()
			run.counts = e.Counts
			run.mu.Unlock()
		}
	}
	err := run.cmd.Wait()
	run.server.close()
	os.RemoveAll(run.dir)
	switch {
	case failed != nil:
		run.err = failed
	case err != nil && !ended:
		run.err = fmt.Errorf("flink: the JVM ended: %w\n%s", err, run.stderr.String())
	}
	close(run.done)
}

// Wait waits for the end of the job. The error says why it failed; an SQL mistake begins with DATASET.sql:LINE:COLUMN.
func (run *Run) Wait() error {
	<-run.done
	return run.err
}

// Counts returns what the job has lost so far.
func (run *Run) Counts() Counts {
	run.mu.Lock()
	defer run.mu.Unlock()
	return run.counts
}

// saveTime bounds how long a savepoint may take.
const saveTime = time.Minute

// Savepoint stops the job with a savepoint below dir and returns where it is.
func (run *Run) Savepoint(dir string) (string, error) {
	if _, err := fmt.Fprintf(run.in, "savepoint %s\n", filepath.ToSlash(dir)); err != nil {
		return "", fmt.Errorf("flink: %w", err)
	}
	select {
	case path := <-run.saved:
		return path, run.Wait()
	case <-run.done:
		select {
		case path := <-run.saved: // the job ends with it
			return path, run.err
		default:
		}
		return "", errors.Join(run.err, errors.New("flink: the job ended before there was a savepoint"))
	case <-time.After(saveTime):
		return "", fmt.Errorf("flink: no savepoint within %s", saveTime)
	}
}
