// Package gateway is between API Gateway and an HTTP handler: it makes the request that a caller sent out of the event
// of a REST API with proxy integration, and the answer to API Gateway out of what the handler says.
package gateway

import (
	"context"
	"net/http"
	"time"

	"github.com/railtwin/digitaltwin/functions/internal/trigger"
)

// Handler answers the calls of an API.
type Handler struct {
	HTTP     http.Handler
	Origins  Origins          // of web pages whose scripts may read the answers
	TooLarge http.HandlerFunc // answers in the place of HTTP where that has said more than API Gateway takes
}

// Invoke answers one call.
func (h *Handler) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	ctx, cancel := trigger.Before(ctx, time.Second) // so that a slow store is a problem, and no timeout
	defer cancel()
	r, err := Request(ctx, payload)
	if err != nil {
		return nil, err
	}
	answer := func(serve http.HandlerFunc) ([]byte, error) {
		w := &response{header: http.Header{}}
		h.Origins.allow(w.header, r.Header.Get("Origin"))
		serve(w, r)
		return w.encode()
	}
	b, err := answer(h.HTTP.ServeHTTP)
	if err == nil && len(b) > maxAnswer {
		return answer(h.TooLarge)
	}
	return b, err
}
