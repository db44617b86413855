package access

import (
	"context"
	"net/http"
)

// Refusal is why a call is refused, whatever it asks for: an answer as RFC 6750 (bearer tokens), section 3, has it.
type Refusal struct {
	Status    int    // 401 or 403
	Kind      string // of the problem, such as insufficient-scope
	Title     string
	Detail    string // what to do
	Challenge string // the header WWW-Authenticate
}

// Authorize returns the caller that ctx carries, if his token has the scope, and otherwise why the call is refused.
func Authorize(ctx context.Context, scope string) (Caller, *Refusal) {
	c, ok := FromContext(ctx)
	switch {
	case !ok:
		return c, &Refusal{
			Status: http.StatusUnauthorized, Kind: "token-needed", Title: "A valid access token is needed",
			Detail: "Send an access token with the scope " + scope + " as Authorization: Bearer.", Challenge: "Bearer",
		}
	case !c.Has(scope):
		return c, &Refusal{
			Status: http.StatusForbidden, Kind: "insufficient-scope", Title: "The access token does not allow this",
			Detail:    "The token does not have the scope " + scope + ". Ask for a token with it.",
			Challenge: `Bearer error="insufficient_scope", scope="` + scope + `"`,
		}
	}
	return c, nil
}
