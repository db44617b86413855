package constructs_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"

	"github.com/railtwin/digitaltwin/constructs"
	"github.com/railtwin/digitaltwin/test/iam"
)

// twinWith synthesizes a core of its own, to which extend adds something.
func twinWith(t *testing.T, props constructs.DigitalTwinCoreProps,
	extend func(awscdk.Stack, *constructs.DigitalTwinCore)) (*app, error) {
	t.Helper()
	return synthesizeApp(t, func(cdk awscdk.App, assets constructs.Assets) error {
		stack := awscdk.NewStack(cdk, jsii.String("DigitalTwin-own"), &awscdk.StackProps{Env: &awscdk.Environment{
			Account: jsii.String(iam.Account), Region: jsii.String(iam.Region),
		}})
		props.Environment, props.Assets = "own", assets
		core, err := constructs.NewDigitalTwinCore(stack, "Twin", props)
		if err == nil {
			extend(stack, core)
		}
		return err
	})
}

// through is what AWS knows of a use of a key by a service for a role.
func through(service, role string) map[string][]string {
	return map[string][]string{
		"kms:ViaService": {service + "." + iam.Region + ".amazonaws.com"}, "aws:PrincipalArn": {role},
		"kms:CallerAccount": {strings.Split(role, ":")[4]},
	}
}

