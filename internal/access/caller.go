// Package access says who calls the API, and what he may read and operate.
//
// [Caller] is who makes a call, by the verified claims of his token, and travels in the context. [Rules] are the grants
// of a file ([Parse]); what they let a caller read is a [Readable]. docs/access.md says what a grant means. A caller
// without a grant reads nothing; without any rules (a nil *Rules) every caller with the scope reads everything.
package access

import (
	"context"
	"slices"
	"time"
)

// Scopes of OAuth 2.0 that the API knows.
const (
	ScopeRead    = "twin/read"
	ScopeOperate = "twin/operate"
)

// Caller is who makes a call, by the claims of a token that was verified.
type Caller struct {
	Subject string   // sub
	Client  string   // client_id
	Groups  []string // cognito:groups, or the claim that the setting auth names
	Scopes  []string
	Expires time.Time // when the token does; zero where that is unknown
}

// Has reports whether the token of c has a scope. Scopes are compared whole.
func (c Caller) Has(scope string) bool { return slices.Contains(c.Scopes, scope) }

type key struct{}

// NewContext returns a context that carries c.
func NewContext(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, key{}, c)
}

// FromContext returns the caller of ctx. It is false where nobody verified a token.
func FromContext(ctx context.Context) (Caller, bool) {
	c, ok := ctx.Value(key{}).(Caller)
	return c, ok
}
