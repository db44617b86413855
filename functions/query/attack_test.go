package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/railtwin/digitaltwin/functions/internal/gateway"
	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/access/accesstest"
	"github.com/railtwin/digitaltwin/internal/emulator"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// Ensure that no attack on the rules reads anything by the function that it must not, whichever way API Gateway says
// who calls.
func TestAttacksOnTheRules(t *testing.T) {
	client := emulator.Client(emulator.DynamoDB(t))
	if err := dynamo.CreateTable(t.Context(), client, "twin"); err != nil {
		t.Fatal(err)
	}
	table := dynamo.New(client, "twin", nil)
	for _, d := range accesstest.Datasets() {
		if err := table.PutDataset(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := store.NewApplier(table, nil).Apply(t.Context(), accesstest.Changes(twin.MillisOf(clock))); err != nil {
		t.Fatal(err)
	}
	ids := map[string]string{"eve": "3kc5eve", "bob": "7qd9bob"}
	t.Run("granted", func(t *testing.T) { attack(t, table, ids, rulesOf(t, accesstest.Rules).WithClients(ids)) })
	// What is reserved for bob is hidden from eve whatever she is granted, as the canary is from all but its client.
	wider := rulesOf(t, strings.Replace(accesstest.Rules, `"datasets": "boxes"`, `"datasets": "*"`, 1)).WithClients(ids)
	t.Run("reserved", func(t *testing.T) {
		attack(t, table, ids,
			wider.Reserving(map[string]string{"vaults": ids["bob"]}))
	})
}

func rulesOf(t *testing.T, text string) *access.Rules {
	t.Helper()
	rules, err := access.Parse("access.json", []byte(text), access.Known{})
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

func attack(t *testing.T, table *dynamo.Store, ids map[string]string, rules *access.Rules) {
	h := newHandler(table, nil, rules, wiring.Query{})
	for issuer, authorizer := range map[string]func(access.Caller) map[string]any{
		"Cognito": func(c access.Caller) map[string]any {
			return map[string]any{"claims": map[string]any{
				"sub": c.Subject, "client_id": c.Client, "token_use": "access", "scope": strings.Join(c.Scopes, " "),
				"cognito:groups": strings.Join(c.Groups, ","),
			}}
		},
		"another issuer": gateway.CallerContext,
	} {
		t.Run(issuer, func(t *testing.T) {
			accesstest.Run(t, func(t *testing.T, a accesstest.Request) *httptest.ResponseRecorder {
				e := eventOf(a)
				if a.Caller != nil {
					c := *a.Caller
					if id := ids[c.Client]; id != "" {
						c.Client = id
					}
					if c.Subject == "" {
						c.Subject = "somebody"
					}
					if issuer == "Cognito" {
						c.Groups = cognitoGroups(c.Groups)
					}
					e.RequestContext.Authorizer = authorizer(c)
				}
				return recorded(t, invoke(t, h, e))
			})
		})
	}
}

// cognitoGroups are those names that a group of Amazon Cognito can have whose list API Gateway writes with commas.
func cognitoGroups(names []string) (some []string) {
	for _, n := range names {
		if !strings.ContainsAny(n, ", ") {
			some = append(some, n)
		}
	}
	return some
}

// eventOf is the call as API Gateway hands it over. Header and parameters are there twice, as API Gateway does it.
func eventOf(a accesstest.Request) events.APIGatewayProxyRequest {
	path, query, _ := strings.Cut(a.Target, "?")
	e := events.APIGatewayProxyRequest{
		HTTPMethod: a.Method, Path: path, Body: a.Body, MultiValueHeaders: a.Header, Headers: map[string]string{},
		QueryStringParameters: map[string]string{},
	}
	for name := range a.Header {
		e.Headers[name] = a.Header.Get(name)
	}
	if values, err := url.ParseQuery(query); err == nil {
		e.MultiValueQueryStringParameters = values
		for name := range values {
			e.QueryStringParameters[name] = values.Get(name)
		}
	}
	return e
}

// recorded is an answer of the function as one of HTTP.
func recorded(t *testing.T, r events.APIGatewayProxyResponse) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	for name, values := range r.MultiValueHeaders {
		w.Header()[http.CanonicalHeaderKey(name)] = values
	}
	w.WriteHeader(r.StatusCode)
	if _, err := w.WriteString(r.Body); err != nil {
		t.Fatal(err)
	}
	return w
}

// Ensure that nothing of an event but what API Gateway has verified makes a caller, wherever it stands.
func TestForgedEvents(t *testing.T) {
	h := newHandler(nobodyReads{}, nil, rulesOf(t, accesstest.Rules), wiring.Query{})
	const claims = `{"claims":{"sub":"bob","client_id":"bob","token_use":"access","scope":"twin/read"},"sub":"bob","client":"bob","scopes":"twin/read"}`
	for _, forged := range []string{
		`"authorizer":` + claims, `"stageVariables":` + `{"authorizer":"bob","sub":"bob"}`,
		`"requestContext":{"claims":` + claims + `}`,
		`"requestContext":{"identity":{"authorizer":` + claims + `}}`,
		`"requestContext":{"authorizer":{"principalId":"bob"}}`,
		`"requestContext":{"authorizer":{"claims":{"sub":"bob","client_id":"bob","token_use":"id","scope":"twin/read"}}}`,
		`"body":` + strconv.Quote(claims),
	} {
		r := invoke(t, h, []byte(`{"httpMethod":"GET","path":"/v1/components",`+forged+`}`))
		if r.StatusCode != 401 || !strings.Contains(r.Body, "token-needed") {
			t.Errorf("%s: %d %s", forged, r.StatusCode, r.Body)
		}
	}
}

// nobodyReads is a store that must not be asked.
type nobodyReads struct{ store.Reader }
