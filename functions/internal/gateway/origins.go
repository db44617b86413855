package gateway

import (
	"net/http"
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/api"
)

// Origins are the web pages whose scripts may read the answers, see [wiring.Query]. API Gateway answers the
// preflight, and leaves the header of the answer itself to the function.
type Origins []string

// NewOrigins reads a setting: origins with blanks between them, or *.
func NewOrigins(setting string) Origins { return strings.Fields(setting) }

// allow lets a script of the origin read an answer.
func (o Origins) allow(answer http.Header, origin string) {
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
