package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/railtwin/digitaltwin/functions/internal/trigger"
)

// Streamer answers the calls of a method of an API that streams responses: what its handler writes is on its way at
// once.
type Streamer struct {
	HTTP    http.Handler
	Origins Origins // of web pages whose scripts may read the answers
}

// Handle answers one call. After a stream API Gateway may call once more, to say that it is complete: that is no call
// of the API, and the answer is empty.
func (s *Streamer) Handle(ctx context.Context, payload json.RawMessage) (*events.APIGatewayProxyStreamingResponse,
	error) {
	ctx, cancel := trigger.Before(ctx, 5*time.Second)
	r, err := Request(ctx, payload)
	if err != nil {
		cancel()
		slog.Info("an event that is no call was left alone") // and not logged: it may be one after all
		return &events.APIGatewayProxyStreamingResponse{StatusCode: http.StatusOK, Body: strings.NewReader("")}, nil
	}
	from, to := io.Pipe()
	w := &streamed{header: http.Header{}, body: to, head: make(chan int, 1)}
	s.Origins.allow(w.header, r.Header.Get("Origin"))
	go func() {
		defer cancel()
		err := serve(s.HTTP, w, r)
		w.WriteHeader(http.StatusOK) // where nothing was said
		_ = to.CloseWithError(err)   // nil is the end
	}()
	status := <-w.head
	return &events.APIGatewayProxyStreamingResponse{StatusCode: status, MultiValueHeaders: w.sent, Body: from}, nil
}

// serve serves a request. A panic ends the answer as one that is not whole.
func serve(h http.Handler, w http.ResponseWriter, r *http.Request) (err error) {
	defer func() {
		if v := recover(); v != nil {
			slog.Error("the handler failed", "error", fmt.Sprint(v))
			w.WriteHeader(http.StatusInternalServerError)
			err = errors.New("gateway: the handler failed")
		}
	}()
	h.ServeHTTP(w, r)
	return nil
}

// streamed hands what a handler writes to who reads it, piece by piece. It is for one goroutine.
type streamed struct {
	header, sent http.Header
	head         chan int // the status, once
	body         *io.PipeWriter
	deadline     time.Time
}

var _ interface {
	http.ResponseWriter
	http.Flusher
	SetWriteDeadline(time.Time) error
} = (*streamed)(nil)

// Header implements [http.ResponseWriter].
func (s *streamed) Header() http.Header { return s.header }

// WriteHeader implements [http.ResponseWriter].
func (s *streamed) WriteHeader(status int) {
	if s.sent == nil {
		s.sent = s.header.Clone()
		s.head <- status
	}
}

// Write implements [http.ResponseWriter]. It returns once the piece was taken.
func (s *streamed) Write(b []byte) (int, error) {
	s.WriteHeader(http.StatusOK)
	if !s.deadline.IsZero() {
		slow := time.AfterFunc(time.Until(s.deadline), func() { _ = s.body.CloseWithError(os.ErrDeadlineExceeded) })
		defer slow.Stop()
	}
	return s.body.Write(b)
}

// Flush implements [http.Flusher]: what was written is on its way.
func (s *streamed) Flush() { s.WriteHeader(http.StatusOK) }

// SetWriteDeadline says until when what is written next must be taken, see [http.ResponseController].
func (s *streamed) SetWriteDeadline(at time.Time) error {
	s.deadline = at
	return nil
}
