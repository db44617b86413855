// Package lsp is a language server for extractors, over the Language Server Protocol 3.17: diagnostics, hover,
// completion, definition and formatting. What it says is the engine's own analysis ([extract.Inspect]), once for each
// change.
//
// [Serve] talks to an editor. It takes whole documents, one message after the other, and positions in UTF-16, which
// every client has. A half-written file has what the parser could read of it.
package lsp

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
)

// Errors of JSON-RPC.
const (
	parseError     = -32700
	methodNotFound = -32601
	invalidParams  = -32602
	internalError  = -32603
	notInitialized = -32002
)

// request is a request, or a notification where there is no id.
type request struct {
	ID     json.RawMessage `json:"id,omitempty"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
}

type responseError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

func (e *responseError) Error() string { return e.Message }

// server is one conversation.
type server struct {
	out         io.Writer
	version     string
	documents   map[string]*document
	initialized bool
	ended       bool // by shutdown
}

// ErrNoShutdown says that the editor ended the conversation without a shutdown.
var ErrNoShutdown = errors.New("the editor went away without a shutdown")

// Serve answers the messages of an editor until it says exit, or in ends. version is told to it.
func Serve(in io.Reader, out io.Writer, version string) error {
	s := &server{out: out, version: version, documents: map[string]*document{}}
	r := bufio.NewReader(in)
	for {
		content, err := readMessage(r)
		if errors.Is(err, io.EOF) {
			return ErrNoShutdown
		}
		if err != nil {
			return err
		}
		var q request
		if err := json.Unmarshal(content, &q); err != nil {
			if err := s.fail(json.RawMessage("null"), &responseError{parseError, err.Error()}); err != nil {
				return err
			}
			continue
		}
		if q.Method == "exit" {
			if s.ended {
				return nil
			}
			return ErrNoShutdown
		}
		if err := s.answer(&q); err != nil {
			return err
		}
	}
}

// answer answers a request, or acts on a notification. The error is that of writing.
func (s *server) answer(q *request) error {
	result, err := s.try(q)
	if q.ID == nil {
		var failed *responseError
		if err != nil && !errors.As(err, &failed) {
			return err
		}
		return nil // nobody waits for what went wrong
	}
	if err != nil {
		var failed *responseError
		if !errors.As(err, &failed) {
			return err
		}
		return s.fail(q.ID, failed)
	}
	return s.send(map[string]any{"jsonrpc": "2.0", "id": q.ID, "result": result})
}

// try handles a request. A panic is an error of this request, and ends no conversation.
func (s *server) try(q *request) (result any, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &responseError{internalError, fmt.Sprintf("BUG: %v\n%s", v, debug.Stack())}
		}
	}()
	return s.handle(q)
}

func (s *server) fail(id json.RawMessage, e *responseError) error {
	return s.send(map[string]any{"jsonrpc": "2.0", "id": id, "error": e})
}

func (s *server) notify(method string, params any) error {
	return s.send(map[string]any{"jsonrpc": "2.0", "method": method, "params": params})
}

func (s *server) send(message any) error {
	content, err := json.Marshal(message)
	if err != nil {
		return fmt.Errorf("lsp: %w", err)
	}
	return writeMessage(s.out, content)
}
