package flink

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"

	"github.com/railtwin/digitaltwin/internal/jvm"
)

// JVM is a process that runs jobs, one at a time. A job that failed may have spoilt it.
type JVM struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	events *bufio.Scanner
	stderr jvm.Tail
	dir    string // for its temporary files and those of its jobs
	wait   func() error
}

// Launch starts a JVM. [JVM.Close] ends it.
func (r Runner) Launch() (*JVM, error) {
	dir, err := os.MkdirTemp("", "twin-flink-")
	if err != nil {
		return nil, fmt.Errorf("flink: %w", err)
	}
	j := &JVM{dir: dir}
	if err := j.launch(r.classPath); err != nil {
		return nil, errors.Join(fmt.Errorf("flink: %w", err), os.RemoveAll(dir))
	}
	return j, nil
}

func (j *JVM) launch(classPath string) (err error) {
	j.cmd = jvm.Program{
		ClassPath: classPath, Main: "digitaltwin.local.Main", Temp: j.dir,
		Options: []string{"-XX:+UseSerialGC", "-Xmx512m", "-XX:TieredStopAtLevel=1", "-Ddigitaltwin.temporary=" + j.dir},
	}.Command()
	j.cmd.Stderr = &j.stderr
	if j.in, err = j.cmd.StdinPipe(); err != nil {
		return err
	}
	out, err := j.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	j.events = bufio.NewScanner(out)
	j.events.Buffer(nil, 1<<20)
	j.wait = sync.OnceValue(j.cmd.Wait)
	return j.cmd.Start()
}

// Start starts a job, which ends with its streams, with ctx or by [Run.Savepoint]. Another may be started once it has
// ended; where ctx ends it, the JVM ends too.
func (j *JVM) Start(ctx context.Context, job Job) (*Run, error) { return j.start(ctx, job, func() {}) }

// Close ends the JVM, and the job that it runs, and removes its temporary files.
func (j *JVM) Close() error {
	j.in.Close() // at the end of its input it halts
	return errors.Join(j.wait(), os.RemoveAll(j.dir))
}
