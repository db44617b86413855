package constructs_test

import (
	"encoding/json"
	"maps"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/constructs"
)

// Ensure that browsers get an answer to their question before a call without a token or key, on every path, that
// API Gateway's own answers can be read by scripts too, and that none of it is there where no page is allowed.
func TestCORS(t *testing.T) {
	a := everything(t)
	for e, problems := range map[string]string{"full": "'*'", "demand": "'https://app.example.com'"} {
		asked := 0
		for _, m := range a.In(e, "AWS::ApiGateway::Method") {
			if m.Text("HttpMethod") != "OPTIONS" {
				continue
			}
			asked++
			if m.Text("AuthorizationType") != "NONE" || m.Get("ApiKeyRequired") == true ||
				m.Text("Integration", "Type") != "MOCK" {
				t.Errorf("%s: %v", m.Path, m.Properties)
			}
			answer := m.Get("Integration", "IntegrationResponses").([]any)[0].(map[string]any)
			headers := m.Stack.Text(answer["ResponseParameters"])
			for _, want := range []string{`Allow-Origin":"'https://app.example.com'"`, "Authorization", "If-None-Match",
				"Last-Event-ID", "X-Api-Key", "OPTIONS'"} {
				if !strings.Contains(headers, want) {
					t.Errorf("%s answers without %s: %s", m.Path, want, headers)
				}
			}
			other := strings.Contains(m.Stack.Text(answer["ResponseTemplates"]), `$origin == \"http://localhost:5173\"`)
			if other != (e == "full") {
				t.Errorf("%s: the second origin: %t", m.Path, other)
			}
		}
		want := len(constructs.Routes) + 4 // and four paths of operators
		want++                             // and the one of followers
		if e == "full" {                   // which has a page
			want += 2
		}
		if asked != want {
			t.Errorf("%s: %d paths of %d answer OPTIONS", e, asked, want)
		}
		for _, r := range a.In(e, "AWS::ApiGateway::GatewayResponse") {
			if got := r.Text("ResponseParameters", "gatewayresponse.header.Access-Control-Allow-Origin"); got != problems {
				t.Errorf("%s can be read by %s, want %s", r.Path, got, problems)
			}
		}
	}
	if got := a.one(t, "full", "Twin/Query/Function").Text("Environment", "Variables",
		"TWIN_CORS_ORIGINS"); got != "https://app.example.com http://localhost:5173 https://${Twin/Page.DomainName}" {
		t.Errorf("the function lets %q read", got)
	}
	for _, e := range environments {
		for _, m := range a.In(e, "AWS::ApiGateway::Method") {
			if m.Text("HttpMethod") == "OPTIONS" {
				t.Errorf("%s is there", m.Path)
			}
		}
		for _, r := range a.In(e, "AWS::ApiGateway::GatewayResponse") {
			if strings.Contains(r.Text("ResponseParameters"), "Access-Control") {
				t.Errorf("%s: %s", r.Path, r.Text("ResponseParameters"))
			}
		}
	}
}

// Ensure that all that API Gateway answers itself is a problem in JSON, and that words are JSON too.
func TestProblems(t *testing.T) {
	kinds := map[string]bool{}
	for _, r := range everything(t).In("prod", "AWS::ApiGateway::GatewayResponse") {
		kinds[r.Text("ResponseType")] = true
		template := r.Text("ResponseTemplates", "application/json")
		filled := strings.ReplaceAll(template, "$context.error.messageString", `"words"`)
		var problem struct{ Type, Title string }
		if err := json.Unmarshal([]byte(filled), &problem); err != nil || problem.Type != "about:blank" ||
			problem.Title == "" {
			t.Errorf("%s answers %s: %v", r.Path, template, err)
		}
		if got := r.Text("ResponseParameters", "gatewayresponse.header.Content-Type"); got != "'application/problem+json'" {
			t.Errorf("%s answers with %s", r.Path, got)
		}
	}
	for _, want := range []string{"DEFAULT_4XX", "DEFAULT_5XX", "UNAUTHORIZED", "THROTTLED", "QUOTA_EXCEEDED",
		"INVALID_API_KEY", "WAF_FILTERED", "BAD_REQUEST_BODY"} {
		if !kinds[want] {
			t.Errorf("nothing is said for %s", want)
		}
	}
}

// Ensure that API Gateway checks the body of a query by the schema that the OpenAPI document has.
func TestQueryIsChecked(t *testing.T) {
	b, err := os.ReadFile("../internal/api/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Components struct{ Schemas map[string]map[string]any }
	}
	if err := json.Unmarshal(b, &document); err != nil {
		t.Fatal(err)
	}
	want := document.Components.Schemas["Selection"]
	for _, e := range environments {
		model := everything(t).one(t, e, "Twin/Api/Selection")
		schema, _ := model.Get("Schema").(map[string]any)
		got := maps.Clone(schema)
		delete(got, "$schema")
		delete(got, "title")
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: the schema is %v\nthe documented %v", e, got, want)
		}
		post := everything(t).one(t, e, "Twin/Api/Default/v1/readings:query/POST")
		if post.Text("RequestModels", "application/json") != "${Twin/Api/Selection}" {
			t.Errorf("%s checks by %s", post.Path, post.Text("RequestModels"))
		}
	}
}
