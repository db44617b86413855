package main

import (
	"net/http"
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/api"
)

// origins are the web pages whose scripts may read the answers, see [wiring.Query]. API Gateway answers the
// preflight, and leaves the header of the answer itself to the function.
type origins []string

func newOrigins(setting string) origins { return strings.Fields(setting) }

// allow lets a script of the origin read an answer.
func (o origins) allow(answer http.Header, origin string) {
	if len(o) == 0 {
		return
	}
	switch {
	case o[0] == "*":
		answer.Set("Access-Control-Allow-Origin", "*")
	case slices.Contains(o, origin):
		answer.Set("Access-Control-Allow-Origin", origin)
		answer.Add("Vary", "Origin")
	default:
		answer.Add("Vary", "Origin") // a cache must not hand this answer to a page that is allowed
		return
	}
	answer.Set("Access-Control-Expose-Headers", api.ExposedHeaders)
}
