package constructs_test

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/railtwin/digitaltwin/constructs"
)

const smokeRole = "arn:aws:iam::333333333333:role/ci/smoke"

// deliveryProps are a pipeline to three environments of three accounts.
func deliveryProps() constructs.DeliveryPipelineProps {
	return constructs.DeliveryPipelineProps{
		ConnectionARN: "arn:aws:codeconnections:eu-central-1:111111111111:connection/0a1b2c3d-0000-1111-2222-333344445555",
		Repository:    "railtwin/digitaltwin", Emails: []string{"delivery@example.com"},
		Environments: []constructs.DeliveryEnvironment{
			{Name: "dev", Account: "222222222222", Region: "eu-central-1"},
			{Name: "test", Account: "333333333333", Region: "eu-central-1", SmokeRole: smokeRole},
			{Name: "prod", Account: "444444444444", Region: "eu-central-2", Qualifier: "twins", Approve: true, SmokeRole: "arn:aws:iam::444444444444:role/ci/smoke"},
		},
	}
}

func synthDelivery(t *testing.T) *app {
	t.Helper()
	a, err := synthesizeApp(t, func(app awscdk.App, _ constructs.Assets) error {
		nag(app)
		stack := awscdk.NewStack(app, jsii.String("Delivery-tools"), &awscdk.StackProps{
			Env: &awscdk.Environment{Account: jsii.String("111111111111"), Region: jsii.String("eu-central-1")},
		})
		_, err := constructs.NewDeliveryPipeline(stack, "Delivery", deliveryProps())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Ensure that the pipeline takes the steps in order, asks where it should, and that cfn-lint, cdk-nag, the validation
// of the CDK and the rules of policies have nothing to say of it. It knows nothing of datasets: an environment is one
// deployment, so a stage has as many actions with 31 of them as with one.
func TestDeliveryPipeline(t *testing.T) {
	a := synthDelivery(t)
	pipeline := a.All("AWS::CodePipeline::Pipeline")[0]
	var stages []struct {
		Name    string
		Actions []struct{ Name string }
	}
	decode(t, pipeline.Get("Stages"), &stages)
	var got []string
	for _, s := range stages {
		line := s.Name + ":"
		for _, action := range s.Actions {
			line += " " + action.Name
		}
		got = append(got, line)
		if len(s.Actions) > 50 {
			t.Errorf("%s has %d actions", s.Name, len(s.Actions))
		}
	}
	want := []string{
		"Source: Source", "Build: CheckAndSynth", "Dev: Gate Deploy", "Test: Gate Deploy Smoke", "Prod: Gate Approve " +
			"Deploy Smoke",
	}
	if !slices.Equal(got, want) || pipeline.Get("PipelineType") != "V2" || pipeline.Get("ExecutionMode") != "QUEUED" {
		t.Errorf("the stages are %q", got)
	}
	for _, f := range findings(t, a) {
		if !f.accepted {
			t.Errorf("%s finds %s", f.rule, f.resource)
		}
	}
	for _, problem := range unneeded(a, findings(t, a)) {
		t.Error(problem)
	}
	if report := validation(t, a.Dir); len(report) > 0 {
		t.Errorf("%s", report)
	}
	if found := cfnLint(t, filepath.Join(a.Dir, "Delivery-tools.template.json")); found != "" {
		t.Error(found)
	}
}

// Ensure that no role of a pipeline reaches an environment but by assuming the roles of that environment, and nothing
// else of any account.
func TestDeliveryRoles(t *testing.T) {
	a := synthDelivery(t)
	account := map[string]string{"dev": "222222222222", "test": "333333333333", "prod": "444444444444"}
	assumes := map[string][]string{}
	for _, s := range a.statements() {
		for name, rule := range policyRules {
			if strings.Contains(rule(s), "resources are named") {
				t.Errorf("%s: %s: %s", s.owner.Path, name, s)
			}
		}
		if s.owner.Type != "AWS::IAM::Policy" {
			continue
		}
		environment := ""
		if _, after, ok := strings.Cut(s.owner.Name(), "Environment-"); ok {
			environment, _, _ = strings.Cut(after, "/")
		}
		for _, action := range s.actions {
			service, _, _ := strings.Cut(action, ":")
			if !slices.Contains([]string{"sts", "s3", "kms", "logs", "codebuild", "codeconnections", "sns"}, service) || strings.Contains(action, "*") {
				t.Errorf("%s may %s", s.owner.Name(), action)
			}
			if service == "sts" {
				assumes[environment] = append(assumes[environment], s.on...)
			}
		}
		for _, on := range s.on {
			if strings.Contains(on, ":iam:") && !strings.Contains(on, "::"+account[environment]+":role/") || on == "*" {
				t.Errorf("%s reaches %s", s.owner.Name(), on)
			}
		}
	}
	if len(assumes) != 3 || len(assumes["dev"]) != 3 || len(assumes["test"]) != 4 || assumes[""] != nil {
		t.Errorf("roles are assumed for %v", assumes)
	}
	if want := "arn:aws:iam::444444444444:role/cdk-twins-deploy-role-444444444444-eu-central-2"; !slices.Contains(assumes["prod"], want) {
		t.Errorf("prod assumes %v, want %s", assumes["prod"], want)
	}
}

// Ensure that a step runs the command line of the app, keeps what is deployed also when it fails, and that a smoke
// test that fails is followed by the way back.
func TestDeliverySteps(t *testing.T) {
	a := synthDelivery(t)
	var build, smoke, plain string
	for _, r := range a.All("AWS::CodeBuild::Project") {
		spec := r.Text("Source", "BuildSpec")
		switch {
		case strings.Contains(r.Name(), "Build"):
			build = spec
		case strings.Contains(r.Name(), "-prod/"):
			smoke = spec
		case strings.Contains(r.Name(), "-dev/"):
			plain = spec
		}
	}
	for spec, wants := range map[string][]string{
		build: {"./twin deliver check", "./twin deliver synth", "cdk.out/**/*", "npm ci"},
		smoke: {`./smoke || { ./twin deliver back "$ENVIRONMENT"; exit 1; }`, "CanaryCredentials", "--put"},
		plain: {`./twin deliver "$STEP" "$ENVIRONMENT"`, "finally:", "state/$ENVIRONMENT"},
	} {
		for _, want := range wants {
			if !strings.Contains(spec, want) {
				t.Errorf("no %q in\n%s", want, spec)
			}
		}
	}
	if strings.Contains(plain, "CanaryCredentials") {
		t.Error("an environment without a role for it is smoked")
	}
}

// Ensure that mistakes in the props are named, all at once.
func TestDeliveryProps(t *testing.T) {
	_, err := synthesizeApp(t, func(app awscdk.App, _ constructs.Assets) error {
		_, err := constructs.NewDeliveryPipeline(awscdk.NewStack(app, jsii.String("S"), nil), "Delivery", constructs.DeliveryPipelineProps{
			ConnectionARN: "github", Repository: "digitaltwin", LogDays: 2,
			Environments: []constructs.DeliveryEnvironment{
				{Name: "dev", Account: "1", Region: "eu-central-1"},
				{Name: "dev", Account: "222222222222", Region: "eu-central-1", SmokeRole: "smoke"},
			},
		})
		return err
	})
	for _, want := range []string{
		`ConnectionARN is "github": want arn:`, `Repository is "digitaltwin": want OWNER/NAME`, "logs cannot be kept for 2 days",
		`Environments[0] is dev in "eu-central-1" of "1"`, `Environments[1].SmokeRole is "smoke"`, "dev is there twice",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error is without %s: %v", want, err)
		}
	}
}

// decode reads a value of a template into out.
func decode(t *testing.T, v any, out any) {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, out); err != nil {
		t.Fatal(err)
	}
}
