package access

import (
	"context"
	"strings"

	"github.com/railtwin/digitaltwin/internal/problem"
)

// Refusal is why a call is refused, whatever it asks for: an answer as RFC 6750 (bearer tokens), section 3, has it.
type Refusal struct {
	Kind   problem.Kind // of status 401 or 403
	Detail string       // what to do
	// what the header WWW-Authenticate has after Bearer: parameters with commas between them, or nothing
	Challenge string
}

// Header returns the header WWW-Authenticate. metadata is the URL of the metadata of the API as a protected resource
// (RFC 9728, 5.1); "" where it has none.
func (r *Refusal) Header(metadata string) string {
	var parameters []string
	if r.Challenge != "" {
		parameters = append(parameters, r.Challenge)
	}
	if metadata != "" {
		parameters = append(parameters, `resource_metadata="`+metadata+`"`)
	}
	return strings.TrimSuffix("Bearer "+strings.Join(parameters, ", "), " ")
}

// Authorize returns the caller that ctx carries, if his token has the scope, and otherwise why the call is refused.
func Authorize(ctx context.Context, scope string) (Caller, *Refusal) {
	c, ok := FromContext(ctx)
	switch {
	case !ok:
		return c, &Refusal{
			Kind:   problem.TokenNeeded,
			Detail: "Send an access token with the scope " + scope + " as Authorization: Bearer.",
		}
	case !c.Has(scope):
		return c, &Refusal{
			Kind:      problem.InsufficientScope,
			Detail:    "The token does not have the scope " + scope + ". Ask for a token with it.",
			Challenge: `error="insufficient_scope", scope="` + scope + `"`,
		}
	}
	return c, nil
}
