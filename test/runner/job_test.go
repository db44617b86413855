package runner_test

import (
	"context"
	"errors"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/flink"
	"github.com/railtwin/digitaltwin/internal/jvm"
	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/tier"
	"github.com/railtwin/digitaltwin/internal/twin"
)

var build = sync.OnceValues(func() (flink.Runner, error) { return flink.Build(context.Background()) })

// runner returns the built runner, or skips the test.
func runner(t testing.TB) flink.Runner {
	t.Helper()
	r, err := build()
	skipWithoutJava(t, err)
	return r
}

func skipWithoutJava(t testing.TB, err error) {
	t.Helper()
	if failed, ok := errors.AsType[*jvm.BuildError](err); ok {
		t.Logf("%s", failed.Output)
	}
	tier.Flink(t, err)
}

// delivered collects what a job puts on the twin stream.
type delivered struct {
	mu      sync.Mutex
	changes []twin.Change
	wrong   []string // what is not as the twin stream wants it
	moved   chan struct{}
}

func newDelivered() *delivered { return &delivered{moved: make(chan struct{}, 1)} }

func (d *delivered) take(_ context.Context, key string, record []byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	changes, bad := stream.Decode(record, nil)
	for _, b := range bad {
		d.wrong = append(d.wrong, b.Error()+": "+b.Text)
	}
	if len(changes) != 1 || key != stream.PartitionKey(changes[0].Component) {
		d.wrong = append(d.wrong, "a record of "+key+": "+string(record))
	}
	d.changes = append(d.changes, changes...)
	select {
	case d.moved <- struct{}{}:
	default:
	}
	return nil
}

// patience bounds how long a test waits while nothing happens. A job takes some seconds, on a busy machine minutes.
const patience = 5 * time.Minute

// wait waits until n changes were delivered.
func (d *delivered) wait(t *testing.T, n int) {
	t.Helper()
	for {
		d.mu.Lock()
		have := len(d.changes)
		d.mu.Unlock()
		if have >= n {
			return
		}
		select {
		case <-d.moved:
		case <-time.After(patience):
			t.Fatalf("timed out after %v without a further change, waiting for %d changes: there are %d", patience, n, have)
		}
	}
}

// all returns the changes, of which none may have been wrong.
func (d *delivered) all(t *testing.T) []twin.Change {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, w := range d.wrong {
		t.Error(w)
	}
	return d.changes
}

// source returns a stream that holds records and nothing more.
func source(records ...[]byte) *flink.Stream {
	s := open(records...)
	s.End()
	return s
}

// open returns a stream that goes on after records, and keeps them.
func open(records ...[]byte) *flink.Stream {
	s := &flink.Stream{Keep: true}
	put(s, records...)
	return s
}

func put(s *flink.Stream, records ...[]byte) {
	for _, r := range records {
		if err := s.Put(context.Background(), r); err != nil {
			panic(err) // a stream that keeps all makes nobody wait
		}
	}
}

// shared is the JVM in which [launch] runs jobs, one after the other: starting one takes longer than most jobs.
var shared *flink.JVM

func TestMain(m *testing.M) {
	code := m.Run()
	if shared != nil {
		shared.Close()
	}
	os.Exit(code)
}

// launch starts a job in the shared JVM. It ends before the next one is started.
func launch(t *testing.T, job flink.Job) *flink.Run {
	t.Helper()
	r := runner(t)
	if shared == nil {
		var err error
		if shared, err = r.Launch(); err != nil {
			t.Fatal(err)
		}
	}
	started, err := shared.Start(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	return started
}

// run runs a job to the end of its streams.
func run(t *testing.T, job flink.Job) (*delivered, flink.Counts) {
	t.Helper()
	d := newDelivered()
	job.Sink = d.take
	started := launch(t, job)
	if err := started.Wait(); err != nil {
		t.Fatal(err)
	}
	return d, started.Counts()
}
