package gateway

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/access"
)

// Ensure that the caller is who the verified claims say, and that nothing else of an event makes one.
func TestCaller(t *testing.T) {
	for _, c := range []struct{ event, want string }{
		{`"requestContext":{"authorizer":{"claims":{"sub":"s","client_id":"c","token_use":"access","scope":"openid twin/read","cognito:groups":"a,b"}}}`, `{s c [a b] [openid twin/read]}`},
		{`"requestContext":{"authorizer":{"claims":{"sub":"s","client_id":"c","token_use":"access","cognito:groups":"[a b]"}}}`, `{s c [a b] []}`},
		{`"requestContext":{"authorizer":{"claims":{"sub":"s","client_id":1,"token_use":"access","scope":null}}}`,
			`{s  [] []}`},
		{`"requestContext":{"authorizer":{"principalId":"s","sub":"s","client":"c","groups":"[\"a b\",\"c\"]","scopes":"twin/read twin/operate"}}`, `{s c [a b c] [twin/read twin/operate]}`},
		{`"requestContext":{"authorizer":{"claims":{"sub":"s","client_id":"c","token_use":"id","scope":"twin/read"}}}`,
			"none"},
		{`"requestContext":{"authorizer":{"claims":{},"sub":"s","client":"c","scopes":"twin/read"}}`, "none"},
		{`"requestContext":{"authorizer":{"principalId":"s"}}`, "none"},
		{`"requestContext":{"authorizer":null}`, "none"},
		{`"requestContext":{"claims":{"sub":"s"}},"authorizer":{"sub":"s"},"claims":{"sub":"s","token_use":"access"},"sub":"s"`, "none"},
		{`"headers":{"sub":"s","x-amzn-oidc-data":"s","authorizer":"s"},"queryStringParameters":{"sub":"s","requestContext.authorizer.sub":"s"},"stageVariables":{"sub":"s"}`, "none"},
	} {
		got := "none"
		if caller, ok := access.FromContext(mustRequest(t, `{"httpMethod":"GET","path":"/v1",`+c.event+`}`).Context()); ok {
			got = fmt.Sprintf("{%s %s %v %v}", caller.Subject, caller.Client, caller.Groups, caller.Scopes)
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.event, got, c.want)
		}
	}
}

// Ensure that a caller comes through a Lambda authorizer as he was, whatever the names of his groups.
func TestCallerContext(t *testing.T) {
	want := access.Caller{Subject: "s", Client: "c", Groups: []string{"Fleet Operators", "a,b", "[x]"},
		Scopes:  []string{access.ScopeRead},
		Expires: time.Date(2026, 11, 29, 22, 0, 0, 0, time.UTC)}
	context, err := json.Marshal(CallerContext(want))
	if err != nil {
		t.Fatal(err)
	}
	got, _ := access.FromContext(mustRequest(t, `{"httpMethod":"GET","path":"/v1","requestContext":{"authorizer":`+
		string(context)+`}}`).Context())
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// Ensure that it is known when a token expires, in every form in which API Gateway may say it.
func TestExpires(t *testing.T) {
	want := time.Date(2026, 11, 5, 22, 1, 2, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"Thu Nov 05 22:01:02 UTC 2026": want, "Thu Nov  5 22:01:02 UTC 2026": want, "1793916062": want,
		"": {}, "soon": {}, "-1": {}, "99999999999999999999": {},
	} {
		if got := expires(text); !got.Equal(want) {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}
