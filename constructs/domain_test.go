package constructs_test

import (
	"strings"
	"testing"
)

// Ensure that a domain of one's own is the only address, by TLS 1.2 or 1.3, with a record where the zone is named and
// with a hint what to make where it is not.
func TestDomain(t *testing.T) {
	a := everything(t)
	for e, name := range map[string]string{"full": "twin.example.com", "demand": "demand.example.com"} {
		d := a.one(t, e, "Twin/DomainName")
		if d.Text("DomainName") != name || !strings.Contains(d.Text("SecurityPolicy"), "TLS13_1_2") ||
			d.Text("EndpointAccessMode") != "STRICT" || d.Text("EndpointConfiguration", "Types") != "REGIONAL" ||
			!strings.Contains(d.Text("RegionalCertificateArn"), ":certificate/") {
			t.Errorf("%s: %v", e, d.Properties)
		}
		mappings := a.In(e, "AWS::ApiGateway::BasePathMapping")
		if len(mappings) != 1 {
			t.Fatalf("%s: %d mappings", e, len(mappings))
		}
		for _, m := range mappings {
			if m.Text("BasePath") != "" || m.Text("RestApiId") != "${Twin/Api}" ||
				m.Text("Stage") != "${Twin/Api/DeploymentStage.twin}" {
				t.Errorf("%s: %v", m.Path, m.Properties)
			}
		}
		if a.one(t, e, "Twin/Api").Get("DisableExecuteApiEndpoint") != true {
			t.Errorf("%s has two addresses", e)
		}
		if got := a.Output("DigitalTwin-"+e, "ApiUrl"); got != "https://"+name+"/v1" {
			t.Errorf("%s: the API is said to be at %s", e, got)
		}
		if got := a.Output("DigitalTwin-"+e, "DomainTarget"); got != "${Twin/DomainName.RegionalDomainName}" {
			t.Errorf("%s: the record is said to point to %s", e, got)
		}
	}
	record := a.one(t, "full", "Twin/DomainRecord")
	if record.Text("Name") != "twin.example.com" || record.Text("HostedZoneId") != "Z0123456789ABC" ||
		record.Text("AliasTarget", "DNSName") != "${Twin/DomainName.RegionalDomainName}" {
		t.Errorf("the record is %v", record.Properties)
	}
	if n := len(a.In("demand", "AWS::Route53::RecordSet")); n > 0 {
		t.Error("a record without a zone")
	}
	for _, e := range environments {
		if len(a.In(e, "AWS::ApiGateway::DomainName")) > 0 ||
			a.one(t, e, "Twin/Api").Get("DisableExecuteApiEndpoint") == true {
			t.Errorf("%s has a domain", e)
		}
		if got := a.Output("DigitalTwin-"+e, "ApiUrl"); !strings.HasSuffix(got, "/${Twin/Api/DeploymentStage.twin}/v1") {
			t.Errorf("%s: the API is said to be at %s", e, got)
		}
	}
}

// Ensure that the firewall stands before the stage, blocks who asks too often, lets calls through that are in
// order, and logs what it blocks without tokens and keys.
func TestFirewall(t *testing.T) {
	a := everything(t)
	for e, rate := range map[string]float64{"full": 15000, "demand": 100 * 300, "prod": 500 * 300} {
		firewall := a.one(t, e, "Twin/Firewall")
		if firewall.Text("Scope") != "REGIONAL" || firewall.Text("DefaultAction") != `{"Allow":{}}` {
			t.Errorf("%s: %v", firewall.Path, firewall.Properties)
		}
		rules, _ := firewall.Get("Rules").([]any)
		if len(rules) != 3 {
			t.Fatalf("%s has the rules %v", firewall.Path, rules)
		}
		first, second, third := rules[0].(map[string]any), firewall.Stack.Text(rules[1]), firewall.Stack.Text(rules[2])
		limit := first["Statement"].(map[string]any)["RateBasedStatement"].(map[string]any)
		if limit["Limit"] != rate || limit["AggregateKeyType"] != "IP" ||
			firewall.Stack.Text(first["Action"]) != `{"Block":{}}` {
			t.Errorf("%s: the first rule is %v", firewall.Path, first)
		}
		for _, want := range []string{"AWSManagedRulesCommonRuleSet", "NoUserAgent_HEADER", "SizeRestrictions_BODY",
			"SizeRestrictions_QUERYSTRING", "RestrictedExtensions_URIPATH",
			"SizeRestrictions_URIPATH", "GenericLFI_URIPATH", "GenericLFI_QUERYARGUMENTS", "GenericLFI_BODY"} {
			if !strings.Contains(second, want) {
				t.Errorf("%s: the second rule does not speak of %s: %s", firewall.Path, want, second)
			}
		}
		if !strings.Contains(third, "AWSManagedRulesKnownBadInputsRuleSet") {
			t.Errorf("%s: the third rule is %s", firewall.Path, third)
		}
		if got := a.one(t, e, "Twin/FirewallOfApi").Text("ResourceArn"); !strings.HasSuffix(got,
			"/restapis/${Twin/Api}/stages/${Twin/Api/DeploymentStage.twin}") {
			t.Errorf("%s: it stands before %s", e, got)
		}
		logs := a.one(t, e, "Twin/FirewallLogging")
		if got := logs.Text("RedactedFields"); !strings.Contains(got, "authorization") ||
			!strings.Contains(got, "x-api-key") {
			t.Errorf("%s does not leave out %s", logs.Path, got)
		}
		if !strings.Contains(logs.Text("LoggingFilter"), `"DefaultBehavior":"DROP"`) ||
			!strings.HasSuffix(logs.Text("LogDestinationConfigs"), ":log-group:${Twin/FirewallLogs}") {
			t.Errorf("%s: %v", logs.Path, logs.Properties)
		}
		if name := a.one(t, e, "Twin/FirewallLogs").Text("LogGroupName"); name != "aws-waf-logs-digitaltwin-${Twin/Api}" {
			t.Errorf("%s: AWS WAF would not take the log group %s", e, name)
		}
	}
	if len(a.In("dev", "AWS::WAFv2::WebACL")) > 0 {
		t.Error("dev has a firewall")
	}
}
