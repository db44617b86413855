package test

import (
	"encoding/json"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/constructs"
)

// in returns the resources of a type in an environment, by their names.
func (a *app) in(environment, kind string) map[string]*resource {
	found := map[string]*resource{}
	for _, r := range a.all(kind) {
		if r.stack.Environment == environment {
			found[r.name()] = r
		}
	}
	return found
}

// output returns the value of an output of an environment's core; "" without one.
func (a *app) output(environment, id string) string {
	for _, s := range a.stacks {
		for name, o := range s.Outputs {
			if s.name == "DigitalTwin-"+environment && strings.HasPrefix(name, "Twin"+id) {
				return s.text(o.Value)
			}
		}
	}
	return ""
}

// Ensure that the table is paid by request unless capacity is asked for, and then scales within its bounds, with
// its index.
func TestCapacity(t *testing.T) {
	a := everything(t)
	for _, e := range environments {
		if got := a.one(t, e, "Twin/Table").text("BillingMode"); got != "PAY_PER_REQUEST" {
			t.Errorf("%s: the table is paid by %s", e, got)
		}
		if n := len(a.in(e, "AWS::ApplicationAutoScaling::ScalableTarget")); n > 0 {
			t.Errorf("%s has %d scalable targets", e, n)
		}
	}
	table := a.one(t, "full", "Twin/Table")
	if got := table.text("ProvisionedThroughput"); got != `{"ReadCapacityUnits":5,"WriteCapacityUnits":10}` || table.get("BillingMode") == "PAY_PER_REQUEST" {
		t.Errorf("the table begins with %s", got)
	}
	got := map[string]string{}
	for _, r := range a.in("full", "AWS::ApplicationAutoScaling::ScalableTarget") {
		got[r.text("ScalableDimension")] = r.text("MinCapacity") + " to " + r.text("MaxCapacity")
	}
	want := map[string]string{
		"dynamodb:table:ReadCapacityUnits": "5 to 100", "dynamodb:table:WriteCapacityUnits": "10 to 400",
		"dynamodb:index:ReadCapacityUnits": "1 to 20", "dynamodb:index:WriteCapacityUnits": "1 to 10",
	}
	if !maps.Equal(got, want) {
		t.Errorf("the capacity scales %v, want %v", got, want)
	}
	policies := a.in("full", "AWS::ApplicationAutoScaling::ScalingPolicy")
	for _, r := range policies {
		if r.get("TargetTrackingScalingPolicyConfiguration", "TargetValue") != 60.0 {
			t.Errorf("%s aims at %s", r.path, r.text("TargetTrackingScalingPolicyConfiguration", "TargetValue"))
		}
	}
	if len(policies) != 4 {
		t.Errorf("%d scaling policies", len(policies))
	}
}

// Ensure that the table can be restored for as long as the settings say: everywhere that it is retained, and not
// in a disposable environment.
func TestRecovery(t *testing.T) {
	for e, want := range map[string]string{
		"dev": `{"PointInTimeRecoveryEnabled":false}`, "prod": `{"PointInTimeRecoveryEnabled":true,"RecoveryPeriodInDays":35}`,
		"full": `{"PointInTimeRecoveryEnabled":true,"RecoveryPeriodInDays":7}`,
	} {
		if got := everything(t).one(t, e, "Twin/Table").text("PointInTimeRecoverySpecification"); got != want {
			t.Errorf("%s: %s, want %s", e, got, want)
		}
	}
}

// Ensure that a domain of one's own is the only address, by TLS 1.2, with a record where the zone is named and
// with a hint what to make where it is not.
func TestDomain(t *testing.T) {
	a := everything(t)
	for e, name := range map[string]string{"full": "twin.example.com", "demand": "demand.example.com"} {
		d := a.one(t, e, "Twin/DomainName")
		if d.text("DomainName") != name || d.text("SecurityPolicy") != "TLS_1_2" || d.text("EndpointConfiguration", "Types") != "REGIONAL" ||
			!strings.Contains(d.text("RegionalCertificateArn"), ":certificate/") {
			t.Errorf("%s: %v", e, d.Properties)
		}
		mappings := a.in(e, "AWS::ApiGateway::BasePathMapping")
		if len(mappings) != 1 {
			t.Fatalf("%s: %d mappings", e, len(mappings))
		}
		for _, m := range mappings {
			if m.text("BasePath") != "" || m.text("RestApiId") != "${Twin/Api}" || m.text("Stage") != "${Twin/Api/DeploymentStage.twin}" {
				t.Errorf("%s: %v", m.path, m.Properties)
			}
		}
		if a.one(t, e, "Twin/Api").get("DisableExecuteApiEndpoint") != true {
			t.Errorf("%s has two addresses", e)
		}
		if got := a.output(e, "ApiUrl"); got != "https://"+name+"/v1" {
			t.Errorf("%s: the API is said to be at %s", e, got)
		}
		if got := a.output(e, "DomainTarget"); got != "${Twin/DomainName.RegionalDomainName}" {
			t.Errorf("%s: the record is said to point to %s", e, got)
		}
	}
	record := a.one(t, "full", "Twin/DomainRecord")
	if record.text("Name") != "twin.example.com" || record.text("HostedZoneId") != "Z0123456789ABC" ||
		record.text("AliasTarget", "DNSName") != "${Twin/DomainName.RegionalDomainName}" {
		t.Errorf("the record is %v", record.Properties)
	}
	if n := len(a.in("demand", "AWS::Route53::RecordSet")); n > 0 {
		t.Error("a record without a zone")
	}
	for _, e := range environments {
		if len(a.in(e, "AWS::ApiGateway::DomainName")) > 0 || a.one(t, e, "Twin/Api").get("DisableExecuteApiEndpoint") == true {
			t.Errorf("%s has a domain", e)
		}
		if got := a.output(e, "ApiUrl"); !strings.HasSuffix(got, "/${Twin/Api/DeploymentStage.twin}/v1") {
			t.Errorf("%s: the API is said to be at %s", e, got)
		}
	}
}

