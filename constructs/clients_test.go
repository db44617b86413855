package constructs_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// Ensure that every machine client has a secret with its own key, which a deployment writes and whose content no
// template knows.
func TestClientsHaveSecrets(t *testing.T) {
	a := everything(t)
	for e, clients := range map[string][]string{"dev": {"machine"}, "prod": {"machine"},
		"full": {"canary", "machine", "map", "reports"}} {
		secrets := a.In(e, "AWS::SecretsManager::Secret")
		if len(secrets) != len(clients) {
			t.Errorf("%s has the secrets %v", e, slices.Sorted(maps.Keys(secrets)))
		}
		for _, name := range clients {
			secret := a.one(t, e, "Twin/Client-"+name+"/Credentials")
			if secret.Text("KmsKeyId") != "${Twin/CredentialsKey.Arn}" || secret.Get("SecretString") != nil ||
				secret.Get("GenerateSecretString") != nil {
				t.Errorf("%s: %v", secret.Path, secret.Properties)
			}
			written := a.one(t, e, "Twin/Client-"+name+"/Written/Default")
			client := "${Twin/Users/Client-" + name + "}"
			if name == "machine" {
				client = "${Twin/Users/Machine}"
			}
			scope := "twin/read"
			if name == "reports" { // which may operate
				scope += " twin/operate"
			}
			for property, want := range map[string]string{
				"Client": client, "UserPool": "${Twin/Users}", "Secret": "${Twin/Client-" + name + "/Credentials}", "Scope": scope,
				"ServiceToken": "${Twin/Credentials/Function.Arn}", "APIURL": a.Output("DigitalTwin-"+e, "ApiUrl"),
				"TokenURL": a.Output("DigitalTwin-"+e, "TokenUrl"),
			} {
				if got := written.Text(property); got != want {
					t.Errorf("%s: %s is %s, want %s", written.Path, property, got, want)
				}
			}
			if !slices.ContainsFunc(written.DependsOn,
				func(id string) bool { return written.Stack.Target(id) == "Twin/Credentials/Policy" }) {
				t.Errorf("%s does not wait for the right to write", written.Path)
			}
			if got := written.Text("APIKey"); (got != "") != (e == "full") {
				t.Errorf("%s: the API key is %q", written.Path, got)
			}
		}
		if got := a.Output("DigitalTwin-"+e, "MachineCredentials"); got != "${Twin/Client-machine/Credentials}" {
			t.Errorf("%s: the credentials are said to be at %s", e, got)
		}
	}
}

// Ensure that a client with limits has a plan of its own and is counted by its key, which then every call but the
// public ones needs; and that nobody is asked for a key where nobody has limits.
func TestLimits(t *testing.T) {
	a := everything(t)
	for _, e := range append([]string{"full", "demand"}, environments...) {
		for _, m := range a.In(e, "AWS::ApiGateway::Method") {
			public := m.Text("AuthorizationType") == "NONE"
			if got := m.Get("ApiKeyRequired") == true; got != (e == "full" && !public) {
				t.Errorf("%s asks for a key: %t", m.Path, got)
			}
		}
		if e != "full" && len(a.In(e, "AWS::ApiGateway::UsagePlan"))+len(a.In(e, "AWS::ApiGateway::ApiKey")) > 0 {
			t.Errorf("%s has plans", e)
		}
	}
	for name, want := range map[string][2]string{
		"machine": {"", ""},
		"map":     {`{"BurstLimit":10,"RateLimit":5}`, ""},
		"reports": {`{"BurstLimit":15,"RateLimit":10}`, `{"Limit":10000,"Period":"DAY"}`},
	} {
		plan := a.one(t, "full", "Twin/Client-"+name+"/Plan")
		if got := [2]string{plan.Text("Throttle"), plan.Text("Quota")}; got != want {
			t.Errorf("%s may call %v, want %v", name, got, want)
		}
		if stages := plan.Text("ApiStages"); !strings.Contains(stages, "Api") {
			t.Errorf("the plan of %s is of %s", name, stages)
		}
		key := a.one(t, "full", "Twin/Client-"+name+"/Key")
		if key.Get("Value") != nil || key.Get("Enabled") != true {
			t.Errorf("%s: %v", key.Path, key.Properties)
		}
	}
	if n := len(a.In("full", "AWS::ApiGateway::UsagePlanKey")); n != 5 {
		t.Errorf("%d keys are in plans, want 5", n)
	}
	// The application by which people sign in sends a key too, which is said where it is.
	people := a.one(t, "full", "Twin/People/Plan")
	if people.Text("Throttle") != `{"BurstLimit":30,"RateLimit":20}` ||
		people.Text("Quota") != `{"Limit":50000,"Period":"DAY"}` {
		t.Errorf("people may call %s and %s", people.Text("Throttle"), people.Text("Quota"))
	}
	if got := a.Output("DigitalTwin-full", "PeopleApiKeyId"); got != "${Twin/People/Key}" {
		t.Errorf("the key of the application is said to be %s", got)
	}
}

// Ensure that people sign in by code, without a secret, at the places that are named; and nowhere where they are
// not asked for.
func TestPeople(t *testing.T) {
	a := everything(t)
	c := a.one(t, "full", "Twin/Users/People")
	for name, want := range map[string]string{
		"GenerateSecret": "false", "AllowedOAuthFlows": "code",
		"AllowedOAuthScopes":         "openid, ${Twin/Users/ResourceServer}/read, ${Twin/Users/ResourceServer}/operate",
		"CallbackURLs":               "https://app.example.com/signed-in, http://localhost:5173/",
		"LogoutURLs":                 "https://app.example.com/",
		"SupportedIdentityProviders": "COGNITO", "AccessTokenValidity": "30",
	} {
		if got := c.Text(name); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	if a.Output("DigitalTwin-full", "PeopleClientId") != "${Twin/Users/People}" ||
		!strings.HasSuffix(a.Output("DigitalTwin-full", "SignInUrl"), "/oauth2/authorize") {
		t.Errorf("people are not told where to sign in: %s", a.Output("DigitalTwin-full", "SignInUrl"))
	}
	// "twin login" has a client of its own, of which the query function tells it.
	terminal := a.one(t, "full", "Twin/Users/Terminal")
	callbacks := terminal.Text("CallbackURLs")
	if terminal.Text("GenerateSecret") != "false" || terminal.Text("AllowedOAuthFlows") != "code" ||
		!strings.HasPrefix(callbacks, "http://localhost:8765/callback, ") {
		t.Errorf("the client of the command line: %v", terminal.Properties)
	}
	query := a.one(t, "full", "Twin/Query/Function")
	for name, want := range map[string]string{
		"TWIN_ISSUER":         "https://cognito-idp.eu-central-1.${AWS::URLSuffix}/${Twin/Users}",
		"TWIN_SIGN_IN_URL":    a.Output("DigitalTwin-full", "SignInUrl"),
		"TWIN_SIGN_IN_CLIENT": "${Twin/Users/Terminal}", "TWIN_SIGN_IN_REDIRECTS": strings.ReplaceAll(callbacks, ",", ""),
	} {
		if got := query.Text("Environment", "Variables", name); got != want || got == "" {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	for _, e := range environments {
		if names := slices.Sorted(maps.Keys(a.In(e, "AWS::Cognito::UserPoolClient"))); !slices.Equal(names,
			[]string{"Twin/Users/Machine"}) {
			t.Errorf("%s has the clients %v", e, names)
		}
	}
}
