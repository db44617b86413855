package gateway

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/railtwin/digitaltwin/internal/access"
)

// authorizer is what API Gateway has verified of a call, and the one part of an event that says who calls: nothing that
// the caller sends otherwise, as a header or a parameter, comes here.
type authorizer struct {
	// Claims are those of an access token of Amazon Cognito.
	Claims map[string]any `json:"claims"`

	// What functions/authorize says of the token of another issuer, see [CallerContext].
	Subject string `json:"sub"`
	Client  string `json:"client"`
	Groups  string `json:"groups"`
	Scopes  string `json:"scopes"`
	Expires string `json:"expires"`
}

// CallerContext is what a Lambda authorizer hands on of a caller: texts only, as API Gateway takes them. Groups are a
// JSON array, since their names may have blanks in them.
func CallerContext(c access.Caller) map[string]any {
	groups, err := json.Marshal(append([]string{}, c.Groups...))
	if err != nil {
		panic("BUG: strings are JSON: " + err.Error())
	}
	m := map[string]any{"sub": c.Subject, "client": c.Client, "groups": string(groups),
		"scopes": strings.Join(c.Scopes, " ")}
	if !c.Expires.IsZero() {
		m["expires"] = strconv.FormatInt(c.Expires.Unix(), 10)
	}
	return m
}

// withCaller puts the caller into the context. A call whose token nobody has verified has none.
func (a *authorizer) withCaller(ctx context.Context) context.Context {
	switch {
	case a == nil:
	case a.Claims != nil:
		claim := func(name string) string {
			text, _ := a.Claims[name].(string)
			return text
		}
		if claim("token_use") == "access" {
			return access.NewContext(ctx, access.Caller{
				Subject: claim("sub"), Client: claim("client_id"),
				Groups: groups(claim("cognito:groups")), Scopes: strings.Fields(claim("scope")), Expires: expires(claim("exp")),
			})
		}
	case a.Subject != "":
		return access.NewContext(ctx, access.Caller{
			Subject: a.Subject, Client: a.Client, Groups: groups(a.Groups), Scopes: strings.Fields(a.Scopes),
			Expires: expires(a.Expires),
		})
	}
	return ctx
}

// expires reads when a token expires: seconds since 1970, or a date as API Gateway writes that of Amazon Cognito. It is
// zero where it says nothing.
func expires(text string) time.Time {
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil && seconds > 0 && seconds < 1<<40 {
		return time.Unix(seconds, 0).UTC()
	}
	at, err := time.Parse("Mon Jan _2 15:04:05 MST 2006", text)
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}

// groups reads a list that is written as a text: ["a","b"], or as API Gateway writes the groups of Amazon Cognito,
// whose names have no blanks: a,b or [a b].
func groups(text string) []string {
	var list []string
	if json.Unmarshal([]byte(text), &list) == nil {
		return list
	}
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("[], ", r) })
}
