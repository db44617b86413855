package flink

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Run is a job that was started.
type Run struct {
	jvm    *JVM
	server *server
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

// start starts a job. After is called when it has ended, before anybody is told.
func (j *JVM) start(ctx context.Context, job Job, after func()) (*Run, error) {
	run := &Run{jvm: j, done: make(chan struct{}), saved: make(chan string, 1)}
	streams := map[string]*Stream{}
	for table, s := range job.Sources {
		streams[arn(table)] = s
	}
	dir, err := os.MkdirTemp(j.dir, "job-")
	if err != nil {
		return nil, fmt.Errorf("flink: %w", err)
	}
	groups, sql, err := job.write(dir)
	if err != nil {
		return nil, err
	}
	if run.server, err = serve(ctx, streams, job.Sink); err != nil {
		return nil, err
	}
	command := []string{"run", run.server.port(), run.server.token, groups, sql}
	if job.Savepoint != "" {
		command = append(command, job.Savepoint)
	}
	if _, err := fmt.Fprintln(j.in, strings.Join(command, "\t")); err != nil {
		run.server.close()
		return nil, fmt.Errorf("flink: the JVM does not listen: %w: %s", err, j.stderr.String())
	}
	stop := context.AfterFunc(ctx, func() { j.in.Close() })
	go func() {
		run.err = run.follow()
		stop()
		run.server.close()
		after()
		close(run.done)
	}()
	return run, nil
}

// event is a line that the JVM writes.
type event struct {
	Event         string
	Message, Path string
	Counts        Counts
}

// follow reads what the JVM says of the job, until it ends.
func (run *Run) follow() error {
	for run.jvm.events.Scan() {
		var e event
		if json.Unmarshal(run.jvm.events.Bytes(), &e) != nil {
			continue
		}
		switch e.Event {
		case "failed":
			return errors.New(e.Message)
		case "finished":
			return nil
		case "savepoint":
			run.saved <- e.Path
		case "counted":
			run.mu.Lock()
			run.counts = e.Counts
			run.mu.Unlock()
		}
	}
	if err := run.jvm.wait(); err != nil {
		return fmt.Errorf("flink: the JVM ended: %w\n%s", err, run.jvm.stderr.String())
	}
	return nil // its input has ended, and it with that
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
const saveTime = 5 * time.Minute

// Savepoint stops the job with a savepoint below dir and returns where it is.
func (run *Run) Savepoint(dir string) (string, error) {
	if _, err := fmt.Fprintf(run.jvm.in, "savepoint\t%s\n", filepath.ToSlash(dir)); err != nil {
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
