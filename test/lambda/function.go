package lambda

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// ErrExited and ErrTimedOut are how an invocation ends when the process ends before it answers, or does not answer
// before its deadline.
var (
	ErrExited   = errors.New("Runtime.ExitError: the process ended before it answered")
	ErrTimedOut = errors.New("Sandbox.Timedout: the task timed out")
)

// FunctionError is an error that the function returned.
type FunctionError struct{ Text string }

func (e *FunctionError) Error() string { return "the function returned an error: " + e.Text }

// Function is a function's binary with its environment variables.
type Function struct {
	// Timeout is the time that an invocation has. Default: a minute.
	Timeout time.Duration

	tb     testing.TB
	folder string
	env    []string

	mu      sync.Mutex
	process *process
	starts  int
	output  synced
}

// New returns the function whose bootstrap is in folder. Its process starts with the first invocation and ends with
// the test.
func New(tb testing.TB, folder string, env map[string]string) *Function {
	f := &Function{Timeout: time.Minute, tb: tb, folder: folder}
	for k, v := range env {
		f.env = append(f.env, k+"="+v)
	}
	tb.Cleanup(func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.end()
	})
	return f
}

// Invoke hands an event to the function and returns its answer. It is called by one goroutine at a time.
func (f *Function) Invoke(event []byte) ([]byte, error) {
	p, err := f.environment()
	if err != nil {
		return nil, err
	}
	answer, err := p.invoke(event, f.Timeout)
	if errors.Is(err, ErrExited) || errors.Is(err, ErrTimedOut) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.end()
	}
	return answer, err
}

// environment returns the process, and starts one where there is none.
func (f *Function) environment() (*process, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.process == nil {
		p, err := startProcess(f.folder, f.env, &f.output)
		if err != nil {
			return nil, fmt.Errorf("lambda: %w", err)
		}
		f.process = p
		f.starts++
	}
	return f.process, nil
}

// end ends the process; the next invocation starts another one.
func (f *Function) end() {
	if f.process != nil {
		f.process.end()
		f.process = nil
	}
}

// Restart ends the process; the next invocation starts another one.
func (f *Function) Restart() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.end()
}

// Signal sends a signal to the process, if there is one: SIGKILL is what a function gets that runs out of memory,
// SIGSTOP makes it hang.
func (f *Function) Signal(s syscall.Signal) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.process != nil {
		if err := f.process.cmd.Process.Signal(s); err != nil {
			f.tb.Errorf("lambda: signal %s: %v", s, err)
		}
	}
}

// PeakMemory is the most memory that the process has had so far, in bytes, as Linux counts it.
func (f *Function) PeakMemory() int {
	f.tb.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.process == nil {
		f.tb.Fatal("lambda: there is no process")
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", f.process.cmd.Process.Pid))
	if err != nil {
		f.tb.Fatalf("lambda: %v", err)
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	kB := 0
	if _, err := fmt.Sscan(after, &kB); err != nil {
		f.tb.Fatalf("lambda: VmHWM: %v", err)
	}
	return kB << 10
}

// Starts is how many processes there have been.
func (f *Function) Starts() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.starts
}

// Output is what the processes wrote: the function's log.
func (f *Function) Output() string { return f.output.String() }

// synced is a buffer that a process writes while a test reads.
type synced struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *synced) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *synced) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