// Ensure that the firewall stands before the stage, blocks who asks too often, lets calls through that are in
// order, and logs what it blocks without tokens and keys.
func TestFirewall(t *testing.T) {
	a := everything(t)
	for e, rate := range map[string]float64{"full": 500, "demand": 2000, "prod": 2000} {
		firewall := a.one(t, e, "Twin/Firewall")
		if firewall.text("Scope") != "REGIONAL" || firewall.text("DefaultAction") != `{"Allow":{}}` {
			t.Errorf("%s: %v", firewall.path, firewall.Properties)
		}
		rules, _ := firewall.get("Rules").([]any)
		if len(rules) != 2 {
			t.Fatalf("%s has the rules %v", firewall.path, rules)
		}
		first, second := rules[0].(map[string]any), firewall.stack.text(rules[1])
		limit := first["Statement"].(map[string]any)["RateBasedStatement"].(map[string]any)
		if limit["Limit"] != rate || limit["AggregateKeyType"] != "IP" || firewall.stack.text(first["Action"]) != `{"Block":{}}` {
			t.Errorf("%s: the first rule is %v", firewall.path, first)
		}
		for _, want := range []string{"AWSManagedRulesCommonRuleSet", "NoUserAgent_HEADER", "SizeRestrictions_BODY", "SizeRestrictions_QUERYSTRING", "RestrictedExtensions_URIPATH"} {
			if !strings.Contains(second, want) {
				t.Errorf("%s: the second rule does not speak of %s: %s", firewall.path, want, second)
			}
		}
		if got := a.one(t, e, "Twin/FirewallOfApi").text("ResourceArn"); !strings.HasSuffix(got, "/restapis/${Twin/Api}/stages/${Twin/Api/DeploymentStage.twin}") {
			t.Errorf("%s: it stands before %s", e, got)
		}
		logs := a.one(t, e, "Twin/FirewallLogging")
		if got := logs.text("RedactedFields"); !strings.Contains(got, "authorization") || !strings.Contains(got, "x-api-key") {
			t.Errorf("%s does not leave out %s", logs.path, got)
		}
		if !strings.Contains(logs.text("LoggingFilter"), `"DefaultBehavior":"DROP"`) || !strings.HasSuffix(logs.text("LogDestinationConfigs"), ":log-group:${Twin/FirewallLogs}") {
			t.Errorf("%s: %v", logs.path, logs.Properties)
		}
		if name := a.one(t, e, "Twin/FirewallLogs").text("LogGroupName"); name != "aws-waf-logs-digitaltwin-${Twin/Api}" {
			t.Errorf("%s: AWS WAF would not take the log group %s", e, name)
		}
	}
	if len(a.in("dev", "AWS::WAFv2::WebACL")) > 0 {
		t.Error("dev has a firewall")
	}
}

