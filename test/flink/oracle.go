package flink

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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

	*process
}

// process is the JVM.
type process struct {
	cmd    *exec.Cmd
	stderr *jvm.Tail

	write sync.Mutex // guards in
	in    io.WriteCloser

	mu      sync.Mutex // guards what follows
	next    int64
	waiting map[int64]chan json.RawMessage
	dead    error
}

// Timeout bounds one request, planning included.
const Timeout = 2 * time.Minute

// Open builds the harness where that is needed and starts a JVM. Close ends it.
func Open() (*Oracle, error) {
	classPath, err := build()
	if err != nil {
		return nil, err
	}
	o := &Oracle{process: &process{waiting: map[int64]chan json.RawMessage{}, stderr: &jvm.Tail{}}}
	// Only C1: the many small jobs of tests end before C2 pays. Every job loads classes of its own, for which
	// the JVM would collect everything again and again until its metaspace has grown.
	o.cmd = jvm.Command(classPath, "digitaltwin.oracle.Oracle", []string{"-XX:TieredStopAtLevel=1", "-XX:ReservedCodeCacheSize=128m",
		"-XX:+UseSerialGC", "-XX:MetaspaceSize=256m", "-Xms1g", "-Xmn512m", "-Xmx2g"}, nil)
	o.cmd.Stderr = o.stderr
	if o.in, err = o.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := o.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := o.cmd.Start(); err != nil {
		return nil, fmt.Errorf("flink: %w", err)
	}
	go o.read(out)
	var v struct{ Flink, Java string }
	if err := o.call(map[string]any{"op": "version"}, &v); err != nil {
		o.Close()
		return nil, err
	}
	o.Flink, o.Java = v.Flink, v.Java
	return o, nil
}

// Close ends the JVM.
func (o *Oracle) Close() error {
	o.in.Close() // it halts at the end of its input
	return o.cmd.Wait()
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
	q["timeout_ms"] = (Timeout / 2).Milliseconds()
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
		var refused struct{ Error string }
		if err := json.Unmarshal(answer, &refused); err != nil {
			return err
		}
		if refused.Error != "" {
			return errors.New(refused.Error)
		}
		return json.Unmarshal(answer, a)
	case <-time.After(Timeout):
		return fmt.Errorf("flink: no answer within %v", Timeout)
	}
}
