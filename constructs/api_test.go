package constructs_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/constructs"
	"github.com/railtwin/digitaltwin/internal/api"
	"github.com/railtwin/digitaltwin/internal/operate"
)

// Ensure that every method asks for a token with the scope that reads, but for those that say whether the API is alive
// and how to get a token, that the methods are the routes, and that all of them check what they are given.
func TestEveryMethodIsAuthorised(t *testing.T) {
	for _, e := range environments {
		var got []string
		for _, m := range theApp(t).All("AWS::ApiGateway::Method") {
			if m.Stack.Environment != e {
				continue
			}
			path, _, _ := strings.Cut(strings.TrimPrefix(m.Name(), "Twin/Api/Default"), "/"+m.Text("HttpMethod"))
			got = append(got, m.Text("HttpMethod")+" "+path)
			if m.Text("RequestValidatorId") != "${Twin/Api/Validator}" {
				t.Errorf("%s checks nothing", m.Path)
			}
			if slices.Contains([]string{"/v1/health", "/v1", api.MetadataPath}, path) {
				if m.Text("AuthorizationType") != "NONE" {
					t.Errorf("%s is %s; who calls it has no token yet", m.Path, m.Text("AuthorizationType"))
				}
				continue
			}
			if m.Text("AuthorizationType") != "COGNITO_USER_POOLS" || m.Text("AuthorizerId") != "${Twin/Authorizer}" {
				t.Errorf("%s is authorised by %s %s", m.Path, m.Text("AuthorizationType"), m.Text("AuthorizerId"))
			}
			want := "twin/read"
			if strings.HasPrefix(path, operate.Path) {
				want = "twin/operate"
			}
			if scopes := m.Text("AuthorizationScopes"); scopes != want {
				t.Errorf("%s asks for the scopes %q", m.Path, scopes)
			}
		}
		var want []string
		for _, r := range constructs.Routes {
			for _, method := range r.Methods() {
				want = append(want, method+" "+r.Path)
			}
		}
		for _, r := range operate.Routes() {
			want = append(want, r.Method+" "+r.Path)
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: methods %v\nwant %v", e, got, want)
		}
	}
}

// Ensure that who is refused for his token is told where he learns how to get one, at the address that he uses.
func TestRefusalsNameTheMetadata(t *testing.T) {
	for e, base := range map[string]string{"dev": "https://${Twin/Api}.execute-api.", "full": "https://twin.example.com"} {
		for id, begin := range map[string]string{"Unauthorized": "'Bearer ",
			"AccessDenied": `'Bearer error="insufficient_scope", `} {
			got := everything(t).one(t, e, "Twin/Api/"+id).Text("ResponseParameters", "gatewayresponse.header.WWW-Authenticate")
			if !strings.HasPrefix(got, begin+`resource_metadata="`+base) || !strings.HasSuffix(got, api.MetadataPath+`"'`) {
				t.Errorf("%s: %s says %s", e, id, got)
			}
		}
	}
}

// Ensure that API Gateway lets through what the OpenAPI document describes, and nothing else.
func TestRoutesAreTheDocumented(t *testing.T) {
	b, err := os.ReadFile("../internal/api/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Paths map[string]map[string]any
	}
	if err := json.Unmarshal(b, &document); err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for path, methods := range document.Paths {
		for method := range methods {
			if method != "parameters" {
				want = append(want, strings.ToUpper(method)+" "+path)
			}
		}
	}
	for _, r := range constructs.Routes {
		got = append(got, r.Method+" "+r.Path)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("routes %v\ndocumented %v", got, want)
	}
}

// Ensure that the authorizer asks the pool that the machine client is of, and that this client can get
// tokens of the one scope only, by its secret only, which is in no template.
func TestMachineClient(t *testing.T) {
	for _, e := range environments {
		a := theApp(t)
		if got := a.one(t, e, "Twin/Authorizer").Text("ProviderARNs"); got != "${Twin/Users.Arn}" {
			t.Errorf("the authorizer asks %s", got)
		}
		c := a.one(t, e, "Twin/Users/Machine")
		for name, want := range map[string]string{
			"UserPoolId": "${Twin/Users}", "GenerateSecret": "true", "AllowedOAuthFlows": "client_credentials",
			"AllowedOAuthScopes": "${Twin/Users/ResourceServer}/read", "AllowedOAuthFlowsUserPoolClient": "true",
		} {
			if got := c.Text(name); got != want {
				t.Errorf("%s: %s is %s, want %s", c.Path, name, got, want)
			}
		}
	}
}

// Ensure that the stage writes access and error logs without readings or tokens, and refuses a flood.
func TestStage(t *testing.T) {
	for _, s := range theApp(t).All("AWS::ApiGateway::Stage") {
		if s.Text("AccessLogSetting", "DestinationArn") != "${Twin/AccessLogs.Arn}" {
			t.Errorf("%s logs calls to %s", s.Path, s.Text("AccessLogSetting", "DestinationArn"))
		}
		settings, _ := s.Get("MethodSettings").([]any)
		if len(settings) != 1 {
			t.Fatalf("%s has the settings %v", s.Path, settings)
		}
		m := settings[0].(map[string]any)
		if m["LoggingLevel"] != "ERROR" || m["DataTraceEnabled"] != false || m["ThrottlingRateLimit"] == nil ||
			m["ThrottlingBurstLimit"] == nil {
			t.Errorf("%s has the settings %v", s.Path, m)
		}
	}
	for _, api := range theApp(t).All("AWS::ApiGateway::RestApi") {
		if api.Text("EndpointConfiguration", "Types") != "REGIONAL" {
			t.Errorf("%s is %s", api.Path, api.Text("EndpointConfiguration", "Types"))
		}
		if size := api.Get("MinimumCompressionSize"); fmt.Sprint(size) != "1024" {
			t.Errorf("%s compresses from %v bytes on", api.Path, size)
		}
		if types := api.Get("BinaryMediaTypes"); fmt.Sprint(types) != "[*/*]" {
			t.Errorf("%s does not decode what the function has compressed: its binary types are %v", api.Path, types)
		}
	}
}