// Ensure that a grant gives a role what it needs, on both sides of the key; that it can be called twice; and that a
// role of another account is let in by the policy of the resource too.
func TestGrants(t *testing.T) {
	const guest = "arn:aws:iam::" + iam.Stranger + ":role/guest"
	a, err := twinWith(t, constructs.DigitalTwinCoreProps{}, func(stack awscdk.Stack, core *constructs.DigitalTwinCore) {
		role := func(id string) awsiam.Role {
			return awsiam.NewRole(stack, jsii.String(id), &awsiam.RoleProps{AssumedBy: awsiam.NewAccountRootPrincipal()})
		}
		both, foreign := role("Both"), awsiam.Role_FromRoleArn(stack, jsii.String("Guest"), jsii.String(guest), nil)
		for _, grantee := range []awsiam.IGrantable{both, role("Other"), foreign, both} {
			core.GrantConsumeChanges(grantee)
			core.GrantReadReadings(grantee)
			core.GrantReadRejects(grantee)
			core.Clients["machine"].GrantRead(grantee)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	w, err := iam.NewWorld(a.App, "own")
	if err != nil {
		t.Fatal(err)
	}
	everything := []*iam.Statement{{Actions: []string{"*"}, Resources: []string{"*"}}}
	callers := []iam.Caller{{ARN: guest, Account: iam.Stranger, Rights: everything}}
	for _, id := range []string{"Both", "Other"} {
		callers = append(callers, w.Roles[w.ARN(a.one(t, "own", id))].Caller())
	}
	arn := func(name string) string { return w.ARN(a.one(t, "own", name)) }
	for _, c := range callers {
		for _, call := range []struct{ action, resource, service string }{
			{"kinesis:GetRecords", arn("Twin/Stream"), ""}, {"kms:Decrypt", arn("Twin/ChangesKey"), "kinesis"},
			{"dynamodb:Query", arn("Twin/Table"), ""}, {"kms:Decrypt", arn("Twin/ReadingsKey"), "dynamodb"},
			{"s3:GetObject", arn("Twin/Rejects") + "/rejects/x", ""}, {"s3:ListBucket", arn("Twin/Rejects"), ""},
			{"kms:Decrypt", arn("Twin/RejectsKey"), "s3"},
			{"secretsmanager:GetSecretValue", arn("Twin/Client-machine/Credentials"), ""},
			{"kms:Decrypt", arn("Twin/CredentialsKey"), "secretsmanager"},
		} {
			for _, wrong := range []bool{false, true} {
				who := c
				if wrong { // somebody else of the same account, with every right
					who = iam.Caller{ARN: strings.Split(c.ARN, ":role/")[0] + ":role/else", Account: c.Account, Rights: everything}
				}
				context := map[string][]string{"aws:PrincipalArn": {who.ARN}, "aws:SecureTransport": {"true"},
					"s3:TlsVersion": {"1.3"}}
				if call.service != "" {
					context = through(call.service, who.ARN)
					context["kms:EncryptionContext:SecretARN"] = []string{arn("Twin/Client-machine/Credentials")}
				}
				got, err := w.Decide(iam.Request{Caller: who, Action: call.action, Resource: call.resource, Context: context})
				if want := !wrong || call.service == "" && c.Account == iam.Account; err != nil || got != want {
					t.Errorf("%s may %s on %s: %t, %v; want %t", who.ARN, call.action, call.resource, got, err, want)
				}
			}
		}
	}
	sids := map[string]bool{}
	for _, s := range a.statements() {
		id := s.owner.Path + " " + s.sid
		if s.sid != "" && sids[id] {
			t.Errorf("%s twice, which AWS refuses", id)
		}
		sids[id] = true
	}
}

// Ensure that a grant to what is no role, user or account ends cdk synth with a sentence.
func TestGrantToAService(t *testing.T) {
	_, err := twinWith(t, constructs.DigitalTwinCoreProps{}, func(stack awscdk.Stack, core *constructs.DigitalTwinCore) {
		core.GrantConsumeChanges(awsiam.NewServicePrincipal(jsii.String("sns.amazonaws.com"), nil))
	})
	if err == nil {
		t.Fatal("the synth goes well")
	}
	// The CDK prints the sentence, and says in its error only where it has written it.
	report, readErr := os.ReadFile(regexp.MustCompile(`/\S+\.json`).FindString(err.Error()))
	const want = "a grant is for a role, a user or an account, and not for a principal of the kind Service"
	if readErr != nil || !strings.Contains(string(report), want) {
		t.Errorf("%v, %v: %s, want %s", err, readErr, report, want)
	}
}

// Ensure that clients can be added to an app of one's own, and that what cannot work is refused with a reason.
func TestAddClient(t *testing.T) {
	limited := constructs.DigitalTwinCoreProps{
		Clients: map[string]constructs.ClientProps{"first": {Limits: constructs.Limits{Rate: 1}}},
	}
	a, err := twinWith(t, limited, func(_ awscdk.Stack, core *constructs.DigitalTwinCore) {
		props := constructs.ClientProps{Limits: constructs.Limits{Daily: 100}, Readers: constructs.WholeAccount}
		if c, err := core.AddClient("second", props); err != nil || c.APIKey == nil || core.Clients["second"] != c {
			t.Errorf("%+v, %v", c, err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := a.one(t, "own", "Twin/Client-second/Plan").Text("Quota"); got != `{"Limit":100,"Period":"DAY"}` {
		t.Errorf("the second client may call %s", got)
	}
	_, err = twinWith(t, constructs.DigitalTwinCoreProps{}, func(_ awscdk.Stack, core *constructs.DigitalTwinCore) {
		for name, want := range map[string]string{
			"machine": `there is a client "machine" already`, "A": "want a name of lower case letters",
			"app": "the API asks for no keys",
		} {
			if _, err := core.AddClient(name, constructs.ClientProps{Limits: constructs.Limits{Rate: 1}}); err == nil ||
				!strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %s", name, err, want)
			}
		}
		if _, err := core.AddClient("app", constructs.ClientProps{}); err != nil {
			t.Error(err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Ensure that the policy of the function that writes the secrets has room for 50 clients, each with an API key: IAM
// takes 10,240 characters for a role.
func TestFiftyClients(t *testing.T) {
	clients := map[string]constructs.ClientProps{}
	for i := range 49 { // beside machine
		clients["client-of-"+strings.Repeat("x", 8)+string(rune('a'+i/26))+
			string(rune('a'+i%26))] = constructs.ClientProps{Limits: constructs.Limits{Daily: 1}}
	}
	a, err := twinWith(t, constructs.DigitalTwinCoreProps{Clients: clients},
		func(awscdk.Stack, *constructs.DigitalTwinCore) {})
	if err != nil {
		t.Fatal(err)
	}
	w, err := iam.NewWorld(a.App, "own")
	if err != nil {
		t.Fatal(err)
	}
	size := 0
	for _, s := range w.Statements {
		if strings.HasSuffix(s.Owner, "Twin/Credentials/Policy") {
			size += len(`{"Sid":"","Effect":"Allow","Action":[],"Resource":[]},`) + len(s.Sid)
			for _, text := range slices.Concat(s.Actions, s.Resources) {
				size += len(`"",`) + len(text)
			}
		}
	}
	t.Logf("%d characters for %d clients", size, len(clients)+1)
	if size > 10_240 || size < 5_000 {
		t.Errorf("the policy has %d characters", size)
	}
	clients["one-more"] = constructs.ClientProps{}
	if _, err := twinWith(t, constructs.DigitalTwinCoreProps{Clients: clients}, nil); err == nil ||
		!strings.Contains(err.Error(), "clients has 51 names: want at most 50") {
		t.Errorf("51 clients: %v", err)
	}
}
