package main

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/railtwin/digitaltwin/internal/access"
)

// with are the claims of an operator with some that are others; nil takes one away.
func with(change map[string]any) map[string]any {
	claims := maps.Clone(operatorClaims)
	maps.Copy(claims, change)
	maps.DeleteFunc(claims, func(_ string, v any) bool { return v == nil })
	return claims
}

// Ensure that nobody operates by anything but verified claims of an access token with the scope, whatever else the
// caller sends, that no trick with a path reaches a route that was not meant, and that no answer has a name of
// something inside.
func TestAttacks(t *testing.T) {
	a := newAccount(t)
	name := a.keepRejects(record("1", 80))
	run := a.run(`{"kind":"pause","dataset":"wagons"}`)
	const runs, one = "/v1/operations", "/v1/operations/{run}"
	forget := `{"kind":"forget","component":"wagon:1","dryRun":false}`
	header := func(key, value string) func(*events.APIGatewayProxyRequest) {
		return func(e *events.APIGatewayProxyRequest) {
			e.Headers, e.MultiValueHeaders = map[string]string{key: value}, map[string][]string{key: {value}}
		}
	}
	query := func(key, value string) func(*events.APIGatewayProxyRequest) {
		return func(e *events.APIGatewayProxyRequest) {
			e.QueryStringParameters, e.MultiValueQueryStringParameters = map[string]string{key: value},
				map[string][]string{key: {value}}
		}
	}
	forged := `{"token_use":"access","client_id":"ops","scope":"twin/operate"}`
	for _, attack := range []struct {
		name                         string
		claims                       map[string]any
		method, resource, path, body string
		change                       func(*events.APIGatewayProxyRequest)
		want                         int
	}{
		{"no claims", nil, "POST", runs, runs, forget, nil, 403},
		{"claims in a header", nil, "POST", runs, runs, forget, header("X-Amzn-Oidc-Data", forged), 403},
		{"claims in a header named after the context", nil, "POST", runs, runs, forget,
			header("requestContext", `{"authorizer":{"claims":`+forged+`}}`), 403},
		{"claims in the query", nil, "POST", runs, runs, forget, query("scope", "twin/operate"), 403},
		{"claims in the body", nil, "POST", runs, runs,
			`{"kind":"pause","dataset":"wagons","requestContext":{"authorizer":{"claims":` + forged + `}}}`, nil, 403},
		{"a bearer token that nobody verified", nil, "POST", runs, runs, forget, header("Authorization", "Bearer e30.e30."),
			403},
		{"an event of the function itself in the body", nil, "POST", runs, runs, `{"run":"` + run.ID + `"}`, nil, 403},
		{"an authorizer without claims", map[string]any{}, "POST", runs, runs, forget, nil, 403},
		{"an id token", with(map[string]any{"token_use": "id"}), "POST", runs, runs, forget, nil, 403},
		{"a token of unknown use", with(map[string]any{"token_use": nil}), "POST", runs, runs, forget, nil, 403},
		{"a token that reads", with(map[string]any{"scope": "twin/read"}), "POST", runs, runs, forget, nil, 403},
		{"a token without a scope", with(map[string]any{"scope": nil}), "POST", runs, runs, forget, nil, 403},
		{"a longer scope", with(map[string]any{"scope": "twin/operate2 xtwin/operate"}), "POST", runs, runs, forget, nil,
			403},
		{"a shorter scope", with(map[string]any{"scope": "twin/oper"}), "POST", runs, runs, forget, nil, 403},
		{"a scope in other letters", with(map[string]any{"scope": "TWIN/OPERATE"}), "POST", runs, runs, forget, nil, 403},
		{"scopes divided by commas", with(map[string]any{"scope": "twin/read,twin/operate"}), "POST", runs, runs, forget, nil,
			403},
		{"a group that is called as the scope", with(map[string]any{"scope": "twin/read", "cognito:groups": "twin/operate"}),
			"POST", runs, runs, forget, nil, 403},
		{"a token that reads looks at runs", with(map[string]any{"scope": "twin/read"}), "GET", runs, runs, "", nil, 403},
		{"a token that reads looks at a run", with(map[string]any{"scope": "twin/read"}), "GET", one, runs + "/" + run.ID, "",
			nil, 403},
		{"a token that reads looks for a run that is not there", with(map[string]any{"scope": "twin/read"}), "GET", one,
			runs + "/x", "", nil, 403},

		{"forget everything by an empty prefix", operatorClaims, "POST", runs, runs,
			`{"kind":"forget","prefix":"","dryRun":false}`, nil, 400},
		{"forget nothing named", operatorClaims, "POST", runs, runs, `{"kind":"forget","dryRun":false}`, nil, 400},
		{"forget both", operatorClaims, "POST", runs, runs, `{"kind":"forget","component":"a:1","prefix":"a","dryRun":false}`,
			nil, 400},
		{"replay an unknown dataset", operatorClaims, "POST", runs, runs,
			`{"kind":"replay","dataset":"../wagons","dryRun":false}`, nil, 404},
		{"rebuild with SQL of one's own", operatorClaims, "POST", runs, runs,
			`{"kind":"rebuild","dataset":"wagons","from":"2026-11-29T00:00:00Z","sql":"SELECT 1"}`, nil, 400},
		{"an unknown member", operatorClaims, "POST", runs, runs, `{"kind":"pause","dataset":"wagons","by":"root"}`, nil,
			400},
		{"two bodies", operatorClaims, "POST", runs, runs, forget + forget, nil, 400},
		{"a huge body", operatorClaims, "POST", runs, runs, `{"kind":"` + strings.Repeat("x", 2<<20) + `"}`, nil, 413},
		{"no JSON", operatorClaims, "POST", runs, runs, `kind=forget`, nil, 400},

		{"dots", operatorClaims, "GET", one, runs + "/..", "", nil, 404},
		{"encoded dots", operatorClaims, "GET", one, runs + "/%2e%2e", "", nil, 404},
		{"a path to a file", operatorClaims, "GET", runs + "/rejects/{reject}", runs + "/rejects/..%2F..%2Faws%2Flambda", "",
			nil, 404},
		{"the name of a file", operatorClaims, "GET", runs + "/rejects/{reject}",
			runs + "/rejects/" + strings.ReplaceAll(name, "/", "%2F"), "", nil, 404},
		{"encoded twice", operatorClaims, "GET", one, runs + "/%252e%252e", "", nil, 404},
		{"other letters", operatorClaims, "GET", "", "/V1/Operations", "", nil, 404},
		{"a slash more", operatorClaims, "GET", "", runs + "/", "", nil, 404},
		{"below a run", operatorClaims, "GET", "", runs + "/" + run.ID + "/secret", "", nil, 404},
		{"another API", operatorClaims, "GET", "", "/v1/readings", "", nil, 404},
		{"another method", operatorClaims, "PUT", runs, runs, forget, nil, 405},
		{"an unknown parameter", operatorClaims, "GET", runs, runs, "", query("all", "true"), 400},
		{"a cursor of nothing", operatorClaims, "GET", runs, runs, "", query("before", "../x"), 400},
	} {
		t.Run(attack.name, func(t *testing.T) {
			r := a.call(attack.claims, attack.method, attack.resource, attack.path, attack.body, attack.change)
			var problem struct{ Type, Title string }
			err := json.Unmarshal([]byte(r.Body), &problem)
			if err != nil || problem.Type == "" || problem.Title == "" || r.StatusCode != attack.want {
				t.Errorf("%d %.300s, want %d", r.StatusCode, r.Body, attack.want)
			}
			for _, inside := range []string{"dynamodb", "Dynamo", "arn:", "lambda", "goroutine", "operate:", ".go:", "S3",
				"bucket"} {
				if strings.Contains(r.Body, inside) && !strings.Contains(attack.path, inside) {
					t.Errorf("the answer says %q: %s", inside, r.Body)
				}
			}
			if got := http.Header(r.MultiValueHeaders).Get("Content-Type"); got != "application/problem+json" {
				t.Error(got)
			}
		})
	}
	if len(a.queue)+len(a.put) > 0 || len(a.bucket.objects) != 1 {
		t.Errorf("an attack has done something: %s, %d changes, %d objects", a.queue, len(a.put), len(a.bucket.objects))
	}
}

// granted lets callers operate nothing but some datasets.
type granted []string

// Operates implements [operate.Grants].
func (g granted) Operates(_ access.Caller, dataset string) bool { return slices.Contains(g, dataset) }

// Ensure that the function asks the grants of the environment, not only for the scope.
func TestGrantsCount(t *testing.T) {
	a := newAccount(t, "boxes")
	for _, request := range []string{
		`{"kind":"pause","dataset":"wagons"}`, `{"kind":"forget","component":"wagon:1"}`,
		`{"kind":"replay","dataset":"wagons"}`,
	} {
		r := a.call(operatorClaims, "POST", "/v1/operations", "/v1/operations", request, nil)
		if r.StatusCode != http.StatusForbidden || !strings.Contains(r.Body, "not-granted") {
			t.Errorf("%s: %d %s, want not granted", request, r.StatusCode, r.Body)
		}
	}
	if len(a.queue)+len(a.put) > 0 {
		t.Errorf("something is done: %s, %d changes", a.queue, len(a.put))
	}
	t.Run("granted", func(t *testing.T) { newAccount(t, "wagons").run(`{"kind":"replay","dataset":"wagons"}`) })
}
