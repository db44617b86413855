package constructs_test

import (
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/internal/tier"
)

// Ensure that everything is encrypted with the key of its kind of data, and that keys rotate.
func TestEncryption(t *testing.T) {
	a := theApp(t)
	for _, e := range environments {
		for name, want := range map[[2]string]string{
			{"Twin/Stream", "StreamEncryption/KeyId"}:          "${Twin/ChangesKey.Arn}",
			{"Twin/Stream", "StreamEncryption/EncryptionType"}: "KMS",
			{"Twin/Table", "SSESpecification/KMSMasterKeyId"}:  "${Twin/ReadingsKey.Arn}",
			{"Twin/Table", "SSESpecification/SSEType"}:         "KMS",
			{"Pipeline/Source", "StreamEncryption/KeyId"}:      "${Pipeline/SourceKey.Arn}",
		} {
			if got := a.one(t, e, name[0]).Text(strings.Split(name[1], "/")...); got != want {
				t.Errorf("%s %s: %s is %q, want %q", e, name[0], name[1], got, want)
			}
		}
		rules, _ := a.one(t, e, "Twin/Rejects").Get("BucketEncryption", "ServerSideEncryptionConfiguration").([]any)
		if len(rules) != 1 || !strings.Contains(a.Stacks[0].Text(rules[0]), "aws:kms") {
			t.Errorf("%s: the bucket is encrypted by %v", e, rules)
		}
	}
	for _, g := range a.All("AWS::Logs::LogGroup") {
		if g.Text("KmsKeyId") != "${Twin/LogsKey.Arn}" || g.Get("RetentionInDays") == nil {
			t.Errorf("%s has the key %q and is kept for %v days", g.Path, g.Text("KmsKeyId"), g.Get("RetentionInDays"))
		}
	}
	for _, k := range a.All("AWS::KMS::Key") {
		if k.Get("EnableKeyRotation") != true {
			t.Errorf("%s does not rotate", k.Path)
		}
	}
}

// Ensure that the keys let the role deploy that deploys, whatever the bootstrap was.
func TestKeysKnowTheDeployment(t *testing.T) {
	deployers := map[string]string{
		"dev": "/cdk-hnb659fds-cfn-exec-role-", "prod": "/cdk-hnb659fds-cfn-exec-role-",
		"demand": "/cdk-twins-cfn-exec-role-", "full": ":role/ci/deployer",
		"sources": "/cdk-hnb659fds-cfn-exec-role-",
	}
	found := 0
	for _, s := range everything(t).statements() {
		if s.owner.Type != "AWS::KMS::Key" || !strings.HasPrefix(s.sid, "Deployments") {
			continue
		}
		found++
		if when := strings.Join(s.when, "\n"); !strings.Contains(when, deployers[s.owner.Stack.Environment]) {
			t.Errorf("%s: %s lets another role deploy:\n%s", s.owner.Path, s.sid, s)
		}
	}
	if found < 12 {
		t.Errorf("only %d statements let a deployment work", found)
	}
}

// Ensure that the qualifier of an app's context, which is where the CDK itself looks for it, is the keys' too.
func TestKeysKnowTheQualifierOfTheContext(t *testing.T) {
	context := contextOfApp()
	context["@aws-cdk/core:bootstrapQualifier"] = "other"
	context["environments"] = map[string]any{"dev": map[string]any{"datasets": map[string]any{}}}
	tier.Node(t)
	a, err := synthesize(t.TempDir(), context, extractors.All())
	if err != nil {
		t.Fatal(err)
	}
	if policy := a.one(t, "dev", "Twin/ChangesKey").Text("KeyPolicy"); !strings.Contains(policy,
		"role/cdk-other-cfn-exec-role-") {
		t.Errorf("the key lets somebody else deploy: %s", policy)
	}
}
