package constructs_test

import (
	"strings"
	"testing"
)

// Ensure that nothing that holds data has a name of its own: it could not be replaced, nor be there twice.
func TestNoPhysicalNames(t *testing.T) {
	names := []string{"Name", "TableName", "BucketName", "UserPoolName", "FunctionName", "RoleName", "LogGroupName",
		"StreamName", "DashboardName"}
	for _, s := range theApp(t).Stacks {
		for _, r := range s.Resources {
			switch r.Type {
			// FunctionName is a reference
			case "AWS::Lambda::EventInvokeConfig", "AWS::Lambda::EventSourceMapping", "AWS::Lambda::Permission":
				continue
			case "AWS::ApiGateway::RestApi", "AWS::ApiGateway::Authorizer", "AWS::Cognito::UserPoolResourceServer",
				"AWS::Lambda::Alias":
				continue // required, or a title
			case "AWS::IAM::Role":
				continue // keys know roles by their names, see TestNames
			}
			for _, name := range names {
				// What names a log group by the API's id is as unique as that.
				if v := r.Text(name); v != "" && !(r.Type == "AWS::Logs::LogGroup" && strings.Contains(v, "${Twin/Api}")) {
					t.Errorf("%s has the name %s", r.Path, v)
				}
			}
		}
	}
}

// Ensure that environments do not meet in one account: what must be named differs by the environment's name.
func TestEnvironmentsDoNotMeet(t *testing.T) {
	a := everything(t)
	for kind, name := range map[string]string{"AWS::Cognito::UserPoolDomain": "Domain",
		"AWS::ApiGateway::RestApi": "Name"} {
		names := map[string]string{}
		for _, r := range a.All(kind) {
			v := r.Text(name)
			if other := names[v]; other != "" || v == "" {
				t.Errorf("%s and %s are both named %q", r.Path, other, v)
			}
			names[v] = r.Path
		}
		want := len(environments) + len(environmentsOfTests())
		if kind == "AWS::Cognito::UserPoolDomain" {
			want-- // sources has an issuer of its own
		}
		if len(names) != want {
			t.Errorf("%d of %s, want %d", len(names), kind, want)
		}
	}
	for e, want := range map[string]int{"dev": 1, "prod": 1, "demand": 1, "sources": 1, "full": 0} { // full shares it
		accounts := a.In(e, "AWS::ApiGateway::Account")
		if len(accounts) != want {
			t.Errorf("%s sets the account's role %d times, want %d", e, len(accounts), want)
		}
		for _, r := range accounts {
			if role := a.one(t, e, "Twin/ApiLogsRole"); r.DeletionPolicy != "Retain" || role.DeletionPolicy != "Retain" {
				t.Errorf("%s would take the logs of other environments with it", r.Path)
			}
		}
	}
}
