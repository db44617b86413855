package constructs_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"

	"github.com/railtwin/digitaltwin/constructs"
)

// twinWith synthesizes a core of its own, to which extend adds something.
func twinWith(t *testing.T, props constructs.DigitalTwinCoreProps, extend func(awscdk.Stack, *constructs.DigitalTwinCore)) *app {
	t.Helper()
	a, err := synthesizeApp(t, func(cdk awscdk.App, assets constructs.Assets) error {
		stack := awscdk.NewStack(cdk, jsii.String("DigitalTwin-own"), nil)
		props.Environment, props.Assets = "own", assets
		core, err := constructs.NewDigitalTwinCore(stack, "Twin", props)
		if err == nil {
			extend(stack, core)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Ensure that a grant gives a role what it needs and no more, on both sides of the key, and that two roles can have
// the same.
func TestGrants(t *testing.T) {
	a := twinWith(t, constructs.DigitalTwinCoreProps{}, func(stack awscdk.Stack, core *constructs.DigitalTwinCore) {
		role := func(id string) awsiam.Role {
			return awsiam.NewRole(stack, jsii.String(id), &awsiam.RoleProps{AssumedBy: awsiam.NewAccountRootPrincipal()})
		}
		core.GrantConsumeChanges(role("Lake"))
		core.GrantReadReadings(role("Report"))
		core.GrantReadRejects(role("Operator"))
		core.GrantReadRejects(role("Replay"))
		core.Clients["machine"].GrantRead(role("Consumer"))
	})
	for role, want := range map[string]string{
		"Lake":     "kinesis:DescribeStream kinesis:DescribeStreamSummary kinesis:GetRecords kinesis:GetShardIterator kinesis:ListShards on ${Twin/Stream.Arn}; kms:Decrypt on ${Twin/ChangesKey.Arn}",
		"Report":   "dynamodb:BatchGetItem dynamodb:GetItem dynamodb:Query on ${Twin/Table.Arn} ${Twin/Table.Arn}/index/components ${Twin/Table.Arn}/index/dataset; kms:Decrypt on ${Twin/ReadingsKey.Arn}",
		"Operator": "s3:ListBucket on ${Twin/Rejects.Arn}; s3:GetObject on ${Twin/Rejects.Arn}/*; kms:Decrypt on ${Twin/RejectsKey.Arn}",
		"Replay":   "s3:ListBucket on ${Twin/Rejects.Arn}; s3:GetObject on ${Twin/Rejects.Arn}/*; kms:Decrypt on ${Twin/RejectsKey.Arn}",
		"Consumer": "secretsmanager:GetSecretValue on ${Twin/Client-machine/Credentials}; kms:Decrypt on ${Twin/CredentialsKey.Arn}",
	} {
		var got []string
		keys := 0
		for _, s := range a.statements() {
			if s.owner.Name() == role+"/DefaultPolicy" {
				got = append(got, strings.Join(s.actions, " ")+" on "+strings.Join(s.on, " "))
			}
			if s.owner.Type == "AWS::KMS::Key" && strings.Join(s.principals, "") == "${"+role+".Arn}" {
				keys++
			}
		}
		if text := strings.Join(got, "; "); text != want || keys != 1 {
			t.Errorf("%s may\n%s, by %d keys; want\n%s, by one", role, text, keys, want)
		}
	}
	for _, wrong := range disagreements(a, a.statements()) {
		if !strings.Contains(wrong, "/extract/*") { // of datasets, of which there are none
			t.Error(wrong)
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

// Ensure that clients can be added to an app of one's own, and that what cannot work is refused with a reason.
func TestAddClient(t *testing.T) {
	limited := constructs.DigitalTwinCoreProps{Clients: map[string]constructs.Limits{"first": {Rate: 1}}}
	a := twinWith(t, limited, func(_ awscdk.Stack, core *constructs.DigitalTwinCore) {
		if c, err := core.AddClient("second", constructs.Limits{Daily: 100}); err != nil || c.APIKey == nil || core.Clients["second"] != c {
			t.Errorf("%+v, %v", c, err)
		}
	})
	if got := a.one(t, "own", "Twin/Client-second/Plan").Text("Quota"); got != `{"Limit":100,"Period":"DAY"}` {
		t.Errorf("the second client may call %s", got)
	}
	twinWith(t, constructs.DigitalTwinCoreProps{}, func(_ awscdk.Stack, core *constructs.DigitalTwinCore) {
		for name, want := range map[string]string{
			"machine": `there is a client "machine" already`, "A": "want a name of lower case letters", "app": "the API asks for no keys",
		} {
			if _, err := core.AddClient(name, constructs.Limits{Rate: 1}); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %s", name, err, want)
			}
		}
		if _, err := core.AddClient("app", constructs.Limits{}); err != nil {
			t.Error(err)
		}
	})
}
