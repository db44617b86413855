package flink

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/railtwin/digitaltwin/internal/jvm"
)

// Oracle is a running JVM with Flink. It is safe for concurrent use; two jobs run at once.
type Oracle struct {
	// Flink and Java are the versions of the oracle.
	Flink, Java string
	// WholeCode lets Flink split the methods of the code that it generates only from 20,000 characters on, not
	// from 4,000, which makes a small job a third quicker.
	WholeCode bool
	// Patience is how much CPU time the JVM may use while a request makes no progress; then the request ends with
	// [ErrStalled]. It is CPU time because a busy machine makes everything slow.
	Patience time.Duration

	*process
}

// ErrStalled says that a request made no progress for too long, and what was waited for. It says nothing of the SQL.
var ErrStalled = errors.New("flink: timed out")

// patience is for two jobs at once, whose CPU time is one.
const patience = 2 * time.Minute

// process is the JVM.
type process struct {
	cmd    *exec.Cmd
	temp   string // for the files of the JVM
	stderr *jvm.Tail

	write sync.Mutex // guards in
	in    io.WriteCloser

	mu      sync.Mutex // guards what follows
	next    int64
	waiting map[int64]chan json.RawMessage
	dead    error
}

// silence bounds how long a JVM says nothing of a request. It ends requests that stand still by itself, long before.
const silence = time.Hour

// Open builds the harness where that is needed and starts a JVM. Close ends it.
func Open() (*Oracle, error) {
	classPath, err := build()
	if err != nil {
		return nil, err
	}
	temp, err := os.MkdirTemp("", "flink-oracle-")
	if err != nil {
		return nil, fmt.Errorf("flink: %w", err)
	}
	o := &Oracle{Patience: patience, process: &process{temp: temp, waiting: map[int64]chan json.RawMessage{},
		stderr: &jvm.Tail{}}}
	if err := o.start(classPath); err != nil {
		return nil, errors.Join(err, os.RemoveAll(temp))
	}
	var v struct{ Flink, Java string }
	if err := o.call(map[string]any{"op": "version"}, &v); err != nil {
		return nil, errors.Join(err, o.Close())
	}
	o.Flink, o.Java = v.Flink, v.Java
	return o, nil
}

func (o *process) start(classPath string) (err error) {
	// Only C1: the many small jobs of tests end before C2 pays. Every job loads classes of its own, for which
	// the JVM would collect everything again and again until its metaspace has grown.
	o.cmd = jvm.Program{
		ClassPath: classPath, Main: "digitaltwin.oracle.Oracle", Temp: o.temp,
		Options: []string{"-XX:TieredStopAtLevel=1", "-XX:ReservedCodeCacheSize=128m", "-XX:+UseSerialGC",
			"-XX:MetaspaceSize=256m", "-Xms1g", "-Xmn512m", "-Xmx2g"},
	}.Command()
	o.cmd.Stderr = o.stderr
	if o.in, err = o.cmd.StdinPipe(); err != nil {
		return err
	}
	out, err := o.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := o.cmd.Start(); err != nil {
		return fmt.Errorf("flink: %w", err)
	}
	go o.read(out)
	return nil
}

// Close ends the JVM and removes its temporary files.
func (o *process) Close() error {
	o.in.Close() // it halts at the end of its input
	return errors.Join(o.cmd.Wait(), os.RemoveAll(o.temp))
}

func (o *process) read(out io.Reader) {
	r := bufio.NewReaderSize(out, 1<<16)
	for {
		line, err := r.ReadBytes('\n')
		if err != nil {
			o.fail(fmt.Errorf("flink: the JVM has ended: %s", o.stderr))
			return
		}
		var head struct{ ID int64 }
		if err := json.Unmarshal(line, &head); err != nil {
			o.fail(fmt.Errorf("flink: unreadable answer %.200q: %w", line, err))
			return
		}
		o.mu.Lock()
		c := o.waiting[head.ID]
		delete(o.waiting, head.ID)
		o.mu.Unlock()
		if c != nil {
			c <- line
		}
	}
}

func (o *process) fail(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.dead = err
	for id, c := range o.waiting {
		delete(o.waiting, id)
		close(c)
	}
}

// call sends a request and decodes its answer into a.
func (o *Oracle) call(q map[string]any, a any) error {
	c := make(chan json.RawMessage, 1)
	o.mu.Lock()
	o.next++
	id := o.next
	dead := o.dead
	o.waiting[id] = c
	o.mu.Unlock()
	if dead != nil {
		return dead
	}
	q["id"] = id
	q["whole_code"] = o.WholeCode
	q["patience_ms"] = o.Patience.Milliseconds()
	line, err := json.Marshal(q)
	if err != nil {
		return err
	}
	o.write.Lock()
	_, err = o.in.Write(append(line, '\n'))
	o.write.Unlock()
	if err != nil {
		return fmt.Errorf("flink: the JVM does not listen: %w: %s", err, o.stderr)
	}
	select {
	case answer, ok := <-c:
		if !ok {
			return o.dead
		}
		var refused struct{ Error, Stalled string }
		if err := json.Unmarshal(answer, &refused); err != nil {
			return err
		}
		switch {
		case refused.Stalled != "":
			return fmt.Errorf("%w %s", ErrStalled, refused.Stalled)
		case refused.Error != "":
			return errors.New(refused.Error)
		}
		return json.Unmarshal(answer, a)
	case <-time.After(silence):
		return fmt.Errorf("%w after %v, waiting for any answer of the JVM", ErrStalled, silence)
	}
}
