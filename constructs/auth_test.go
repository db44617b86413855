package constructs_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/token"
	"github.com/railtwin/digitaltwin/internal/token/tokentest"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// Ensure that with an issuer of the operator's own every call but the public ones asks the authorize function, and that
// nothing of Amazon Cognito and no secret is there.
func TestOwnIssuer(t *testing.T) {
	a := everything(t)
	asks := a.one(t, "sources", "Twin/IssuerAuthorizer")
	for name, want := range map[string]string{
		"Type": "TOKEN", "IdentitySource": "method.request.header.Authorization", "AuthorizerResultTtlInSeconds": "300",
	} {
		if got := asks.Text(name); got != want {
			t.Errorf("the authorizer: %s is %s, want %s", name, got, want)
		}
	}
	if uri := asks.Text("AuthorizerUri"); !strings.Contains(uri, "${Twin/Authorize/Function.Arn}") {
		t.Errorf("it asks %s", uri)
	}
	protected := 0
	for _, m := range a.In("sources", "AWS::ApiGateway::Method") {
		switch kind := m.Text("AuthorizationType"); {
		case kind == "CUSTOM" && m.Text("AuthorizerId") == "${Twin/IssuerAuthorizer}":
			protected++
		case kind != "NONE" || a.one(t, "dev", m.Name()).Text("AuthorizationType") != "NONE":
			t.Errorf("%s: %s by %s", m.Path, kind, m.Text("AuthorizerId"))
		}
	}
	if protected < 10 {
		t.Errorf("%d methods ask for a token", protected)
	}
	for _, kind := range []string{
		"AWS::Cognito::UserPool", "AWS::Cognito::UserPoolClient", "AWS::SecretsManager::Secret", "AWS::ApiGateway::ApiKey",
		"Custom::DigitalTwinCredentials",
	} {
		if found := a.In("sources", kind); len(found) > 0 {
			t.Errorf("there is a %s", kind)
		}
	}
	environment := a.one(t, "sources", "Twin/Authorize/Function").Get("Environment", "Variables")
	want := wiring.Authorize{Auth: `{"issuer":"https://login.example.com/fleet/v2.0","audience":["https://twin.example.com"],` +
		`"claims":{"subject":["oid"],"client":["azp"],"groups":["groups"],"scope":["scp","roles"]}}`}.Env()
	if got := environment.(map[string]any); len(got) != len(want) || got["TWIN_AUTH"] != want["TWIN_AUTH"] {
		t.Errorf("the function is told %v", got)
	}
	if got := a.Output("DigitalTwin-sources", "Issuer"); got != "https://login.example.com/fleet/v2.0" {
		t.Errorf("the output Issuer is %s", got)
	}
	if format := a.one(t, "sources", "Twin/Api/DeploymentStage.twin").Text("AccessLogSetting",
		"Format"); !strings.Contains(format, `"client":"$context.authorizer.client"`) {
		t.Errorf("the access log: %s", format)
	}
}

// Ensure that API Gateway hands every token to the function that it could accept, and few others.
func TestTokenForm(t *testing.T) {
	form := regexp.MustCompile(everything(t).one(t, "sources",
		"Twin/IssuerAuthorizer").Text("IdentityValidationExpression"))
	i := tokentest.NewIssuer(t)
	refused := 0
	for _, attack := range tokentest.Attacks {
		for _, header := range attack.Headers(i.Forge) {
			raw, err := token.FromValue(header)
			switch passes := form.MatchString(header); {
			case !passes && attack.Status != 401:
				t.Errorf("%s: %.80s is not handed over", attack.Name, header)
			case passes && (err != nil || strings.Count(raw, ".") != 2):
				t.Errorf("%s: %.80s is handed over", attack.Name, header)
			case !passes:
				refused++
			}
		}
	}
	if refused < 6 {
		t.Errorf("only %d attacks cost nothing", refused)
	}
}