// Ensure that browsers get an answer to their question before a call without a token or key, on every path, that
// API Gateway's own answers can be read by scripts too, and that none of it is there where no page is allowed.
func TestCORS(t *testing.T) {
	a := everything(t)
	for e, problems := range map[string]string{"full": "'*'", "demand": "'https://app.example.com'"} {
		asked := 0
		for _, m := range a.in(e, "AWS::ApiGateway::Method") {
			if m.text("HttpMethod") != "OPTIONS" {
				continue
			}
			asked++
			if m.text("AuthorizationType") != "NONE" || m.get("ApiKeyRequired") == true || m.text("Integration", "Type") != "MOCK" {
				t.Errorf("%s: %v", m.path, m.Properties)
			}
			answer := m.get("Integration", "IntegrationResponses").([]any)[0].(map[string]any)
			headers := m.stack.text(answer["ResponseParameters"])
			for _, want := range []string{`Allow-Origin":"'https://app.example.com'"`, "Authorization", "If-None-Match", "X-Api-Key", "OPTIONS'"} {
				if !strings.Contains(headers, want) {
					t.Errorf("%s answers without %s: %s", m.path, want, headers)
				}
			}
			other := strings.Contains(m.stack.text(answer["ResponseTemplates"]), `$origin == \"http://localhost:5173\"`)
			if other != (e == "full") {
				t.Errorf("%s: the second origin: %t", m.path, other)
			}
		}
		if asked != len(constructs.Routes) {
			t.Errorf("%s: %d paths of %d answer OPTIONS", e, asked, len(constructs.Routes))
		}
		for _, r := range a.in(e, "AWS::ApiGateway::GatewayResponse") {
			if got := r.text("ResponseParameters", "gatewayresponse.header.Access-Control-Allow-Origin"); got != problems {
				t.Errorf("%s can be read by %s, want %s", r.path, got, problems)
			}
		}
	}
	if got := a.one(t, "full", "Twin/Query/Function").text("Environment", "Variables", "TWIN_CORS_ORIGINS"); got != "https://app.example.com http://localhost:5173" {
		t.Errorf("the function lets %q read", got)
	}
	for _, e := range environments {
		for _, m := range a.in(e, "AWS::ApiGateway::Method") {
			if m.text("HttpMethod") == "OPTIONS" {
				t.Errorf("%s is there", m.path)
			}
		}
		for _, r := range a.in(e, "AWS::ApiGateway::GatewayResponse") {
			if strings.Contains(r.text("ResponseParameters"), "Access-Control") {
				t.Errorf("%s: %s", r.path, r.text("ResponseParameters"))
			}
		}
	}
}

// Ensure that all that API Gateway answers itself is a problem in JSON, and that words are JSON too.
func TestProblems(t *testing.T) {
	kinds := map[string]bool{}
	for _, r := range everything(t).in("prod", "AWS::ApiGateway::GatewayResponse") {
		kinds[r.text("ResponseType")] = true
		template := r.text("ResponseTemplates", "application/json")
		filled := strings.ReplaceAll(template, "$context.error.messageString", `"words"`)
		var problem struct{ Type, Title string }
		if err := json.Unmarshal([]byte(filled), &problem); err != nil || problem.Type != "about:blank" || problem.Title == "" {
			t.Errorf("%s answers %s: %v", r.path, template, err)
		}
		if got := r.text("ResponseParameters", "gatewayresponse.header.Content-Type"); got != "'application/problem+json'" {
			t.Errorf("%s answers with %s", r.path, got)
		}
	}
	for _, want := range []string{"DEFAULT_4XX", "DEFAULT_5XX", "UNAUTHORIZED", "THROTTLED", "QUOTA_EXCEEDED", "INVALID_API_KEY", "WAF_FILTERED", "BAD_REQUEST_BODY"} {
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
		schema, _ := model.get("Schema").(map[string]any)
		got := maps.Clone(schema)
		delete(got, "$schema")
		delete(got, "title")
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: the schema is %v\nthe documented %v", e, got, want)
		}
		post := everything(t).one(t, e, "Twin/Api/Default/v1/readings:query/POST")
		if post.text("RequestModels", "application/json") != "${Twin/Api/Selection}" {
			t.Errorf("%s checks by %s", post.path, post.text("RequestModels"))
		}
	}
}

// Ensure that people sign in by code, without a secret, at the places that are named; and nowhere where they are
// not asked for.
func TestPeople(t *testing.T) {
	a := everything(t)
	c := a.one(t, "full", "Twin/Users/People")
	for name, want := range map[string]string{
		"GenerateSecret": "false", "AllowedOAuthFlows": "code", "AllowedOAuthScopes": "openid, ${Twin/Users/ResourceServer}/read",
		"CallbackURLs": "https://app.example.com/signed-in, http://localhost:5173/", "LogoutURLs": "https://app.example.com/",
		"SupportedIdentityProviders": "COGNITO", "AccessTokenValidity": "30",
	} {
		if got := c.text(name); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	if a.output("full", "PeopleClientId") != "${Twin/Users/People}" || !strings.HasSuffix(a.output("full", "SignInUrl"), "/oauth2/authorize") {
		t.Errorf("people are not told where to sign in: %s", a.output("full", "SignInUrl"))
	}
	for _, e := range environments {
		if names := slices.Sorted(maps.Keys(a.in(e, "AWS::Cognito::UserPoolClient"))); !slices.Equal(names, []string{"Twin/Users/Machine"}) {
			t.Errorf("%s has the clients %v", e, names)
		}
	}
}
