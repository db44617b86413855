package lambda

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// process is one execution environment: a process and the runtime interface that it asks for events.
type process struct {
	cmd    *exec.Cmd
	server *httptest.Server
	exited chan struct{}

	invocations int
	events      chan invocation
	answers     chan answer
}

// invocation is an event on its way to the process.
type invocation struct {
	id       string
	deadline time.Time
	event    []byte
}

// answer is what the process said to an invocation, or about its own start.
type answer struct {
	id   string
	ok   bool
	body []byte
}

func startProcess(folder string, env []string, output io.Writer) (*process, error) {
	p := &process{exited: make(chan struct{}), events: make(chan invocation), answers: make(chan answer, 1)}
	p.server = httptest.NewServer(p)
	p.cmd = exec.Command(filepath.Join(folder, "bootstrap"))
	p.cmd.Dir = folder
	p.cmd.Env = append([]string{"AWS_LAMBDA_RUNTIME_API=" + strings.TrimPrefix(p.server.URL, "http://"),
		"_HANDLER=bootstrap", "LAMBDA_TASK_ROOT=" + folder}, env...)
	p.cmd.Stdout, p.cmd.Stderr, p.cmd.WaitDelay = output, output, time.Second
	if err := p.cmd.Start(); err != nil {
		p.server.Close()
		return nil, err
	}
	go func() {
		_ = p.cmd.Wait() // however it ends, it has ended
		close(p.exited)
	}()
	return p, nil
}

// invoke hands over an event and waits for its answer, the end of the process, or the deadline.
func (p *process) invoke(event []byte, timeout time.Duration) ([]byte, error) {
	p.invocations++
	i := invocation{id: strconv.Itoa(p.invocations), event: event}
	start := time.NewTimer(10 * time.Second) // for the process to ask; its start does not count
	defer start.Stop()
	i.deadline = time.Now().Add(timeout)
	select {
	case p.events <- i:
	case a := <-p.answers: // an error of the start
		return nil, &FunctionError{string(a.body)}
	case <-p.exited:
		return nil, ErrExited
	case <-start.C:
		return nil, ErrTimedOut
	}
	deadline := time.NewTimer(timeout)
	defer deadline.Stop()
	for {
		select {
		case a := <-p.answers:
			if a.id != i.id {
				continue
			}
			if !a.ok {
				return nil, &FunctionError{string(a.body)}
			}
			return a.body, nil
		case <-p.exited:
			return nil, ErrExited
		case <-deadline.C:
			return nil, ErrTimedOut
		}
	}
}

func (p *process) end() {
	_ = p.cmd.Process.Kill() // unless it has ended
	<-p.exited
	p.server.CloseClientConnections()
	p.server.Close()
}

// ServeHTTP is the runtime interface.
func (p *process) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	path := strings.Split(strings.TrimPrefix(r.URL.Path, "/2018-06-01/runtime/"), "/")
	switch {
	case len(path) == 2 && path[0] == "invocation" && path[1] == "next":
		select {
		case i := <-p.events:
			h := w.Header()
			h.Set("Lambda-Runtime-Aws-Request-Id", i.id)
			h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(i.deadline.UnixMilli(), 10))
			h.Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-central-1:123456789012:function:function")
			_, _ = w.Write(i.event)
		case <-r.Context().Done():
		}
	case len(path) == 3 && path[0] == "invocation" && (path[2] == "response" || path[2] == "error"):
		w.WriteHeader(http.StatusAccepted)
		p.answers <- answer{id: path[1], ok: path[2] == "response", body: body}
	case len(path) == 2 && path[0] == "init" && path[1] == "error":
		w.WriteHeader(http.StatusAccepted)
		p.answers <- answer{body: body}
	default:
		http.NotFound(w, r)
	}
}
